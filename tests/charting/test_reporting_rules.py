"""Counts and drawings, by tables."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from charting.reporting import svg
from charting.reporting.rules import Count, cross, values, years


def test_years_keep_the_empty_ones_between_and_put_what_is_no_year_last():
    assert years(["2005", "2007", "2007", "not reported"]) == [
        Count("2005", 1),
        Count("2006", 0),
        Count("2007", 2),
        Count("not reported", 1),
    ]
    assert years([]) == []


def test_values_come_by_number_then_name_with_multi_last():
    found = values(["multi"] * 3 + ["Norway"] * 5 + ["UK"] * 5 + ["US"] * 9, last=("multi",))
    assert [(c.name, c.n) for c in found] == [("US", 9), ("Norway", 5), ("UK", 5), ("multi", 3)]


def test_designs_by_theme_sum_in_both_directions():
    pairs = [("quantitative", "a")] * 11 + [("literature review", "a")] * 2 + [("qualitative", "b")] * 9 + [("quantitative", "b")] * 2
    found = cross(pairs, ["a", "b", "c"])
    assert found.columns == ("a", "b")
    assert found.lines[0] == ("quantitative", [11, 2], 13)
    assert (found.sums, found.total) == ([13, 11], 24)


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=12))
def test_whatever_people_write_the_drawings_are_well_formed_and_hold_no_script(pairs):
    pairs = [(a.translate(NOT_XML), b.translate(NOT_XML)) for a, b in pairs]
    counts = values(a for a, _b in pairs)
    for drawn in (svg.bars(counts, "x"), svg.columns(counts, "<y>"), svg.heat_map(cross(pairs, []), '"z"')):
        root = ET.fromstring(drawn)
        assert {e.tag for e in root.iter()} <= {"svg", "text", "title", "rect", "line"}
        assert not any(name.startswith("on") or name == "style" for e in root.iter() for name in e.attrib)


NOT_XML = {code: None for code in [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]}
