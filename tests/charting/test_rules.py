"""The pure parts, by tables."""

import pytest

from charting.charting_forms.fields import BadField, Choice, Field, clean, default_fields, left, read, soft_checks
from charting.charting_forms.rules import Step, may_verify, state_of
from charting.classification_table.rules import Rule, agreement, corner, heat, is_wide, matrix, spread, suggest, weighted_kappa
from charting.vocabulary import FieldKind, Ground, Mode, StudyState, Suggestion

RULE = Rule({"relevance": 2, "design": 2})


@pytest.mark.parametrize(
    ("relevance", "design", "says", "ground", "place"),
    [
        (3, 3, Suggestion.INCLUDE, Ground.NONE, 0),
        (2, 2, Suggestion.INCLUDE, Ground.NONE, 0),
        (1, 3, Suggestion.EXCLUDE, Ground.NOT_RELEVANT, 1),
        (1, 0, Suggestion.EXCLUDE, Ground.NOT_RELEVANT, 1),
        (3, 0, Suggestion.EXCLUDE, Ground.VIEWPOINT, 2),
        (3, 1, Suggestion.EXCLUDE, Ground.POOR_DESIGN, 3),
        (None, 1, Suggestion.AGREE_FIRST, Ground.NONE, 0),
        (None, None, Suggestion.AGREE_FIRST, Ground.NONE, 0),
    ],
)
def test_suggestion(relevance, design, says, ground, place):
    advice = suggest({"relevance": relevance, "design": design}, RULE)
    assert (advice.suggestion, advice.ground, advice.place) == (says, ground, place)


def test_one_step_below_on_one_scale_may_be_for_discussion():
    rule = Rule({"relevance": 2, "design": 2}, discuss_near=True)
    assert suggest({"relevance": 1, "design": 3}, rule).suggestion == Suggestion.DISCUSS
    assert suggest({"relevance": 1, "design": 1}, rule).suggestion == Suggestion.EXCLUDE
    assert suggest({"relevance": 0, "design": 3}, rule).suggestion == Suggestion.EXCLUDE


def test_a_further_scale_counts_where_the_rule_names_it():
    agreed = {"relevance": 3, "design": 3, "ethics": 0}
    assert suggest(agreed, RULE).suggestion == Suggestion.INCLUDE
    assert suggest(agreed, Rule({"relevance": 2, "ethics": 1})).ground == Ground.OTHER_SCALE


@pytest.mark.parametrize(
    ("values", "wide", "far"),
    [([], None, False), ([2], None, False), ([2, 2], 0, False), ([1, 2, 2], 1, False), ([3, 1, 3, 0], 3, True), ([0, 2], 2, True)],
)
def test_spread(values, wide, far):
    assert (spread(values), is_wide(values)) == (wide, far)


def test_matrix_counts_every_pair_once_and_marks_the_corner():
    pairs = [(3, 3)] * 11 + [(3, 2)] * 9 + [(3, 1)] * 4 + [(2, 0)] * 4 + [(1, 3)]
    cells = matrix(pairs, corner(RULE, "relevance", "design"))
    flat = {(c.row, c.column): c for row in cells for c in row}
    assert len(flat) == 16
    assert sum(c.n for c in flat.values()) == len(pairs)
    assert [(c.row, c.column) for c in cells[0]] == [(3, 3), (3, 2), (3, 1), (3, 0)]
    assert {place for place, c in flat.items() if c.inside} == {(3, 3), (3, 2), (2, 3), (2, 2)}
    assert (flat[3, 3].heat, flat[1, 3].heat, flat[0, 0].heat) == (5, 1, 0)


def test_heat_stays_between_none_and_five():
    for top in range(60):
        steps = [heat(n, top) for n in range(top + 1)]
        assert steps == sorted(steps)
        assert all(0 <= step <= 5 for step in steps)
        assert steps[0] == 0
    assert heat(1, 1) == 5


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ([], None),
        ([(2, 2), (2, 2)], None),
        ([(0, 0), (3, 3), (1, 1)], 1.0),
        ([(0, 3), (3, 0)], -1.0),
        # by hand: Σ|a−b| = 2 of 4 pairs, expected Σ|a−b| over 16 = 20 → 1 − (2/4)/(20/16) = 0.6
        ([(0, 1), (1, 1), (2, 3), (3, 3)], 0.6),
    ],
)
def test_weighted_kappa(pairs, kappa):
    found = weighted_kappa(pairs)
    assert found is None if kappa is None else found == pytest.approx(kappa)


def test_agreement_is_the_mean_over_pairs_of_raters():
    found = agreement({1: {7: 0, 8: 0, 9: 3}, 2: {7: 3, 8: 3, 9: 0}, 3: {7: 2}})
    assert (found.pairs, found.reports) == (3, 2)
    assert found.kappa == pytest.approx((1 - 1 - 1) / 3)
    assert agreement({}).kappa is None


STEPS = {
    "none": [],
    "charted": [Step("charted", 1, 5)],
    "both": [Step("charted", 1, 0), Step("charted", 2, 0)],
    "verified": [Step("charted", 1, 5), Step("verified", 2, 5)],
    "older": [Step("charted", 1, 5), Step("verified", 2, 4)],
}


@pytest.mark.parametrize(
    ("steps", "answers", "own", "mode", "state"),
    [
        ("none", 0, 0, Mode.VERIFY, StudyState.NOT_BEGUN),
        ("none", 3, 0, Mode.VERIFY, StudyState.BEGUN),
        ("charted", 5, 0, Mode.VERIFY, StudyState.CHARTED),
        ("verified", 5, 0, Mode.VERIFY, StudyState.VERIFIED),
        ("older", 5, 0, Mode.VERIFY, StudyState.CHARTED),
        ("none", 0, 2, Mode.DOUBLE, StudyState.BEGUN),
        ("charted", 0, 2, Mode.DOUBLE, StudyState.BEGUN),
        ("both", 0, 2, Mode.DOUBLE, StudyState.CHARTED),
    ],
)
def test_state_of_a_study(steps, answers, own, mode, state):
    assert state_of(STEPS[steps], answers=answers, own_answers=own, mode=mode) == state


def test_who_charted_does_not_verify():
    assert not may_verify(STEPS["charted"], 1, mode=Mode.VERIFY)
    assert may_verify(STEPS["charted"], 2, mode=Mode.VERIFY)
    assert may_verify(STEPS["both"], 1, mode=Mode.DOUBLE)


NUMBER = Field("n", "Number", FieldKind.NUMBER, minimum=0, maximum=100)
MANY = Field("m", "Many", FieldKind.MANY, choices=(Choice("a"), Choice("b")))


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        (NUMBER, " 1,024 ", "1024"),
        (NUMBER, "not reported", "not reported"),
        (NUMBER, "", ""),
        (MANY, "b\r\na", "a\nb"),
        (Field("s", "Short"), "two\n lines", "two lines"),
        (Field("l", "Long", FieldKind.LONG), "one\r\ntwo ", "one\ntwo"),
        (Field("l", "Long", FieldKind.LONG), "=cmd()", "=cmd()"),
    ],
)
def test_answers_are_brought_into_form(field, typed, kept):
    assert clean(field, typed) == kept


@pytest.mark.parametrize(
    ("field", "typed"), [(NUMBER, "twelve"), (NUMBER, "1.5"), (MANY, "c"), (Field("l", "L", FieldKind.LONG), "x" * 20_001)]
)
def test_answers_that_cannot_be(field, typed):
    with pytest.raises(BadField):
        clean(field, typed)


def test_soft_checks_warn_and_stop_nobody():
    fields = (
        Field("year", "Year", FieldKind.NUMBER, minimum=2000),
        Field("n", "Participants", FieldKind.NUMBER),
        Field("women", "Women", FieldKind.NUMBER, part_of="n"),
        Field("men", "Men", FieldKind.NUMBER, part_of="n"),
        *(f for f in default_fields() if f.key in ("design", "design_detail")),
    )
    warned = soft_checks(
        fields, {"year": "1999", "n": "10", "women": "8", "men": "4", "design": "quantitative", "design_detail": "ethnography"}
    )
    assert set(warned) == {"year", "n", "design_detail"}
    assert "sum to 12" in warned["n"]
    assert soft_checks(fields, {"year": "2015"}, record_year=2014) == {"year": "The record says 2014."}
    assert soft_checks(fields, {"year": "not reported", "design_detail": "ethnography", "design": "qualitative"}) == {}


@pytest.mark.parametrize(
    "raw",
    [
        [{"key": "1x", "label": "x"}],
        [{"key": "x", "label": " "}],
        [{"key": "x", "label": "x"}, {"key": "x", "label": "y"}],
        [{"key": "x", "label": "x", "kind": "choice"}],
        [{"key": "x", "label": "x", "part_of": "y"}],
    ],
)
def test_forms_that_cannot_be(raw):
    with pytest.raises(BadField):
        read(raw)


def test_the_default_form_reads_and_names_what_is_left():
    assert [f.key for f in left(default_fields(), {"year": "2015"})][:2] == ["country", "keyword"]
