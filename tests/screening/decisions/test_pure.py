"""Highlights and sections: tables, and that no text of a record ever becomes markup."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.decisions.highlights import mark, parse, total
from screening.decisions.rules import days_left, likely_own
from screening.decisions.sections import split


@pytest.mark.parametrize(
    ("words", "text", "marked"),
    [
        ("recover*", "Recovery, recovering; discovery", ["Recovery", "recovering"]),
        ("network", "networks and networking", ["networks", "networking"]),
        ("peer support", "Peer-support, peer support, peers and support", ["Peer-support", "peer support"]),
        ("social support*", "social supports", ["social supports"]),
        ("GP", "a GP, GPs, gp", ["GP", "gp"]),
        ("støtte", "Støtten og støtter", ["Støtten", "støtter"]),
        ("psykisk hälsa", "om psykisk hälsa här", ["psykisk hälsa"]),
        ("support\nsocial support", "social support", ["social support"]),
        ('"peer support"', "peer supports, Peer support", ["Peer support"]),
        ("“network”", "networks, network", ["network"]),
        ("child*", "children, child-care, grandchild", ["children", "child"]),
        ("<b>", "a < b <b> c", ["b", "b"]),
        ("", "nothing", []),
        ("*", "nothing", []),
    ],
)
def test_what_is_marked(words: str, text: str, marked: list[str]) -> None:
    found = mark(text, [parse("in", "list", words)])
    assert [unescape(m) for m in re.findall(r'<mark class="h h-in">(.*?)</mark>', found.html)] == marked
    assert found.counts == (len(marked),)


def test_counts_by_list_and_the_first_list_wins() -> None:
    lists = [parse("in", "a", "care"), parse("out", "b", "care\nletter")]
    found = mark("Care in a letter about care", lists)
    assert found.counts == (2, 1)
    assert total([found.counts, (1, 0)], 2) == [3, 1]


TEXT = st.text(alphabet=st.one_of(st.sampled_from("<>&\"'/ abcdefghæøå-*\n"), st.characters(codec="utf-8")), max_size=200)


@given(TEXT, st.lists(TEXT, max_size=3))
def test_a_text_never_becomes_markup_and_nothing_is_lost(text: str, words: list[str]) -> None:
    found = mark(text, [parse("in", "x", each) for each in words])
    bare = re.sub(r'<mark class="h h-in">|</mark>', "", found.html)
    assert "<" not in bare
    assert ">" not in bare
    assert unescape(bare) == unescape(text) or "&" in text
    assert found.html.count("<mark") == sum(found.counts)


@pytest.mark.parametrize(
    ("abstract", "heads"),
    [
        ("BACKGROUND: One. METHODS: Two. RESULTS: Three.", ["Background", "Methods", "Results"]),
        ("Aim: To see. Methods: We did. Conclusion: Yes.", ["Aim", "Methods", "Conclusion"]),
        ("Bakgrunn: En. Metode: To. Konklusjon: Tre.", ["Bakgrunn", "Metode", "Konklusjon"]),
        ("Opening words. RESULTS: Three.", ["", "Results"]),
        ("We ask: what helps? The WHO: a study.", [""]),
        ("One.\n\nTwo.", ["", ""]),
        ("", []),
    ],
)
def test_sections(abstract: str, heads: list[str]) -> None:
    assert [section.head for section in split(abstract)] == heads


@given(st.text(alphabet=st.sampled_from("ABCabc :.\nMETHODSresults&/-"), max_size=120))
def test_sections_lose_no_letter(abstract: str) -> None:
    letters = lambda text: sorted(c for c in text.lower() if c.isalpha())  # noqa: E731
    assert letters("".join(section.head + section.text for section in split(abstract))) == letters(abstract)


@pytest.mark.parametrize(
    ("person", "authors", "own"),
    [
        ("Kari Demo", ["Demo, Kari"], True),
        ("Kari Demo", ["Other A", "Demo K"], True),
        ("Kari Demo", ["Demo KL"], True),
        ("Kari Lise van der Demo", ["van der Demo, K. L."], True),
        ("Åse Demø", ["Demø, Å."], True),
        ("Kari Demo", ["Demo, Ola"], False),
        ("Kari Demo", ["Demos, Kari"], False),
        ("Kari Demo", ["Demo"], False),
        ("Demo", ["Demo, Kari"], False),
        ("", ["Demo, Kari"], False),
        ("   ", ["Demo, Kari"], False),
        ("Kari Demo", [], False),
        ("Kari Demo", ["Demo Study Group", ""], False),
    ],
)
def test_which_paper_may_be_ones_own(person: str, authors: list[str], own: bool) -> None:
    assert likely_own(person, authors) is own


@pytest.mark.parametrize(
    ("left", "per_day", "expected"),
    [
        (100, [20], (5, 20)),
        (100, [19], None),
        (101, [10, 10], (11, 10)),
        (100, [1, 0, 99], (2, 50)),
        (100, [20] * 7 + [9000], (5, 20)),
        (3, [200], (1, 200)),
        (0, [10], None),
        (10, [], None),
    ],
)
def test_days_left_at_this_pace(left: int, per_day: list[int], expected: tuple[int, int] | None) -> None:
    assert days_left(left, per_day) == expected
