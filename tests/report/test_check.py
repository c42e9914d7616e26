"""``report.check``: an author hears in JupyterLab what a run would refuse, all of it at once."""

import jupyter_client
import pytest
from conftest import LONGEST, ROOT
from small_reports import BEGIN, SAY, SHOW

CHECK = "report.check()"


class Lab:
    """A kernel that is asked as JupyterLab asks it: with each cell's name."""

    def __init__(self, root):
        self.manager, self.client = jupyter_client.manager.start_new_kernel(startup_timeout=LONGEST, cwd=str(root))

    def run(self, cell, code, deleted=()):
        """Run a cell and return what it printed and how many other outputs it has."""
        asked = self.client.session.msg(
            "execute_request",
            {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False},
            metadata={"cellId": cell, "deletedCells": list(deleted)},
        )
        self.client.shell_channel.send(asked)
        printed, shown = "", 0
        while True:
            message = self.client.get_iopub_msg(timeout=LONGEST)
            if message["parent_header"].get("msg_id") != asked["header"]["msg_id"]:
                continue
            kind, content = message["msg_type"], message["content"]
            assert kind != "error", content
            printed += content["text"] if kind == "stream" else ""
            shown += kind in ("display_data", "execute_result")
            if kind == "status" and content["execution_state"] == "idle":
                return printed, shown

    def completed(self, code, cursor=None):
        """Complete what stands before the cursor, and return the beginning it takes and what it may become."""
        asked = self.client.complete(code, len(code) if cursor is None else cursor)
        while (answer := self.client.get_shell_msg(timeout=LONGEST))["parent_header"]["msg_id"] != asked:
            pass
        found = answer["content"]
        return code[found["cursor_start"] : found["cursor_end"]], found["matches"]


@pytest.fixture(scope="module")
def kernel():
    lab = Lab(ROOT)
    yield lab
    lab.client.stop_channels()
    lab.manager.shutdown_kernel(now=True)


# Starting a kernel takes longer than all that is asked of it here.
AS_RESTARTED = """
from casebook.report import session
session._shown.clear(), session._last.clear()
get_ipython().reset(new_session=True)
"""


@pytest.fixture
def lab(kernel):
    kernel.run("", AS_RESTARTED)
    kernel.run("parameters", 'area = "Cambridgeshire"')
    return kernel


def test_a_title_for_another_area_is_refused_in_the_session(lab):
    lab.run("imports", "from casebook import report\nfrom casebook.errors import InputError")
    title = "try: report.title('Care', area={area!r}, as_of='2020')\nexcept InputError as refused: print(refused)"
    printed, shown = lab.run("title", title.format(area="Essex"))
    assert (printed.strip(), shown) == (
        "The title names Essex, and the notebook's area is Cambridgeshire: write report.title(..., area=area).", 0,
    )  # fmt: skip
    assert lab.run("title", title.format(area="Cambridgeshire")) == ("", 1)


def test_everything_that_is_wrong_is_listed_at_once_by_the_numbers_beside_the_cells(lab):
    lab.run("begin", BEGIN)
    lab.run("say", 'report.headline("rows", f"The table has {len(frame)} rows.", value=len(frame), unit="rows")')
    lab.run("look", "frame.head()")
    printed, shown = lab.run("check", CHECK)
    assert shown == 0
    assert printed.splitlines() == [
        "What is shown so far cannot be published, for 4 reasons:",
        "  1. it has no summary, and a report has one, by report.summary: say first what happened last, whether it is "
        "worrying and what to ask.",
        "  2. it has 1 headline (cell 3), and a report has two to five: state what was found with report.headline.",
        "  3. it shows no table and no chart, and a report shows what its findings rest on: call report.table or "
        "report.figure.",
        "  4. it states no assumption, and a report has one or more: say with report.assumption what it takes as true.",
        "It has 1 thing shown that is not published: cell 4 (a table).",
        "(A cell is named by the number in brackets beside it.)",
    ]


def test_a_cell_run_again_or_deleted_counts_as_the_notebook_shows_it(lab):
    for cell, code in (("begin", BEGIN), ("say", SAY), ("show", SHOW), ("look", "frame.head()")):
        lab.run(cell, code)
    lab.run("say", SAY)
    assert lab.run("check", CHECK)[0].splitlines()[:2] == [
        "What is shown so far can be published.", "It has 1 thing shown that is not published: cell 5 (a table).",
    ]  # fmt: skip
    assert lab.run("check", CHECK, deleted=["look"])[0] == "What is shown so far can be published.\n"


def test_a_text_that_is_chosen_from_a_list_is_completed_from_it(lab):
    lab.run(
        "imports",
        "from casebook import latest, report, sections, series, tables\nfrom casebook.report.parts import Section",
    )
    lab.run("begin", "chosen = Section(chart='x', table='y')")
    assert lab.completed('frame = tables.read("smoking_') == ("smoking_", ["smoking_prevalence"])
    begun, names = lab.completed("found = latest.values(tables.read('")
    assert (begun, {"care_scenarios", "smoking_prevalence"} <= set(names), len(names) > 40) == ("", True, True)
    assert lab.completed('rates = series.read("care-appl') == ("care-appl", ["care-applications"])
    assert lab.completed('x = 1\nseries.panel(\n    "chlam')[1] == ["chlamydia-detection-women"]
    assert lab.completed('report.assumption("All count alike (as said), they say.", quality="')[1] == [
        "green",
        "amber",
        "red",
    ]
    assert lab.completed('report.show(chosen.without("chart", "')[1] == ["chart", "table"]
    # In the middle of a line, and no more than is asked for.
    code = 'frame = tables.read("smoking_", area)'
    assert lab.completed(code, code.index('"') + 9) == ("smoking_", ["smoking_prevalence"])
    assert {"read", "read_all"} == {one.rpartition(".")[2] for one in lab.completed("tables.re")[1]}
    assert "smoking_prevalence" not in lab.completed('open("smoking_')[1]
