"""The commands of a pipeline, and what they print; ``casebook.run`` works.

Here: run, preview, runs, list, check, accept, reconcile, audit, pdf, page, docs build, fetch, describe, new, explain,
diff, schedule, packs, status, serve. What helps an analyst (describe, new, explain, diff) is in
``casebook.analyst.commands``, what belongs to the run nobody watches (schedule, packs, status, serve) in
``casebook.nightly.commands``.

Exit codes: 0 all went well; 1 a report failed or could not be published, or an audited table does not add
up; 2 something a person gave is not usable; 3 the pack is held, because a headline moved further than its
threshold. With 1 and 3 (unless ``--keep-going``) and 2 the pack published before is untouched. 130 and 143: stopped
from outside, which leaves it untouched too.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from casebook.analyst import commands as analysts
from casebook.engine import signals
from casebook.errors import InputError, ReportFailedError, ThresholdExceededError, and_list, of_system, one_of
from casebook.nightly import commands as nights
from casebook.nightly.settings import PLAIN, Nightly
from casebook.pack import freshness, history
from casebook.pack.report_spec import Contact, Report

if TYPE_CHECKING:
    from casebook.data.tables import Tables
    from casebook.engine.cluster import Bridge
    from casebook.engine.task import Task
    from casebook.pack.models import Row
    from casebook.pack.plan import Job
    from casebook.reconcile.audit import Check
    from casebook.run import RunOptions, RunResult

TOLD = 100
"""How many changes a run prints."""
FAILED, WRONG_INPUT, HELD, STOPPED, TERMINATED = 1, 2, 3, 130, 143
Names = Annotated[list[str] | None, typer.Argument(metavar="[REPORT]...", help="Reports to run; all if none is named.")]
Area = Annotated[str | None, typer.Option("--area", help="The local authority the reports are about.")]
Areas = Annotated[
    list[str] | None,
    typer.Option("--area", help="A local authority the reports are about; several, or all of them: all."),
]
Set = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Set a notebook parameter; may be repeated."),
]


def of_pack(
    pack: list[Report], default_area: str, words: Sequence[str], contact: Contact | None = None,
    nightly: Nightly = PLAIN, address: str = "",
) -> typer.Typer:  # fmt: skip
    """Return the command line of a pack of reports, for an area unless another is named, called with some words."""
    app = typer.Typer(
        help="Make, list and check the reports of this pipeline.", no_args_is_help=True, add_completion=False,
        pretty_exceptions_enable=False, rich_markup_mode=None,
    )  # fmt: skip

    _add_run_commands(app, pack, default_area, words, contact, nightly)

    @app.command("list")
    def list_reports() -> None:
        """List the reports with their parameters (types and defaults) and what they are made from."""
        from rich.table import Table

        from casebook.data import catalogue
        from casebook.engine import parameters
        from casebook.pack import plan

        root = _root()
        console = _console()
        described = catalogue.load(root)
        for report in pack:
            path = report.path(root)
            declared = parameters.declared(path)
            values = {name: one.default for name, one in declared.items()} | dict(report.parameters)
            console.print(f"\n[bold]{report.name}[/bold]  notebooks/{path.name}")
            grid = Table.grid(padding=(0, 2))
            for one in declared.values():
                shown = "a secret" if one.secret else f"= {values[one.name]!r}"
                grid.add_row("   ", one.name, one.type_as_written.replace("[", r"\["), shown)
            console.print(grid)
            console.print(f"    reads {', '.join(plan.tables_read(path, values, described)) or 'no table'}")
            if of := plan.series_read(path, values):
                console.print(f"    series {', '.join(of)}")
            if upstream := dict.fromkeys(plan.reports_read(path)):
                console.print(f"    builds on {', '.join(upstream)}")

    @app.command()
    def check() -> None:
        """Check data, notebooks, parameters, the register of figures and the words of published pages; run nothing."""
        from casebook.reconcile import figures

        root = _root()
        problems = [*_problems(pack, root, default_area), *nights.problems(root, nightly)]
        # What is wrong, and what is pointed out beside it, in one go: whoever mends a notebook wants to know both.
        for sentence in [*problems, *_pointed_out(pack, root, default_area)]:
            _complain(sentence)
        if problems:
            raise typer.Exit(WRONG_INPUT)
        _say_what_to_know(pack, root, default_area)
        for sentence in _no_contact(contact):
            _complain(sentence)
        register = figures.load(root)
        _console().print(
            f"{len(register.catalogue.tables)} tables, {len(pack)} reports and {len(register.figures)} printed figures "
            "are in order."
        )

    # Until 0.4 it is known by its old name, too.
    @app.command("seal", hidden=True)
    @app.command()
    def accept(names: Annotated[list[str] | None, typer.Argument(metavar="[TABLE]...")] = None) -> None:
        """Accept changed raw tables: write their present hash into data/raw/SHA256SUMS.

        The register of published figures follows the tables whose cells it holds.
        """
        from casebook.data import catalogue
        from casebook.reconcile import figures

        root = _root()
        followed = figures.follow(root, names or [])
        changed = catalogue.accept(root, [*names, figures.REGISTER] if names and followed else names or [])
        _console().print(f"Accepted: {', '.join(changed)}." if changed else "Nothing had changed.")

    _add_figure_commands(app)
    _add_fetch_command(app)
    _add_commands_of_pages(app, default_area, address)
    analysts.add(app, _root, default_area)
    nights.add(app, _root, nightly)
    return _with_exit_codes(app)


def _add_run_commands(  # noqa: PLR0915
    app: typer.Typer, pack: list[Report], default_area: str, words: Sequence[str], contact: Contact | None,
    nightly: Nightly,
) -> None:  # fmt: skip
    @app.command()
    def run(
        names: Names = None,
        area: Areas = None,
        region: Annotated[
            list[str] | None, typer.Option("--region", help="All local authorities of a region; may be repeated.")
        ] = None,
        area_file: Annotated[
            Path | None,
            typer.Option("--area-file", metavar="FILE", help="The local authorities a file names, one a line."),
        ] = None,
        parameter: Set = None,
        parameters_file: Annotated[
            Path | None, typer.Option("--parameters", metavar="FILE", help="Set parameters from a YAML or JSON file.")
        ] = None,
        force: Annotated[bool, typer.Option("--force", help="Make reports that nothing has changed for, too.")] = False,
        keep_going: Annotated[
            bool,
            typer.Option(
                "--keep-going", help="If a report fails or is held, publish the others, with its last good page."
            ),
        ] = False,
        accept: Annotated[
            bool, typer.Option("--accept", help="Publish headlines that moved beyond their thresholds.")
        ] = False,
        remove: Annotated[
            str, typer.Option("--remove", metavar="AREA", help="Take all reports for another area out of the pack.")
        ] = "",
        ordinary_kernels: Annotated[
            bool,
            typer.Option("--ordinary-kernels", help="Start a Jupyter kernel for each report: slower, same result."),
        ] = False,
        jobs_at_once: Annotated[
            int | None,
            typer.Option("--jobs", min=1, metavar="N", help="How many reports at a time: as many as there are cores."),
        ] = None,
        scheduler: Annotated[
            str,
            typer.Option(
                "--scheduler",
                metavar="ADDRESS",
                help="Make the reports on a Dask cluster, such as tcp://10.0.0.5:8786.",
            ),
        ] = "",
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Say what would be made and why; make nothing.")
        ] = False,
        scheduled: Annotated[
            bool,
            typer.Option(
                "--scheduled", help="As every night: with --keep-going, a log of its own, a dated pack, and messages."
            ),
        ] = False,
    ) -> None:
        """Make the reports that are not up to date and publish them together, or, if one fails, publish nothing.

        Several areas are published one by one, each when it is made, and the index last. What fails or is held of one
        keeps its last good page and stops no other, as with --keep-going; the exit code says so at the end.
        """
        from casebook.data.tables import Tables
        from casebook.engine import parameters
        from casebook.pack import plan
        from casebook.run import RunOptions

        root = _root()
        signals.obey()
        fingerprint = freshness.inputs(root, words)
        _say_whose_files(root)
        options = RunOptions(
            force,
            keep_going or scheduled,
            accept,
            "kernel" if ordinary_kernels else None,
            jobs_at_once,
            remove=remove,
            contact=contact,
        )
        parameters.take_secrets()
        given = {
            **(parameters.from_file(parameters_file) if parameters_file else {}), **(typed := _typed(parameter or []))
        }  # fmt: skip
        if scheduled and (dry_run or names):
            raise InputError("--scheduled is for the whole pack: name no report, and leave --dry-run out.")
        with (
            nights.night(root, nightly) if scheduled else nullcontext() as night,
            nullcontext() if dry_run else history.of_run(root, words) as log,
        ):
            if night is not None:
                night.log = log
                night.fetch(root, nightly.fetch)
            # Known before anything is read: what is changed meanwhile is checked anew by the next run.
            data = freshness.data(root)
            known = Tables(root)
            own = given.pop("area", None)
            if own and area:
                raise InputError("The area is given twice, by --area and by -p area: give it once.")
            places = _areas(known, [*(area or []), *([own] if own else [])], region or [], area_file) or [default_area]
            if not freshness.were_checked(root, data):
                _check_data(known, root)
                if not dry_run:
                    freshness.remember_checked(root, data)
            jobs, without = plan.make(pack, root, names or [], places, given, known, typed)
            options = replace(
                options, by_area=len(places) > 1, left_out={} if names else without,
                compressed=len(places) > 1 and bool(region or area_file or area == ["all"]),
                plain={one.name for one in [known.areas.find(default_area)] if one},
            )  # fmt: skip
            made_for = list(dict.fromkeys(job.area for job in jobs))
            if remove and (names or options.by_area or remove in made_for):
                raise InputError(
                    f"--remove {remove} would take out what this run makes: name no report, and one other area."
                )
            if not (area or own or region or area_file):
                for sentence in plan.other_areas(jobs, known):
                    _complain(sentence)
            for sentence in _what_is_left_out(without):
                _console(stderr=True).print(sentence)
            if log is None:
                _say_what_is_stale(jobs, root, pack, not names, options)
                return
            with _elsewhere(scheduler, root) as elsewhere:
                _run(jobs, root, pack, not names, replace(options, elsewhere=elsewhere), log, words, fingerprint)

    @app.command()
    def preview(
        name: Annotated[str, typer.Argument(metavar="REPORT", help="The report to show.")],
        area: Area = None,
        parameter: Set = None,
        port: Annotated[int, typer.Option(min=0, max=65535, help="On which port; 0 for any that is free.")] = 8001,
    ) -> None:
        """Show a report's page in the browser of this machine and make it again at every save, until Ctrl-C.

        The published pack is not touched. A cell that fails, and what would keep the page from being published, stands
        on the page.
        """
        from casebook import preview as previews
        from casebook.data.tables import Tables
        from casebook.engine import parameters

        root = _root()
        signals.obey()
        parameters.take_secrets()
        typed = _typed(parameter or [])
        place = Tables(root).areas.authority(area or typed.pop("area", default_area)).name
        shown = previews.Preview(root, pack, name, place, typed)
        again = ["preview", name, *(["--area", area] if area else [])]
        again += [word for one in parameter or [] for word in ("-p", one)]
        try:
            previews.stay(shown, port, again, lambda said: print(said, flush=True))
        except KeyboardInterrupt:
            print("Stopped. The published pack is as it was.")

    @app.command("runs")
    def list_runs(
        number: Annotated[int, typer.Option("-n", min=1, help="How many, the last first.")] = 10,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """List past runs: when, how they ended, what they made and why."""
        past = history.runs(_root())[:number]
        if as_json:
            print(json.dumps([{**vars(one), "began": one.began.isoformat()} for one in past], indent=2))
            return
        for one in past:
            took = "" if one.seconds is None else f" in {one.seconds:.1f} s"
            print(f"{one.began:%d %B %Y %H:%M:%S}  {one.status}{took}  {' '.join(one.command)}")
            several = len({report.get("area") for report in one.reports}) > 1
            for report in one.reports:
                name = f"{report['report']}, {report['area']}" if several else report["report"]
                used = f"{report.get('seconds', 0):.1f} s, {report.get('peak_megabytes', 0):.0f} MB"
                why = f", made because {report['why']}" if report.get("why") else ""
                message = f": {report['message']}" if report.get("message") else ""
                print(f"    {name}: {report['status']} ({used}){why}{message}")
            # What a report said is the last word of its run, too.
            messages = [report["message"] for report in one.reports if report.get("message")]
            for line in one.said.splitlines():
                if not any(message in line or line in message for message in messages):
                    print(f"    {line}")
        if not past:
            print("There has been no run yet.")


def _add_fetch_command(app: typer.Typer) -> None:
    @app.command()
    def fetch(
        names: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", show_default=False)] = None,
        accept: Annotated[
            bool, typer.Option("--accept", help="Take a file with fewer areas or years than the one it replaces.")
        ] = False,
    ) -> None:
        """Download official exports into data/raw/exports, from the addresses in data/raw/downloads.yaml.

        All, if none is named. Nothing is replaced before the new file was read and has no fewer areas and years.
        """
        from casebook.data import fetching

        root = _root()
        wanted = [fetching.named(root, name) for name in names] if names else fetching.downloads(root).values()
        failed = False
        for one in wanted:
            try:
                with _progress(one.name) as told:
                    said = fetching.fetch(root, one, told, poorer=accept)
                print(said)
            except InputError as error:
                failed = True
                _complain(str(error))
        if failed:
            raise typer.Exit(FAILED)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """Show how much of a file came, where somebody looks on."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=None)
        yield lambda received, whole: progress.update(task, completed=received, total=whole or None)


def _check_data(known: Tables, root: Path) -> None:
    """Stop before the first notebook starts if data cannot be used."""
    from casebook.engine import apart
    from casebook.reconcile import figures

    def check() -> None:
        wrong = []
        for table in known.catalogue.tables:
            try:
                known.prepare(table.name)
            except InputError as error:
                wrong.append(str(error))
        if wrong:
            # All of them: whoever corrects one wants to know the others.
            raise InputError("\n".join(dict.fromkeys(wrong)))
        if figures.REGISTER in {table.name for table in known.catalogue.tables}:
            figures.checked(root)

    # What a large table takes is not for every report to carry, whether it reads it or not.
    apart.do(check)


def _say_what_to_know(pack: Sequence[Report], root: Path, default_area: str) -> None:
    """Print what each export serves, which was not recognised, and what may mislead."""
    from casebook.data import exports
    from casebook.data.series import Held
    from casebook.data.tables import Tables
    from casebook.pack import plan

    known = Tables(root)
    held = Held.of(root, known)
    for vintage in held.vintages:
        serves = "; ".join(held.served_by(vintage)) or "for no series"
        _console().print(f"{vintage.path.name}: {vintage}, {serves}.", soft_wrap=True)
    jobs, _ = plan.make(pack, root, [], [default_area], {}, known)
    for sentence in [
        *plan.other_areas(jobs, known),
        *exports.not_recognised(root),
        *held.not_served(),
        *held.judged_otherwise(),
    ]:
        _complain(sentence)


def _add_figure_commands(app: typer.Typer) -> None:
    @app.command()
    def reconcile(
        paper: Annotated[str | None, typer.Option(help="Only this paper, such as 004.")] = None,
        differs: Annotated[bool, typer.Option("--differs", help="Only figures that differ or are unreadable.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Print what the published pack says of every printed figure."""
        from casebook.pack import reconciliation

        root = _root()
        rows = reconciliation.published(root)
        papers = sorted({row.paper for row in rows})
        if paper is not None and paper not in papers:
            raise InputError(f"No printed figure of a paper {paper!r} is reconciled: {one_of(papers, paper)}")
        for path in reconciliation.changed_since(root):
            _complain(f"{path} has changed since the pack was made: run the pipeline again.")
        rows = [row for row in rows if paper in (None, row.paper)]
        shown = reconciliation.shown(rows) if differs else rows
        if as_json:
            print(json.dumps([row.model_dump(mode="json") for row in shown], indent=2, ensure_ascii=False))
            return
        _print_rows(shown)
        summary = reconciliation.summary(rows)
        of_paper = f"Paper {paper}: " if paper else ""
        print(f"{of_paper}{summary.differing if differs else summary.sentence}")

    @app.command()
    def audit(
        files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE.csv]...", show_default=False)] = None,
        descriptor: Annotated[
            Path | None,
            typer.Option(help="What follows from what in the file; FILE.json beside it, or what can be guessed."),
        ] = None,
        describe: Annotated[
            bool, typer.Option("--describe", help="Write what can be guessed to FILE.json, to be corrected.")
        ] = False,
    ) -> None:
        """Check the sums, differences and percentages of tables: your own CSV, or all raw tables if none is named."""
        from casebook.reconcile import audit as audits
        from casebook.reconcile import guess

        if describe:
            if not files or descriptor:
                raise InputError("--describe needs the CSV files to describe, and no --descriptor.")
            for file in files:
                print(f"Wrote {guess.describe(file)}: read it and correct it, then audit {file}.")
            return
        found = {} if files else audits.of_project(_root())
        for file in files or []:
            if descriptor or file.with_suffix(".json").exists() or audits.in_package(file):
                found[str(file)] = audits.of_file(file, descriptor)
                continue
            assumed = guess.of_file(file)
            assumed.check(file)
            print(f"{file}: {assumed.sentence}")
            found[str(file)] = audits.checks(assumed.table, assumed.identities)
        failed = [_print_checks(name, checks) for name, checks in found.items()]
        if any(failed):
            raise typer.Exit(FAILED)


def _add_commands_of_pages(app: typer.Typer, default_area: str, address: str) -> None:
    @app.command()
    def pdf(names: Names = None, area: Area = None) -> None:
        """Make PDF files of the published reports, and of all of them together as a committee pack."""
        from casebook.data.tables import Tables
        from casebook.pages import pdf as pdfs

        root = _root()
        official = Tables(root).areas.authority(area or default_area).name
        made = pdfs.make(root, names or [], official, _complain)
        files = "1 PDF file" if len(made) == 1 else f"{len(made)} PDF files"
        print(f"{files} published. Open {_shown(root / 'reports' / made[-1])}")

    docs = typer.Typer(help="The documents of the project.", no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(docs, name="docs")

    @docs.command()
    def build(
        output: Annotated[Path, typer.Option("--output", metavar="FOLDER", help="Where to write them.")] = Path(
            "build/docs"
        ),
    ) -> None:
        """Make the documents of docs/ as pages like the reports', and a page that finds things in them.

        A link that leads nowhere, or a page that fails the gates, is named, and nothing is written.
        """
        from casebook.pages import docs as documents
        from casebook.pages import reference

        root = _root()
        made = documents.build(root, root / output, reference.made(typer.main.get_command(app)))
        print(f"{len(made)} pages. Open {_shown(made[0])}")

    @app.command()
    def page(
        name: Annotated[str, typer.Argument(metavar="REPORT", help="A published report.")],
        single: Annotated[
            bool, typer.Option("--single", help="Write it so that it can be mailed, as one file.")
        ] = False,
        area: Area = None,
        to: Annotated[
            Path | None, typer.Option("--to", metavar="FILE", help="Where; REPORT-AREA.html here, if left out.")
        ] = None,
    ) -> None:
        """Write a published report's page as one file, with all it needs, whose links work alone."""
        from casebook.data.project import write_whole
        from casebook.data.tables import Tables
        from casebook.pages import single as singles
        from casebook.text import slug

        if not single:
            raise InputError(f"Say what for: page {name} --single writes one file that can be mailed.")
        root = _root()
        official = Tables(root).areas.authority(area or default_area).name
        content = singles.of(root, name, official, address)
        path = to or Path(f"{name}-{slug(official)}.html")
        write_whole(path, content.encode())
        print(f"Wrote {path}")


def _with_exit_codes(app: typer.Typer) -> typer.Typer:
    class Guarded(typer.core.TyperGroup):
        def invoke(self, context: typer.Context) -> object:  # type: ignore[override]
            try:
                return super().invoke(context)
            except InputError as error:
                _complain(str(error))
                raise typer.Exit(WRONG_INPUT) from None
            except ReportFailedError as error:
                _complain(str(error))
            except ThresholdExceededError as error:
                _complain(str(error))
                raise typer.Exit(HELD) from None
            except KeyboardInterrupt as error:
                _complain(str(error) or "Stopped: nothing was published.")
                raise typer.Exit(TERMINATED if isinstance(error, signals.TerminatedError) else STOPPED) from None
            except BrokenPipeError:
                # Nobody reads on what is printed; nor does Python's own last word on it.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            except OSError as error:
                _complain(of_system(error))
            except MemoryError as error:
                _complain(
                    f"There was not enough memory ({error or 'no more was to be had'}), and nothing was published: "
                    "give the run more, or read smaller tables."
                )
            except Exception as error:
                # The command line's own ways of ending carry their exit code.
                if hasattr(error, "exit_code") or isinstance(error, typer.Abort):
                    raise
                _complain(
                    f"Casebook itself failed ({type(error).__name__}: {error}); nothing was published. Please report "
                    "it, with the command."
                )
            raise typer.Exit(FAILED)

    app.info.cls = Guarded
    return app


def _areas(known: Tables, named: Sequence[str], regions: Sequence[str], file: Path | None) -> list[str]:
    """Return the areas that are asked for, in the order asked."""
    if sum(map(bool, (named, regions, file))) > 1:
        raise InputError("The areas are given twice: give --area, --region or --area-file, one of them.")
    if named == ["all"]:
        return known.areas.authorities_of()
    if file:
        try:
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{file} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
        named = [name for line in lines if (name := line.partition("#")[0].strip().strip('"').strip())]
        if not named:
            raise InputError(f"{file} names no area: write one name, code or number a line.")
    return list(named) or [name for region in regions for name in known.areas.authorities_of(region)]


def _what_is_left_out(without: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Say which reports cannot be made, for one area or for how many, and what would help."""
    by_report: dict[str, dict[str, str]] = {}
    for area, lacks in without.items():
        for name, why in lacks.items():
            by_report.setdefault(name, {})[area] = why
    for name, lacking in by_report.items():
        first = next(iter(lacking.values()))
        if len(without) == 1:
            yield f"Left out: {name}. {first}"
        else:
            areas = list(lacking) if len(lacking) <= 6 else [*list(lacking)[:5], f"{len(lacking) - 5} more"]
            yield f"Left out for {len(lacking)} of {len(without)} areas: {name} ({and_list(areas)}). {first}"


def _say_what_is_stale(jobs: list[Job], root: Path, pack: list[Report], whole: bool, options: RunOptions) -> None:
    from casebook import run as packs

    stale, removed = packs.stale(jobs, root, pack, whole, options)
    for (name, area), need in stale.items():
        print(f"{'Would render' if need.only_render else 'Would run'} {name} ({area}): {need.why}")
    for one in removed:
        print(f"Would take out {one}")
    if not (stale or removed):
        print("Nothing would be made: no report is stale.")


def _run(
    jobs: list[Job], root: Path, pack: list[Report], whole: bool, options: RunOptions, log: history.Log,
    words: Sequence[str], fingerprint: str,
) -> None:  # fmt: skip
    # Loaded here because it takes a second that `--help` and `list` need not spend.
    import rich.progress

    from casebook import run as packs

    started = time.perf_counter()
    console = _console(stderr=True)
    # No thread may draw the bar: a process with several threads cannot be forked safely.
    with rich.progress.Progress(
        rich.progress.TextColumn("{task.description}"), rich.progress.BarColumn(), rich.progress.MofNCompleteColumn(),
        rich.progress.TimeElapsedColumn(), console=console, disable=not console.is_terminal, auto_refresh=False,
    ) as progress:  # fmt: skip
        bar = progress.add_task("Starting", total=None)

        def starting(task: Task, why: str) -> None:
            # A terminal that is gone, or a log whose disk is full, is no reason not to publish.
            with suppress(OSError):
                progress.update(bar, description=f"{task.name} ({task.area})", refresh=True)
                if not console.is_terminal:
                    console.print(f"Running {task.name} ({task.area}): {why}", markup=False)

        def ended(_: object) -> None:
            with suppress(OSError):
                progress.advance(bar)
                progress.refresh()

        try:
            made = packs.make(jobs, root, pack, whole, options, log, starting, ended)
        except KeyboardInterrupt as stopped:
            if options.by_area:
                stopped.args = (
                    "Stopped: the areas that were finished are published; the same command goes on from here.",
                )
            raise
    # From here to the end of the process there is nothing to stop: the pack is published.
    signals.ignore()
    if not (made.failed or made.held):
        freshness.remember(root, words, made.pack, fingerprint, obeyed=options.force or bool(options.remove))
    log.about["status"] = "published in part" if made.failed or made.held else "published"
    if not (made.made or made.failed or made.held or made.published):
        log.about["status"] = "nothing to do"
    with _though_nobody_hears():
        if "not_in_one_step" in log.about:
            _complain(log.about["not_in_one_step"])
        if unnamed := log.about.get("unnamed"):
            _complain(
                "reports/pack.json was not there, and what the new one does not name is left as it is and kept true by "
                f"nobody: {', '.join(unnamed[:5])}{' and others' if unnamed[5:] else ''}; make its area with "
                "`run --area`, or delete it."
            )
        _tell(made, jobs[0].area, root, time.perf_counter() - started)
    if made.failed:
        raise ReportFailedError("\n".join([*made.failed, *made.held]))
    if made.held:
        raise ThresholdExceededError("\n".join(made.held))


@contextmanager
def _though_nobody_hears() -> Iterator[None]:
    """Tell what cannot be changed any more: a terminal that is gone, or a full disk behind it, fails nothing."""
    try:
        yield
        sys.stdout.flush()
    except OSError:
        # Nor is there a last word on it when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(made: RunResult, area: str, root: Path, seconds: float) -> None:
    from casebook.pack import comparison, record

    index = _shown(root / "reports" / "index.html")
    if not (made.made or made.failed or made.held or made.published):
        print(f"Nothing has changed since the pack was published on {made.pack.published}. Open {index}")
        return
    for file in made.restored:
        print(f"Written again: reports/{file}, which was not as it was published")
    for one in made.removed:
        print(f"Taken out: {one}")
    for (name, place), what in made.older.items():
        print(f"Marked as older than its data: {name}, {place}: {what}")
    for change in made.changes[:TOLD]:
        print(f"Changed: {comparison.in_words(change)}")
    if len(made.changes) > TOLD:
        print(f"Changed: {len(made.changes) - TOLD:,} more, all in pack.json")
    for entry in made.pack.reports:
        if explored := entry.key in made.made and entry.explored:
            print(f"{entry.name}: {record.in_words(explored)}")
    count = "1 report" if len(made.made) == 1 else f"{len(made.made)} reports"
    rest = [f"{len(made.failed)} not made"] * bool(made.failed) + [f"{len(made.held)} held"] * bool(made.held)
    if rest and not made.made:
        print(f"No report was made: {and_list(rest)}. The pages published before stay. Open {index}")
        return
    others = f", {and_list(rest)}," if rest else ""
    places = sorted({place for _, place in made.made} or {area})
    areas = and_list(places) if len(places) < 7 else f"{len(places)} areas"
    print(f"{count} for {areas}{others} published in {seconds:.0f} s. Open {index}")


def _print_rows(rows: Sequence[Row]) -> None:
    for row in rows:
        print(f"{row.paper} l.{row.line}  {row.figure}")
        computed = f"; worked out: {row.computed_shown}" if row.computed_shown else ""
        print(f'    {row.verdict}: printed "{row.printed}"{computed}')
        if row.verdict not in ("reproduced", "reproduced to rounding"):
            for words in filter(None, (row.formula, row.note, row.missing and f"missing: {row.missing}", row.follows)):
                print(f"    {words}")


def _print_checks(name: str, checks: list[Check]) -> bool:
    """Print what an audit found in a table, and return whether something does not add up."""
    wrong = [check for check in checks if not check.verdict.stands]
    causes = [check for check in wrong if check.rests_on is None]
    for check in causes:
        computed = "" if check.computed is None else f"; {check.computed.formula} = {check.result}"
        missing = f"; missing: {'; '.join(check.missing)}" if check.missing else ""
        why = f" {' '.join(check.hypotheses)}" if check.hypotheses else ""
        print(f"{name}: {check.cell}: {check.verdict}: printed {check.printed}{computed}{missing}.{why}")
    for check in wrong:
        if check.rests_on is not None and check.computed is not None:
            also = "also by" if check.cell == check.rests_on else f"rests on {check.rests_on}: printed {check.printed};"
            print(f"{name}: {check.cell}: {also} {check.computed.formula} = {check.result}.")
    rest = len(wrong) - len(causes)
    resting = f", {rest} {'rests' if rest == 1 else 'rest'} on a finding" if rest else ""
    right = [check.verdict for check in checks if check.verdict.stands]
    rounded = sum(verdict == "reproduced to rounding" for verdict in right)
    rounding = f", {rounded} of them to rounding" if rounded else ""
    cells = "1 cell" if len(checks) == 1 else f"{len(checks)} cells"
    stand = "1 stands" if len(right) == 1 else f"{len(right)} stand"
    print(f"{name}: {cells} checked, {stand}{rounding}{resting}.")
    return any(check.verdict in ("differs", "unreadable") for check in wrong)


def _problems(pack: list[Report], root: Path, area: str) -> list[str]:
    from casebook.data import catalogue, personal
    from casebook.data.tables import Tables
    from casebook.pack import models, plan, reconciliation
    from casebook.pages import readability
    from casebook.reconcile import as_printed, figures

    problems = personal.problems(root)

    def attempt(action: object, *arguments: object) -> object:
        try:
            return action(*arguments)  # type: ignore[operator]
        except InputError as error:
            if str(error) not in problems:
                problems.append(str(error))
            return None

    known = attempt(Tables, root)
    if not isinstance(known, Tables):
        return problems
    problems += [
        f"data/raw/{name}.yaml describes a table that nobody accepted: accept it with "
        f"`python pipeline.py accept {name}`, or take it away."
        for name in catalogue.not_accepted(root)
    ]
    for table in known.catalogue.tables:
        attempt(known.prepare, table.name)
        attempt(as_printed.of, root, table)
    if not problems and figures.REGISTER in {table.name for table in known.catalogue.tables}:
        register = attempt(figures.checked, root)
        if isinstance(register, figures.Register):
            problems += reconciliation.problems(pack, root, register)
    for report in pack:
        found = attempt(plan.make, pack, root, [report.name], [area], {}, known)
        for job in found[0] if isinstance(found, tuple) else []:
            for name in plan.tables_read(job.notebook, job.parameters, known.catalogue):
                attempt(known.catalogue.table, name)
    attempt(models.read, root / "reports")
    return problems + readability.of_pack(root / "reports")


def _pointed_out(pack: Sequence[Report], root: Path, area: str) -> Iterator[str]:
    from casebook.analyst import pointing

    return pointing.out(root, pack, area)


def _no_contact(contact: Contact | None) -> list[str]:
    said = (
        "pipeline.py names no contact, so the accessibility statement cannot say whom to ask: give main "
        'contact=Contact(team="...", email="...").'
    )
    return [] if contact else [said]


def _elsewhere(scheduler: str, root: Path) -> AbstractContextManager[Bridge | None]:
    """Connect to a Dask cluster, if one is named."""
    if not scheduler:
        return nullcontext()
    from casebook import preload
    from casebook.engine import cluster
    from casebook.pages import layout

    return cluster.connected(scheduler, root, layout.work, preload.packages)


def _typed(settings: Sequence[str]) -> dict[str, str]:
    typed = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip():
            raise InputError(f"-p {setting!r} is not of the form name=value: write, for example, -p average=median.")
        typed[name.strip()] = value
    return typed


def _root() -> Path:
    # pipeline.py stands in the project's folder; notebooks and their kernels must find the same one.
    root = Path(sys.argv[0]).resolve().parent
    os.environ.setdefault("CASEBOOK_PROJECT", str(root))
    from casebook.data import project

    return project.root()


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _console(stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def _say_whose_files(root: Path) -> None:
    """Say so where a run as root makes files in a project of somebody else, who could then not run it any more."""
    owner = root.stat().st_uid
    if hasattr(os, "geteuid") and os.geteuid() == 0 and owner != 0:
        import pwd

        with suppress(KeyError):
            owner = pwd.getpwuid(owner).pw_name  # type: ignore[assignment]
        _complain(
            f"This run is root's, and the project is {owner}'s: what it writes will belong to root, and {owner} cannot "
            f"write it again. Run it as {owner}, or give the files back: chown -R --reference={root} {root}"
        )


def _complain(sentence: str) -> None:
    # What a binary file holds must not steer the terminal.
    print(re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", lambda found: f"\\x{ord(found[0]):02x}", sentence), file=sys.stderr)
