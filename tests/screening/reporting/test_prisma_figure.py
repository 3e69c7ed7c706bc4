"""The figure: well-formed, escaped, linked on the screen only, drawn, and said as a list."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.reporting.prisma import figure, layout
from screening.reporting.prisma.rules import Facts, Previous, flow

from . import demo

hostile = st.text(max_size=60) | st.sampled_from(
    ["<script>alert(1)</script>", '"><a href="x">', "]]>&amp;", "a\x00b\x0b", "\u202eabc", "x" * 400]
)


def hard(name: str) -> Facts:
    arm = replace(demo.CLOSED, databases={name: 2819}, excluded={name: 24})
    return Facts(
        databases=arm, other=demo.NETWORK, studies=29, previous=Previous(studies=1, reports=1, studies_no_longer=1, why_no_longer=name)
    )


@settings(max_examples=60)
@given(hostile, st.booleans())
def test_any_name_gives_well_formed_svg_with_the_same_elements(name, for_screen):
    root = ElementTree.fromstring(figure.svg(flow(hard(name)), links={"records_screened": "/r/demo/"}, for_screen=for_screen))

    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        "svg", "title", "desc", "defs", "marker", "path", "rect", "text", "tspan", "a",
    }  # fmt: skip


def test_counts_are_links_on_the_screen_that_say_box_and_number():
    links = {"records_screened": "/r/demo/records?box=screened&x=1", "dbr_excluded:Personal viewpoint": "/r/demo/x"}
    drawn = figure.svg(flow(demo.STEPS["12 closed"]), links=links, for_screen=True)

    assert 'href="/r/demo/records?box=screened&amp;x=1" aria-label="Records screened: n = 1,970, open the records"' in drawn
    assert 'aria-label="Reports excluded, Personal viewpoint: n = 6, open the records"' in drawn
    assert 'class="prisma"' in drawn


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//evil.example", "data:text/html,x", " javascript:x"])
def test_other_links_are_left_out(link):
    assert "<a " not in figure.svg(flow(demo.STEPS["12 closed"]), links={"records_screened": link}, for_screen=True)


def test_the_export_has_literal_greys_no_classes_no_links():
    drawn = figure.svg(flow(demo.STEPS["9 round 2 in"]), links={"records_screened": "/x"}, for_screen=False)

    assert "class=" not in drawn
    assert "<a " not in drawn
    assert "href" not in drawn
    colours = set(re.findall(r"#[0-9a-f]{6}\b", drawn))
    assert all(colour[1:3] == colour[3:5] == colour[5:7] for colour in colours)
    assert "font-family=" in drawn


@pytest.mark.parametrize("for_screen", [True, False])
def test_a_draft_says_so_and_shows_what_waits(for_screen):
    draft = figure.svg(flow(demo.STEPS["9 round 2 in"]), for_screen=for_screen)
    closed = figure.svg(flow(demo.STEPS["12 closed"]), for_screen=for_screen)

    assert ">DRAFT<" in draft
    assert "287 wait" in draft
    assert "DRAFT" not in closed


def test_no_line_is_wider_than_its_box_and_no_box_over_another():
    drawn = layout.picture(flow(hard("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft og flere " * 3)))
    boxes = list(drawn.boxes.values())

    for placed in boxes:
        for line in placed.lines:
            width = sum(layout.width_of(piece.text, bold=piece.kind in ("t", "n")) for piece in line.pieces)
            assert width + line.indent <= placed.w - layout.PAD
        assert len(placed.lines) * layout.LEADING <= placed.h
        assert placed.right <= drawn.width
        assert placed.bottom <= drawn.height
    for one in boxes:
        for two in boxes:
            apart = one.right < two.x or two.right < one.x or one.bottom < two.y or two.bottom < one.y
            assert one is two or apart


def test_the_picture_is_a_png_with_text():
    drawn = figure.png(figure.svg(flow(demo.STEPS["12 closed"]), for_screen=False))

    assert drawn.startswith(b"\x89PNG")
    assert len(drawn) > 20_000


def test_the_list_says_every_box_in_order():
    said = figure.as_list(flow(demo.STEPS["9 round 2 in"]))

    assert [head for head, _ in said] == ["Databases and registers", "Other methods", "Included"]
    assert said[0][1][2] == "Records screened: 1,683; 287 wait"
    assert said[0][1][-1] == ("Reports excluded: 21 – Not relevant to the aims 6, Personal viewpoint 5, Poor study design 10")
