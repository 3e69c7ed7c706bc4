"""Agreement: the vectors of METHOD.md B9 and C3, what is undefined, and properties."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.reporting.agreement import chart, rules

PUBLISHED = [
    # a, b, c, d, po, κ, low, high, PABAK
    (44, 19, 12, 1608, 0.9816, 0.7300, 0.6389, 0.8211, 0.9632),
    (4, 2, 1, 280, 0.9895, 0.7220, 0.4206, 1.0, 0.9791),
    (48, 21, 13, 1888, 0.9827, 0.7296, 0.6425, 0.8167, 0.9655),
    (26, 3, 1, 19, 0.9184, 0.8336, 0.6779, 0.9893, 0.8367),
    (27, 3, 1, 22, 0.9245, 0.8479, 0.7050, 0.9908, 0.8491),
]


@pytest.mark.parametrize(("a", "b", "c", "d", "po", "kappa", "low", "high", "pabak"), PUBLISHED)
def test_the_agreement_table_of_the_demo_comes_out(a, b, c, d, po, kappa, low, high, pabak):
    result = rules.two_by_two(a, b, c, d)

    assert round(result.po, 4) == po
    assert round(result.kappa.value, 4) == kappa
    assert round(result.pabak, 4) == pabak
    assert (round(result.kappa.interval.low, 4), round(result.kappa.interval.high, 4)) == (low, high)


def test_standard_error_and_interval_of_the_vector():
    kappa = rules.two_by_two(58, 4, 12, 31).kappa

    assert round(kappa.value, 6) == 0.675676
    assert round(kappa.se, 6) == 0.073448
    assert (round(kappa.interval.low, 6), round(kappa.interval.high, 6)) == (0.531721, 0.819630)


def test_high_prevalence_pulls_kappa_down_but_not_pabak():
    result = rules.two_by_two(95, 4, 1, 0)

    assert result.po == 0.95
    assert round(result.kappa.value, 4) == -0.0163
    assert math.isclose(result.pabak, 0.90)


@pytest.mark.parametrize("cells", [(0, 0, 0, 40), (40, 0, 0, 0), (0, 0, 0, 2)])
def test_without_variation_kappa_is_not_defined(cells):
    result = rules.two_by_two(*cells)

    assert result.po == 1
    assert result.kappa.value is None
    assert result.kappa.reason == rules.NO_VARIATION
    assert result.kappa.interval is None


def test_nothing_shared_gives_no_number_at_all():
    result = rules.two_by_two(0, 0, 0, 0)

    assert (result.po, result.kappa.value, result.pabak, result.bias) == (None, None, None, None)
    assert result.reason == result.kappa.reason == rules.NO_ITEMS


def test_few_items_have_no_informative_interval():
    kappa = rules.two_by_two(1, 0, 0, 3).kappa

    assert kappa.value == 1
    assert kappa.interval is None
    assert kappa.interval_reason == rules.FEW_ITEMS


def test_perfect_agreement_has_no_informative_interval():
    assert rules.two_by_two(20, 0, 0, 30).kappa.interval_reason == rules.PERFECT


def test_positive_and_negative_agreement_and_the_indices():
    result = rules.two_by_two(44, 19, 12, 1608)

    assert math.isclose(result.positive, 88 / 119)
    assert math.isclose(result.negative, 3216 / 3247)
    assert math.isclose(result.prevalence, (44 - 1608) / 1683)
    assert math.isclose(result.bias, 7 / 1683)


def test_a_side_that_nobody_used_has_no_agreement_of_its_own():
    assert rules.two_by_two(0, 0, 0, 5).positive is None


FLEISS_1971 = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip


def test_fleiss_classic_example():
    assert round(rules.fleiss(FLEISS_1971).value, 4) == 0.2099


def test_the_pilot_of_the_demo():
    table = [[4, 0]] * 2 + [[0, 4]] * 18 + [[1, 3]] * 3 + [[2, 2]] * 2
    votes = [["in"] * a + ["out"] * b for a, b in table]

    assert round(rules.fleiss(table).value, 4) == 0.5556
    assert rules.unanimous_share(votes) == 0.8


def test_krippendorff_with_missing_votes():
    coders = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
    items = [[None if vote == "." else vote for vote in item] for item in zip(*coders, strict=True)]

    assert round(rules.krippendorff(items).value, 4) == 0.7434


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (rules.fleiss([]), rules.NO_ITEMS),
        (rules.fleiss([[2, 0], [1, 0]]), rules.UNEQUAL),
        (rules.fleiss([[1, 0], [0, 1]]), rules.ONE_RATER),
        (rules.fleiss([[3, 0], [3, 0]]), rules.NO_VARIATION),
        (rules.krippendorff([]), rules.NO_ITEMS),
        (rules.krippendorff([["x", None]]), rules.NO_ITEMS),
        (rules.krippendorff([["x", "x"], ["x", "x"]]), rules.NO_VARIATION),
    ],
)
def test_undefined_coefficients_say_why(result, reason):
    assert result.value is None
    assert result.reason == reason


def test_three_categories_and_their_pabak():
    table = rules.table_of([("in", "in")] * 10 + [("maybe", "in")] * 5 + [("out", "out")] * 85, ["in", "maybe", "out"])

    assert table == [[10, 0, 0], [5, 0, 0], [0, 0, 85]]
    assert math.isclose(rules.pabak(table), (3 * 0.95 - 1) / 2)
    assert math.isclose(rules.cohen(table).value, (0.95 - (0.1 * 0.15 + 0.85 * 0.85)) / (1 - (0.1 * 0.15 + 0.85 * 0.85)))


def test_weights_are_named_and_matter():
    table = [[10, 5, 0], [3, 12, 4], [1, 2, 13]]
    linear, quadratic = rules.weighted(table, weights="linear"), rules.weighted(table, weights="quadratic")

    assert (linear.weights, quadratic.weights) == ("linear", "quadratic")
    assert rules.cohen(table).value < linear.value < quadratic.value
    with pytest.raises(ValueError, match="linear or quadratic"):
        rules.weighted(table, weights="cubic")


def test_mean_pairwise_agreement_skips_missing_votes():
    assert rules.mean_pairwise([["in", "in", None], ["in", "out", "out"]]) == pytest.approx((0.5 + 0 + 1) / 3)
    assert rules.mean_pairwise([]) is None


cells = st.integers(0, 400)


@given(cells, cells, cells, cells)
def test_kappa_is_a_number_in_range_or_says_why_not(a, b, c, d):
    result = rules.two_by_two(a, b, c, d)
    kappa = result.kappa

    assert (kappa.value is None) == bool(kappa.reason)
    assert (kappa.interval is None) == bool(kappa.interval_reason)
    if kappa.value is not None:
        assert -1 <= kappa.value <= 1 + 1e-9
        assert not math.isnan(kappa.se)
    if kappa.interval:
        assert -1 <= kappa.interval.low <= kappa.interval.high <= 1


@given(cells, cells, cells, cells)
def test_the_order_of_reviewers_does_not_matter_to_kappa(a, b, c, d):
    one, two = rules.two_by_two(a, b, c, d), rules.two_by_two(a, c, b, d)

    assert one.kappa.value == pytest.approx(two.kappa.value)
    assert one.kappa.se == pytest.approx(two.kappa.se)


@given(st.lists(st.lists(st.sampled_from(["in", "out", None]), min_size=3, max_size=3), max_size=30))
def test_krippendorff_is_at_most_one(items):
    result = rules.krippendorff(items)

    assert (result.value is None) == bool(result.reason)
    assert result.value is None or result.value <= 1


def judged(text, start="2026-11-02"):
    """One letter a day: b both include, f only the first, s only the second, n neither."""
    day = dt.datetime.fromisoformat(start).replace(tzinfo=dt.UTC)
    return [(day + dt.timedelta(days=n), letter in "bf", letter in "bs") for n, letter in enumerate(text)]


def test_stretches_of_records_follow_the_time_and_the_last_holds_the_rest():
    found = rules.by_count(list(reversed(judged("bbfnnsb"))), 3)
    assert [(one.start, one.end, one.figures.n) for one in found] == [(1, 3, 3), (4, 6, 3), (7, 7, 1)]
    assert [(one.figures.a, one.figures.b, one.figures.c, one.figures.d) for one in found] == [(2, 1, 0, 0), (0, 0, 1, 2), (1, 0, 0, 0)]
    assert rules.by_count([], 200) == []


def test_weeks_begin_on_monday_and_empty_ones_are_not_there():
    found = rules.by_week(judged("bbbbbbbn") + judged("f", start="2026-12-28") + judged("s", start="2027-01-03"))
    assert [(one.year, one.week, one.figures.n) for one in found] == [(2026, 45, 7), (2026, 46, 1), (2026, 53, 2)]


def test_fleiss_takes_the_items_with_the_most_usual_number_of_votes():
    items = [[True, True, None], [False, None, False], [True, False, None], [True, True, True], [None, None, True]]
    value, votes = rules.fleiss_where_equal(items)
    assert (votes, value.n) == (2, 3)
    assert value == rules.fleiss([[2, 0], [0, 2], [1, 1]])
    assert rules.fleiss_where_equal([[True, None]]) == (rules.Coefficient(n=0, reason=rules.NO_ITEMS), 0)


def test_the_chart_leaves_gaps_where_kappa_is_not_defined_and_goes_below_zero():
    periods = [*rules.by_count(judged("nnnn"), 4), *rules.by_count(judged("fsfs"), 4)]
    made = chart.chart(periods, ["1", "2"])
    assert made.points[0].kappa is None
    assert made.points[0].po == chart.TOP
    assert made.ticks[0][1] == "−1.00"
    assert made.points[1].kappa == chart.HEIGHT - chart.BOTTOM
    assert chart.chart([], []).ticks[0][1] == "0.00"
