"""Proposals of several papers: what they add to budgets and take off them, what is told twice, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from casebook.data.catalogue import TableEntry
from casebook.english import Money, Noun, Number, count, listed, number, percent, those_that
from casebook.errors import InputError
from casebook.methods import budget
from casebook.methods.costing import FinancialYear
from casebook.studies.assumed import Assumed
from casebook.studies.found import Found

TAKEN, ADDED = ("saving", "income"), ("investment", "pressure")
"""Kinds that take off a budget, and those that add to it; cost avoidance and capital do neither."""
PLANNED = 5
"""Years that a business plan looks ahead, its budget's own among them."""
COLUMNS = (
    "paper", "reference", "subject", "item", "service", "kind", "year", "recurs", "basis", "amount", "status"
)  # fmt: skip
_REFERENCES = Noun("reference")


@dataclass(frozen=True)
class Proposals:
    """Proposals in the order printed, in pounds: what adds to a budget above 0, what takes off it below."""

    table: TableEntry
    area: str
    rows: pd.DataFrame

    @property
    def title(self) -> str:
        """What they are called."""
        return f"{self.table.title}, {self.period}"

    @property
    def period(self) -> str:
        """The budgets that they are for."""
        years = sorted(self.rounds["year"])
        return f"{FinancialYear(years[0])} to {FinancialYear(years[-1])}"

    @cached_property
    def _counted(self) -> pd.DataFrame:
        return self.rows[self.rows["status"] == "counted"]

    @cached_property
    def rounds(self) -> pd.DataFrame:
        """A row a paper, the oldest budget first: ``year``, ``proposals``, ``silent`` (no amount), each kind.

        Amounts are of the year that the paper's budget is for.
        """
        found = []
        for paper, rows in self._counted.groupby("paper"):
            year = int(rows["year"].mode().iloc[0])
            first = rows[(rows["year"] == year) & (rows["basis"] != "several years")]
            kinds = first.groupby("kind")["amount"].sum()
            silent = rows[rows["amount"].isna()].drop_duplicates(["reference", "subject"])
            proposals = len(rows.drop_duplicates(["reference", "subject"]))
            found.append({"paper": paper, "year": year, "proposals": proposals, "silent": len(silent), **dict(kinds)})
        made: pd.DataFrame = pd.DataFrame(found).reindex(
            columns=["paper", "year", "proposals", "silent", *TAKEN, *ADDED]
        )
        return made.fillna(dict.fromkeys([*TAKEN, *ADDED], 0.0)).sort_values("year", ignore_index=True)

    @property
    def latest(self) -> int:
        """The year that the newest budget is for."""
        return int(self.rounds["year"].iloc[-1])

    @property
    def years(self) -> list[int]:
        """The years of the newest plan."""
        return list(range(self.latest, self.latest + PLANNED))

    @cached_property
    def _newest(self) -> pd.DataFrame:
        rows: pd.DataFrame = self._counted[self._counted["paper"] == self.rounds["paper"].iloc[-1]]
        return rows[rows["basis"] != "several years"]

    @cached_property
    def _lines(self) -> pd.DataFrame:
        """What each line of the newest budget comes to in each year: a row a line, a column a year."""
        years = self.years
        found = []
        same = ["reference", "subject", "item", "service", "kind", "recurs", "basis"]
        for called, rows in self._newest.groupby(same, sort=False):
            printed = rows.set_index("year")["amount"].reindex(years).tolist()
            levels = budget.levels(printed, once=called[5] == "one-off", added=called[6] != "cumulative")
            found.append(dict(zip([*same, *years], [*called, *levels], strict=True)))
        return pd.DataFrame(found)

    @cached_property
    def by_year(self) -> pd.DataFrame:
        """What the newest proposals come to, a row a year: ``taken`` off budgets, ``added``, ``net``, ``avoided``."""
        lines = self._lines
        taken, added, avoided = (
            lines.loc[lines["kind"].isin(kinds), self.years].sum() for kinds in (TAKEN, ADDED, ["cost avoidance"])
        )
        found = {"taken": -taken, "added": added, "net": added + taken, "avoided": -avoided}
        return pd.DataFrame(found).set_axis(self.years)

    @property
    def once(self) -> Money:
        """How much of what is added in the newest budget's own year is one-off."""
        lines = self._lines
        return Money(float(lines.loc[lines["kind"].isin(ADDED) & (lines["recurs"] == "one-off"), self.latest].sum()))

    @property
    def beyond(self) -> Money:
        """What recurs of the newest and begins after the years of its plan: above 0 if it saves."""
        rows = self._newest[self._newest["kind"].isin([*TAKEN, *ADDED]) & (self._newest["year"] > self.last)]
        return Money(-float(rows["amount"].sum()))

    @property
    def capital(self) -> str:
        """What the newest proposals ask for once in capital, as a sentence; nothing if they ask for none."""
        rows = self._newest[self._newest["kind"] == "capital"]
        if rows.empty:
            return ""
        first, last = (str(FinancialYear(int(end))) for end in (rows["year"].min(), rows["year"].max()))
        when = f"in {first}" if first == last else f"from {first} to {last}"
        names = listed(f'"{name}"' for name in dict.fromkeys(rows["subject"]))
        return f"Capital is not in these sums: {names} {when} costs {Money(float(rows['amount'].sum()))}."

    @property
    def unspread(self) -> str:
        """Which costs are avoided over several years together, as a sentence; nothing if none are."""
        counted = self._counted
        rows = counted[(counted["paper"] == self.rounds["paper"].iloc[-1]) & (counted["basis"] == "several years")]
        avoided = rows[rows["kind"] == "cost avoidance"].groupby("subject", sort=False)["amount"].sum()
        each = listed(f'"{name}", {Money(-amount)}' for name, amount in avoided.items())
        return f"Of costs avoided the paper gives no years for {each}: it is in no row." if each else ""

    @property
    def by_service(self) -> pd.DataFrame:
        """The same of the newest budget's own year, a row a service, what adds most first."""
        lines = self._lines.assign(
            taken=lambda frame: -frame[self.latest].where(frame["kind"].isin(TAKEN), 0.0),
            added=lambda frame: frame[self.latest].where(frame["kind"].isin(ADDED), 0.0),
        )
        found = lines.groupby("service")[["taken", "added"]].sum()
        return found.assign(net=found["added"] - found["taken"]).sort_values("net", ascending=False, kind="stable")

    @property
    def by_budget(self) -> pd.DataFrame:
        """What each budget adds less what it takes off in its own year: a row a service, a column a budget."""
        rows = self._counted.merge(self.rounds[["paper", "year"]], on=["paper", "year"])
        rows = rows[rows["kind"].isin([*TAKEN, *ADDED]) & (rows["basis"] != "several years")]
        return rows.groupby(["service", "year"])["amount"].sum(min_count=1).unstack()

    @property
    def proposals(self) -> pd.DataFrame:
        """Each proposal of the newest budget with what it comes to in its year, the largest first."""
        lines = self._lines[self._lines["kind"].isin([*TAKEN, *ADDED])]
        sums = lines.groupby(["reference", "subject", "service", "kind"], sort=False)[self.latest].sum()
        found = sums.rename("amount").reset_index()
        return found[found["amount"] != 0].sort_values("amount", key=abs, ascending=False, ignore_index=True)

    @property
    def twice(self) -> pd.DataFrame:
        """What is printed a second time, in the newest budget's own year: ``reference``, ``item`` and ``amount``."""
        rows = self.rows[(self.rows["status"] == "printed twice") & (self.rows["year"] == self.latest)]
        return rows[["reference", "item", "amount"]]

    @property
    def replanned(self) -> pd.DataFrame:
        """What an earlier plan gave for the newest budget's own year: ``item``, ``before`` and ``now``, both pounds."""
        own = self.rows[self.rows["year"] == self.latest]
        before = own[own["status"] == "planned before"].groupby("item")["amount"].sum()
        now = own[own["status"] == "counted"].groupby("item")["amount"].sum()
        return pd.DataFrame({"before": -before, "now": -now.reindex(before.index)}).reset_index()

    @property
    def _twice(self) -> str:
        rows = self.twice.to_dict("records")
        return listed(f'"{row["item"]}" ({Money(abs(row["amount"]))})' for row in rows)

    @property
    def reused(self) -> pd.DataFrame:
        """References that stand for different things: ``reference``, ``year`` and ``item``, a row a thing."""
        rows = self.rows.assign(reference=self.rows["reference"].str.split(" & ")).explode("reference")
        rows = rows[rows["reference"].str.contains(r"\d")].merge(self.rounds[["paper", "year"]], on="paper")
        rows = rows.drop_duplicates(["reference", "subject"])
        several = rows[rows.groupby("reference")["subject"].transform("nunique") > 1]
        several = several.rename(columns={"year_y": "round"}).sort_values(["reference", "round"])
        return several[["reference", "round", "item"]].reset_index(drop=True)

    @property
    def changed(self) -> pd.DataFrame:
        """What is proposed in several papers, a row a subject: taken off budgets in the year of each paper, pounds."""
        rows = self._counted[self._counted["kind"].isin(TAKEN)].merge(
            self.rounds[["paper", "year"]].rename(columns={"year": "round"}), on="paper"
        )
        own = rows.assign(amount=-rows["amount"].where(rows["year"] == rows["round"], 0.0))
        sums = own.groupby(["subject", "round"])["amount"].sum(min_count=1)
        return sums.unstack()[sums.groupby("subject").size() > 1]

    # --- What a reader is told ----------------------------------------------------------------------

    def at(self, year: int, what: str) -> Money:
        """Return a column of ``by_year`` in a year."""
        return Money(float(self.by_year[what][year]))

    @property
    def last(self) -> int:
        """The last year that the newest proposals reach to."""
        return self.years[-1]

    @property
    def _most_added(self) -> tuple[str, Money, str]:
        """What adds most in the last year, and how much of all that is added, in pounds and as a share."""
        lines = self._lines[self._lines["kind"].isin(ADDED)]
        by_subject = lines.groupby("subject", sort=False)[self.last].sum()
        most = float(by_subject.max())
        return str(by_subject.idxmax()), Money(most), percent(most / float(self.at(self.last, "added")))

    def balance(self, year: int) -> str:
        """Say what the newest proposals come to in a year, as a sentence."""
        return (
            f"In {FinancialYear(year)} the newest proposals save or earn {self.at(year, 'taken')} and add "
            f"{self.at(year, 'added')} to costs."
        )

    @property
    def summary(self) -> tuple[str, str, str]:
        """What the newest proposals come to, what becomes of that, and what to ask."""
        net, later, last = self.at(self.latest, "net"), self.at(self.last, "net"), FinancialYear(self.last)
        ends = f"By {last} they add {self.at(self.last, 'added')} a year and save or earn {self.at(self.last, 'taken')}"
        if self.at(self.last, "added").value:
            name, most, _ = self._most_added
            ends += f'; "{name}" alone adds {most}'
        if max(net.value, later.value) <= 0:
            ask = f"Who will count whether the {self.at(self.latest, 'taken')} are saved?"
        elif later.value > net.value:
            ask = f"What pays for the {later} a year that these proposals cost more than they save by {last}?"
        else:
            ask = f"What pays for the {net} that these proposals cost more than they save?"
        return (
            f"The proposals for {FinancialYear(self.latest)} save or earn {self.at(self.latest, 'taken')} and add "
            f"{self.at(self.latest, 'added')} to costs.",
            f"{ends}.",
            ask,
        )

    @property
    def findings(self) -> list[Found]:
        """The balance of the newest, what is told twice, references reused, and what has no amount."""
        twice, reused, silent = self.twice, self.reused, int(self.rounds["silent"].sum())
        largest = self.proposals.iloc[0]
        most = ""
        if self.at(self.last, "added").value:
            name, pounds, share = self._most_added
            most = f'Of what is added {pounds} ({share}) is "{name}". '
        found = [
            Found(
                "balance", self.balance(self.latest),
                f'The largest is "{largest["subject"]}", {Money(abs(largest["amount"]))}. Of what is added '
                f"{self.once} is one-off. Costs that are only avoided are not counted: no budget falls by them.",
                self.at(self.latest, "net"),
            ),
            Found(
                "later", self.balance(self.last),
                f"{most}What recurs is counted on, what is one-off only in its own years.",
                self.at(self.last, "net"),
            ),
        ]  # fmt: skip
        if len(twice):
            found.append(Found(
                "twice",
                f"{count(len(twice), 'proposal stands', 'proposals stand').capitalize()} in the newest paper twice.",
                f"Counted once {'is' if len(twice) == 1 else 'are'} {self._twice}.",
                Number(len(twice), unit="proposals"),
            ))  # fmt: skip
        if len(reused):
            names = list(dict.fromkeys(reused["reference"]))
            found.append(Found(
                "reused",
                f"{those_that(names, 'means', 'mean')} different things in different years.",
                "A reference alone does not say which proposal is meant.",
                Number(len(names), unit=_REFERENCES.for_number(len(names))),
            ))  # fmt: skip
        if silent:
            worst = self.rounds.iloc[int(self.rounds["silent"].argmax())]
            found.append(Found(
                "silent",
                f"{count(silent, 'proposal has', 'proposals have').capitalize()} no amount, "
                f"{number(int(worst['silent']))} of them for {FinancialYear(int(worst['year']))}.",
                "They are counted as proposals and not as money.",
                Number(silent, unit="proposals"),
            ))  # fmt: skip
        return found

    @property
    def glance(self) -> str:
        """The finding of the report's card."""
        net = self.at(self.latest, "net")
        side = "more" if net.value > 0 else "less"
        return f"The proposals for {FinancialYear(self.latest)} cost {net.size} {side} than they save."

    @property
    def trend(self) -> tuple[pd.Series, str]:
        """What the card draws, and of what it is."""
        # By names of years: what is planned has no last year to have gone up or down in.
        return self.by_year["net"].rename(lambda year: str(FinancialYear(year))), "cost of the newest proposals a year"

    @property
    def cautions(self) -> list[str]:
        """What speaks against them, in a few words each."""
        return ["more is added than saved"] if self.at(self.latest, "net").value > 0 else []

    @property
    def assumptions(self) -> list[Assumed]:
        """What is taken as true."""
        unsaid = int((self._newest["recurs"] == "not said").sum())
        return [
            Assumed(
                "Where a paper does not say whether an amount recurs, it is counted on in later years.",
                "amber", "medium", "business plans give changes on the year before, which recur",
                f"{count(unsaid, 'amount', 'amounts').capitalize()} of the newest are of this kind.",
            ),
            Assumed(
                "A proposal keeps its last printed amount where later years are not printed.",
                "amber", "medium", "the papers print four or five years at most",
            ),
            Assumed(
                "Where the head of a proposal and its table have different sums, that of the head is taken.",
                "amber", "low", "a committee is asked for the sum in the head",
            ),
        ]  # fmt: skip


def read(frame: pd.DataFrame, area: str) -> Proposals:
    """Read proposals of several papers.

    Parameters
    ----------
    frame
        A table of the catalogue, a row an amount: ``paper``, ``reference``, ``subject`` (the same for the same thing
        in all papers), ``item`` (as printed), ``service``, ``kind``, ``year``, ``recurs``, ``basis``, ``amount``
        (pounds, below 0 for what takes off a budget) and ``status``, "counted" or why it is not.
    area
        Whose they are.

    Raises
    ------
    InputError
        If the table has other columns, or no proposal.

    Examples
    --------
    >>> from casebook.data import tables
    >>> found = read(tables.read("savings_ledger"), "Cambridgeshire")
    >>> str(found.at(2022, "taken")), str(found.at(2022, "added"))
    ('£4.98 million', '£8.24 million')
    """
    table: TableEntry = frame.attrs["table"]
    if lacking := [name for name in COLUMNS if name not in frame]:
        raise InputError(f"data/raw/{table.path} has no column {listed(lacking)}, expected those of proposals: add it.")
    if not (frame["status"] == "counted").any():
        raise InputError(f"data/raw/{table.path} has no row with the status counted, expected one at least: add it.")
    return Proposals(table, area, frame)
