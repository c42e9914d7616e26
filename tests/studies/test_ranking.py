"""One value among those of a region: place, distances, goal and chance, and the sections made of them."""

import pandas as pd
import pytest
from test_english import UNFINISHED

from casebook import InputError, ranking, sections, tables
from casebook.data import project, series
from casebook.methods import intervals
from casebook.report.parts import Aside, Chart, Section, Sheet

REGION = ("East of England", "England")


def ranked(area="Cambridgeshire", table="chlamydia_detection", people=None, values=None, size=None, **about):
    """Rank an area of a table, with other values of authorities, counts for a size, or another description."""
    frame = tables.read(table)
    described = frame.attrs["table"]
    if values is not None:
        frame = frame[frame["area"].isin([*REGION, *values])]
        frame = frame.assign(value=[values.get(row.area, row.value) for row in frame.itertuples()])
    if size is not None:
        multiplier = described.indicator.multiplier
        frame = frame.assign(denominator=float(size), count=frame["value"] * size / multiplier)
    indicator = described.indicator.model_copy(update=about)
    frame.attrs["table"] = described.model_copy(update={"indicator": indicator})
    return ranking.in_region(frame, area, people)


def said(*parts):
    """All words of sections, none of them unfinished."""
    found = []
    for part in parts:
        for one in part if isinstance(part, Section) else [part]:
            if isinstance(one, Chart):
                found += [one.title, one.subtitle, one.alt]
            elif isinstance(one, Sheet):
                found += [one.caption, *one.notes]
            elif isinstance(one, Aside):
                found += [one.folded, *one.paragraphs]
            else:
                found.append(one)
    for sentence in found:
        assert not UNFINISHED.search(sentence), sentence
    return "\n".join(found)


def all_of(of):
    return said(sections.in_region(of), sections.gap_in_people(of), sections.chance(of), of.same_period)


def test_it_is_said_how_many_of_several_comparisons_chance_would_call_different():
    ten = "Ten authorities are compared with England. If none truly differed, at least one would still seem to in 40 of 100"
    assert sections.chance(ranked()).together == f"{ten} such tables."
    # 100 - 95 ** 11 / 100 ** 10 = 43.
    assert "Eleven authorities" in sections.chance(ranked(table="health_checks")).together
    many, few = (sections.chance(ranked(size=size)).together for size in (1_000_000, 8_000))
    assert "such tables. Here ten differ; when that is allowed for (Benjamini and Hochberg), all still do." in many
    assert (
        few.endswith("two differ; when that is allowed for (Benjamini and Hochberg), none does.") or "still do" in few
    )


def test_where_low_is_good_a_goal_is_met_below_its_lower_threshold():
    goal = ranked().about.goal
    low = ranked(polarity="low is good").goal
    values = ranked().held["value"]
    assert set(low.met_by) == set(values.index[values < goal.lower])
    assert (low.upper.value, low.lower.value) == (goal.lower, goal.upper)


def test_a_value_is_placed_among_its_region_and_measured_from_region_and_england():
    here = ranked().here
    assert here.place.among == "joint lowest of the ten authorities of the East of England with a figure"
    assert here.tied == " (level with Essex)"
    assert str(here.gap) == "239 (18%) below" and str(here.england_gap) == "320 (23%) below"
    shares = ranked(table="health_checks")
    assert shares.here.place.among == "joint second highest of the eleven authorities of the East of England"
    assert str(shares.here.england_gap) == "4.9 percentage points (11%) above"


def test_an_area_without_a_value_is_told_as_such_and_the_others_are_ranked():
    without = ranked("Thurrock")
    assert without.here is None and str(without.others) == "the ten other authorities of the East of England"
    text = all_of(without)
    assert "Thurrock is not printed; Peterborough is the highest of the ten authorities printed." in text
    assert "There is no value for Thurrock to be sure or unsure of." in text
    assert "no gap to put in people" in text


def test_authorities_without_a_value_stand_last_and_are_named():
    few = ranked(values={"Cambridgeshire": 1100.0, "Luton": float("nan")})
    assert few.missing == tuple(name for name in tables.authorities_in("East of England") if name != "Cambridgeshire")
    assert few.frame["area"].tolist()[0] == "Cambridgeshire" and few.frame["value"].isna().sum() == 10
    text = all_of(few)
    assert "Cambridgeshire is the only authority printed." in text
    assert "The paper gives no value for Bedford, Central Bedfordshire" in text


@pytest.mark.parametrize(
    ("value", "here"),
    [
        (2300.0, "Cambridgeshire meets it."),
        (2000.0, "Cambridgeshire is near it: it is 300 (13%) below it."),
        (1100.0, "Cambridgeshire does not: it is 1,200 (52%) below it."),
    ],
)
def test_a_goal_is_met_near_or_not_met(value, here):
    assert ranked(values={"Cambridgeshire": value, "Essex": 100.0}).goal.here == here


def test_those_who_meet_a_goal_are_named():
    assert ranked().goal.meeting == "one of the ten authorities printed meets it (Peterborough)"
    assert ranked(values={"Essex": 1.0, "Luton": 2.0}).goal.meeting == "none of the two authorities printed meet it"
    assert ranked(goal=None).goal is None
    assert "No national goal is held" in all_of(ranked(goal=None))


def test_counts_give_intervals_verdicts_and_a_funnel():
    large = ranked(size=100_000)
    lower, upper = intervals.rate(1100, 100_000, 100_000)
    assert large.here.interval.lower.value == pytest.approx(float(lower))
    assert large.here.interval.upper.value == pytest.approx(float(upper))
    assert str(large.here.against_england) == (
        "worse than England by more than chance would explain, even at the 99.8% level"
    )
    assert large.people == 100_000
    together = sum(large.held["count"]) / 10
    assert large.funnel.together.value == pytest.approx(together)
    assert "Peterborough" in large.funnel.beyond and "Suffolk" not in large.funnel.beyond
    text = all_of(large)
    assert "Intervals are Byar's intervals, exact Poisson for counts below ten." in text
    assert "Among the 100,000 people aged 15 to 24 in Cambridgeshire" in text
    small = ranked(size=1000)
    assert small.funnel.beyond == () and str(small.here.against_england).startswith("similar to England (chance could")
    assert "None of the ten authorities lie further from the average than chance would explain." in all_of(small)


def test_neither_side_is_better_where_nothing_is_judged():
    assert str(ranked(size=100_000, polarity="no judgement").here.against_england).startswith("lower than England")
    assert "neither a high nor a low value is better" in all_of(ranked(polarity="no judgement"))


def test_published_limits_are_taken_as_they_are():
    frame = tables.read("health_checks")
    described = frame.attrs["table"]
    frame = frame.assign(lower=frame["value"] - 1, upper=frame["value"] + 1)
    frame.attrs["table"] = described
    published = ranking.in_region(frame, "Cambridgeshire")
    assert str(published.here.interval) == "50.4 to 52.4"
    assert str(published.here.against_england) == "better than England by more than chance would explain"
    assert published.funnel is None
    assert "Intervals are those published with the values." in all_of(published)


@pytest.mark.parametrize(("people", "would"), [(500, "would be"), (100, "would not be")])
def test_a_number_of_people_given_says_what_the_gap_means_and_whether_it_is_chance(people, would):
    given = ranked(table="health_checks", people=people)
    assert str(given.here.enough["England"]) == "about 400 people offered a check"
    text = all_of(given)
    assert f"Taking {people:,} people offered a check in Cambridgeshire, a number given for this run" in text
    for label, share in (("the East of England", 0.035), ("England", 0.049)):
        assert f"the distance from {label} means {int(people * share + 0.5)} more people who received a check." in text
    assert f"that from England {would}." in text


def test_what_would_be_enough_says_every_case():
    here = ranked().here
    assert str(here.enough["England"]) == "about 59 diagnoses (among about 5,400 people aged 15 to 24)"
    none = ranked(values={"Cambridgeshire": 0.0}).here
    assert str(none.enough["England"]) == "about 260 people aged 15 to 24"
    assert "not a simple random sample" in ranked(table="smoking_prevalence").here.enough["England"].aside
    level = ranked(values={"Cambridgeshire": 1420.0}).here
    assert level.enough["England"].count is None and not level.told_apart
    assert str(level.england_gap) == "level with"
    assert not ranked(values={"Cambridgeshire": 1421.0}).here.told_apart
    assert ranked(values={"Cambridgeshire": 1422.0}).here.told_apart


def test_whom_and_when_the_values_are_for_is_said():
    assert ranked().whom == "people aged 15 to 24" and not ranked().dated
    assert ranked(sex="Female", age="16+", goal=None).whom == "women aged 16 and over"
    assert ranked(table="smoking_prevalence").same_period == "All areas are for the same period: 2019."
    assert ranked().same_period == "All areas are for the same period, which is not printed."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda frame: frame[frame["area"] != "England"], "chlamydia_detection.csv has no value for England"),
        (lambda frame: frame[frame["area"] != REGION[0]], "chlamydia_detection.csv has no value for East of England"),
        (lambda frame: frame[frame["area"].isin(REGION)], "has no authority of the East of England"),
    ],
)
def test_what_a_ranking_needs_and_lacks_is_refused_in_a_sentence(change, words):
    frame = tables.read("chlamydia_detection")
    described, frame = frame.attrs["table"], change(frame)
    frame.attrs["table"] = described
    with pytest.raises(InputError, match=words):
        ranking.in_region(frame, "Cambridgeshire")


def test_a_table_without_an_indicator_and_an_area_of_another_region_are_refused():
    with pytest.raises(InputError, match="The table 'child_population' has no 'indicator' entry"):
        ranking.in_region(tables.read("child_population"), "Cambridgeshire")
    with pytest.raises(InputError, match="Wiltshire is not in the East of England, which the table 'health_checks' is"):
        ranked("Wiltshire", "health_checks")


def test_distances_of_all_authorities_stand_in_the_table():
    frame = ranked().frame.set_index("area")
    assert [frame.index[0], *frame.index[-2:]] == ["Peterborough", "Essex", "Thurrock"]
    assert frame.at["Luton", "england_points"] == 1643 - 1420 and frame.at["Luton", "here_points"] == 1643 - 1100
    assert frame.at["Luton", "region_per_cent"] == pytest.approx((1643 / 1339 - 1) * 100)
    assert frame.at["Luton", "place"] == "third highest" and pd.isna(frame.at["Thurrock", "place"])


@pytest.mark.parametrize(
    ("polarity", "here", "england", "unsure"),
    [
        ("high is good", 1100.0, 1420.0, ["lower than England, not tested for chance"]),
        ("high is good", 1500.0, 1420.0, ["higher than England, not tested for chance"]),
        ("low is good", 1500.0, 1420.0, ["higher than England, not tested for chance"]),
        ("low is good", 1420.0, 1420.0, []),
        ("no judgement", 1500.0, 1420.0, []),
    ],
)
def test_without_counts_nothing_is_called_better_or_worse_by_its_sign_alone(polarity, here, england, unsure):
    of = ranked(values={"Cambridgeshire": here, "England": england}, polarity=polarity, goal=None)
    assert of.signs == {"worse": [], "better": [], "unsure": unsure}
    assert ("not tested for chance" in of.worrying) == (here != england)
    assert "better" not in of.worrying and "worse" not in of.worrying


@pytest.mark.parametrize(
    ("polarity", "count", "signs", "said"),
    [
        ("high is good", 300, {"worse": ["lower than England"]}, "That is clearly worse than England's 60.0%."),
        ("low is good", 300, {"better": ["lower than England"]}, "That is clearly better than England's 60.0%."),
        ("no judgement", 300, {}, "That is clearly lower than England's 60.0%."),
        ("high is good", 590, {}, "That is lower than England's 60.0%, a difference that chance could explain."),
    ],
)
def test_with_counts_it_is_judged_by_what_is_good(polarity, count, signs, said):
    frame = tables.read("health_checks")
    described = frame.attrs["table"]
    indicator = described.indicator.model_copy(update={"polarity": polarity, "goal": None})
    frame = frame.assign(value=[count / 10 if area == "Cambridgeshire" else 60.0 for area in frame["area"]])
    frame = frame.assign(count=frame["value"] * 10, denominator=1000.0)
    frame.attrs["table"] = described.model_copy(update={"indicator": indicator})
    of = ranking.in_region(frame, "Cambridgeshire")
    assert of.signs == {"worse": [], "better": [], "unsure": []} | signs
    assert of.worrying == said


@pytest.mark.parametrize(
    ("value", "signs"),
    [
        (2400.0, {"better": ["goal met"]}),
        (2000.0, {"worse": ["goal nearly met"]}),
        (1800.0, {"worse": ["goal missed"]}),
    ],
)
def test_a_goal_is_a_sign_too(value, signs):
    of = ranked(values={"Cambridgeshire": value, "England": value})
    assert of.signs == {"worse": [], "better": [], "unsure": []} | signs


def test_where_authorities_differ_by_more_than_chance_the_funnel_is_widened_for_it():
    of = ranked(size=40_000)
    funnel, points = of.funnel, of.funnel.points.set_index("area")
    # Spiegelhalter's formula written out: z about the average, the outer tenths drawn in, and the limits with tau.
    share, per = funnel.together.value / 100_000, 100_000
    se = (share / 40_000) ** 0.5 * per
    z = (points["value"] - funnel.together.value) / se
    phi = (z.clip(z.quantile(0.1), z.quantile(0.9)) ** 2).mean()
    tau = ((len(z) * phi - (len(z) - 1)) / (len(z) - 1)) ** 0.5 * se
    assert funnel.times == pytest.approx(phi**0.5, rel=1e-3)
    assert points["most"].iloc[0] == pytest.approx(funnel.together.value + 3.090232 * (se**2 + tau**2) ** 0.5, rel=1e-3)
    assert "Cambridgeshire" in funnel.beyond
    assert (
        sections.in_region(of).spread
        == funnel.spread
        == (
            f"These authorities lie {funnel.times:.1f} times as far from the average as chance alone would put them, so more "
            "than chance is at work. Allowing for that (overdispersion), Peterborough lies beyond the limits."
        )
    )
    by_chance = ranked(size=500)
    assert by_chance.funnel.times == 1 and not hasattr(sections.in_region(by_chance), "spread")


@pytest.fixture
def official(monkeypatch):
    """Rank Leeds by the series that continues the printed table, in an export made up here."""

    def make(values, area="Leeds", year=2024, counts=None):
        rows = {"Yorkshire and The Humber": 1693.0, "London": 1500.0, "England": 1589.0} | values
        frame = pd.DataFrame({"area": list(rows), "year": year, "value": list(rows.values())})
        frame = frame.assign(lower=float("nan"), upper=float("nan"), count=float("nan"), denominator=float("nan"))
        for name, (count, people) in (counts or {}).items():
            frame.loc[frame["area"] == name, ["count", "denominator"]] = count, people
        frame.attrs = {"series": series.load(project.root())["chlamydia-detection-women"], "vintage": "An export"}
        monkeypatch.setattr(series, "continuing", lambda table, area: frame)
        return ranking.latest("chlamydia_detection", area)

    return make


def test_womens_rate_is_held_against_the_womens_goal_and_never_the_persons(official):
    # The goal for persons is 2,300, and was once set against this rate of women.
    leeds = official({"Leeds": 3100.0, "Bradford": 3400.0})
    assert (leeds.about.sex, leeds.goal.upper.value) == ("Female", 3250)
    assert leeds.goal.met_by == ("Bradford",) and leeds.goal.here == "Leeds does not: it is 150 (5%) below it."
    assert leeds.worrying.startswith("That misses the goal of 3,250")
    words = all_of(leeds)
    assert "for women aged 15 to 24" in words and "From 3,250 it is met (green); below, it is not (red)." in words
    assert "2,300" not in words and "paper" not in words and "printed" not in words


def test_a_series_is_ranked_in_the_areas_own_region_of_its_latest_year(official):
    leeds = official({"Leeds": 2368.0, "Bradford": 2000.0, "Camden": 5000.0})
    assert leeds.about.period == "2024" and list(leeds.held.index) == ["Leeds", "Bradford"]
    assert leeds.here.place.among == "highest of the two authorities of Yorkshire and The Humber with a figure"
    camden = official({"Leeds": 2368.0, "Camden": 5000.0, "Newham": 100.0}, area="Camden")
    assert "the highest of the two authorities of London with a figure" in f"the {camden.here.place.among}"
    assert str(camden.others) == "the only other authority of London"


def test_counts_of_an_export_give_the_interval(official):
    counts = {"Leeds": (1042, 44_000), "Bradford": (500, 25_000)}
    assert official({"Leeds": 2368.0, "Bradford": 2000.0}, counts=counts).here.interval is not None
    assert official({"Leeds": 2368.0, "Bradford": 2000.0}).here.interval is None


def test_a_series_tells_what_the_value_did_over_the_years(official, monkeypatch):
    of = official({"Leeds": 2000.0, "Bradford": 1000.0})
    assert of.course.usual == of.course.over_time == ""
    assert not hasattr(sections.chance(of), "usual")
    years, frame = range(2016, 2025), series.continuing("chlamydia_detection", "Leeds")
    past = [frame.assign(year=year, value=frame["value"] + (400 if year % 2 else 0)) for year in years[:-1]]
    longer = pd.concat([*past, frame], ignore_index=True)
    longer.attrs = frame.attrs
    monkeypatch.setattr(series, "continuing", lambda table, area: longer)
    told = sections.chance(ranking.latest("chlamydia_detection", "Leeds"))
    # 400 up and down; the mean is 2,177.8, and 2.66 times 400 is 1,064.
    assert told.usual.startswith(
        "Going by its yearly changes since 2016, a rate of 1,114 to 3,242 would be usual. 2024's"
    )
    assert not hasattr(told, "over_time")
    counted = longer.assign(count=longer["value"] / 5, denominator=20_000.0)
    counted.attrs = frame.attrs
    monkeypatch.setattr(series, "continuing", lambda table, area: counted)
    told = sections.chance(ranking.latest("chlamydia_detection", "Leeds"))
    assert told.over_time.startswith("Since 2023 the rate fell by 400 (95% interval -")
    assert "more than chance would explain. It has no trend over the five years to 2024" in told.over_time
