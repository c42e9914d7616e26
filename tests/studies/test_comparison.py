"""An area against others over years, and the sections made of it."""

import pandas as pd
import pytest

from casebook import InputError, comparison, report, sections, tables
from casebook.english import Noun
from casebook.report.parts import Chart, Sheet


def compared(area="Cambridgeshire", first=2017, last=2020, average="mean", altered=None, given=None, decimals=None):
    frame = tables.between(tables.read("care_applications"), first, last)
    if altered is not None:
        described = frame.attrs["table"]
        frame = frame.assign(rate=[altered(row) for row in frame.itertuples()])
        frame.attrs["table"] = described
    if decimals is not None:
        described = frame.attrs["table"]
        columns = tuple(one.model_copy(update={"decimals": decimals}) for one in described.columns)
        frame.attrs["table"] = described.model_copy(update={"columns": columns})
    return comparison.over_years(
        frame, area, average=average, per=10_000, counted=Noun("care application"), briefly="applications",
        population=tables.read("child_population"), child_population=given,
    )  # fmt: skip


def test_the_comparison_is_that_of_the_printed_table():
    rates = compared()
    others = [9.2, 5.2, 6.1, 7.2, 8.5, 10.1, 10.2, 10.8, 11.0, 11.2]
    assert rates.last.average.value == pytest.approx(sum(others) / 10)
    assert str(rates.last.gap) == "1.0 (11%) below"
    assert rates.last.in_events.value == pytest.approx(-0.95 * rates.children.number / 10_000)
    assert str(rates.places) == "from second highest to eighth highest of the eleven authorities"
    assert str(rates.group) == "its ten statistical neighbours" and rates.own_group


def test_only_authorities_with_a_rate_in_every_year_are_compared():
    without = compared(altered=lambda row: float("nan") if (row.area, row.year) == ("Hampshire", 2018) else row.rate)
    assert without.left_out == {"Hampshire": [2018]}
    assert {one.compared for one in without.years} == {9} and "Hampshire" not in without.group.names
    assert "left out: Hampshire (none in 2018)." in "".join(sections.over_years(without).average.paragraphs)


@pytest.mark.parametrize(
    ("decimals", "rate", "gap", "interval"),
    [(None, "8.0", "1.0 (", "6.6 to 9.7"), (2, "8.00", "0.95 (", "6.55 to 9.67")],
)
def test_rates_are_rounded_everywhere_as_the_column_is_described(decimals, rate, gap, interval):
    rates = compared(decimals=decimals)
    assert str(rates.path.after) == rate and str(rates.last.gap).startswith(gap)
    parts = [sections.over_years(rates), sections.change(rates), sections.certainty(rates)]
    formats = [
        how[1] for part in parts[:2] for name in ("chart", "table") if (one := getattr(part, name, None))
        for how in one.columns.values() if isinstance(how, tuple)
    ]  # fmt: skip
    # Besides rates there are whole numbers: places, per cent, children.
    assert {one.strip("+,") for one in formats} <= {f".{decimals or 1}f", ".0f", "d"}
    assert f"runs from {interval} for every" in parts[2].how.paragraphs[0]
    said = [one for marks in parts[1].chart.figure.told.values() for one in marks]
    assert f"Cambridgeshire, Year to March 2020: {rate}" in said


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("Cambridgeshire", "has no rate for Cambridgeshire in 2020: choose"),
        ("England", "has no rate for England in 2020: choose"),
    ],
)
def test_a_missing_rate_is_refused_in_a_sentence(missing, words):
    with pytest.raises(InputError, match=words):
        compared(altered=lambda row: float("nan") if (row.area, row.year) == (missing, 2020) else row.rate)


def test_a_number_of_children_that_is_none_is_refused():
    with pytest.raises(InputError, match="child_population is 0, expected a whole number above 0"):
        compared(given=0)


def test_rates_that_stay_are_not_ranked_by_their_change():
    section = sections.change(compared(altered=lambda row: 9.0 if row.area == "Cambridgeshire" else row.rate))
    assert section.sentence == "From 2017 to 2020 Cambridgeshire's rate stayed as it was."


def test_an_interval_is_given_only_where_the_children_are_those_of_the_year():
    assert "the 95% interval runs from" in sections.certainty(compared()).how.paragraphs[0]
    assert "no interval can be given for 2019" in sections.certainty(compared(last=2019)).sentence


def test_a_section_is_taken_apart_changed_and_shown(capsys):
    section = sections.over_years(compared())
    assert isinstance(section.chart, Chart) and isinstance(section.table, Sheet)
    assert {"who", "chart", "but"} <= set(dir(section))
    report.show(section.without("chart", "table").but(who="Ten are compared."), None)
    said = capsys.readouterr().out
    assert said.startswith("Ten are compared.\nWhich average, and whether it matters\n\nThe average is the mean:")
    assert "Year to March" not in said
    report.show(
        section.chart.but(
            title="A title of the analyst's own.", data=pd.DataFrame({"area": ["Essex"]}), columns={"area": "Area"}
        )
    )
    assert capsys.readouterr().out.startswith("A title of the analyst's own.\n")
    with pytest.raises(AttributeError, match="this section has chart, who, table, average, not chrat"):
        section.chrat  # noqa: B018
