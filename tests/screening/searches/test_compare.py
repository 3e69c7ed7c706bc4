"""Two strategies, line by line."""

from hypothesis import given
from hypothesis import strategies as st

from screening.searches.compare import MOST_LINES, Change, compare, differs, lines_of, pieces_of


def shown(rows):
    sign = {Change.SAME: " ", Change.CHANGED: "≠", Change.OUT: "–", Change.IN: "+"}
    return [(sign[row.change], row.left.number if row.left else None, row.right.number if row.right else None) for row in rows]


def test_a_changed_line_stands_beside_its_like_and_the_rest_is_taken_out_or_put_in():
    left = "1 exp Social Support/\n\n2 (peer adj2 support).ti,ab.\n3 1 or 2"
    right = "1 exp Social Support/\n2 (peer adj3 support).ti,ab.\n3 1 or 2\n4 limit 3 to yr=2018-2020"

    assert shown(compare(left, right)) == [(" ", 1, 1), ("–", 2, None), ("≠", 3, 2), (" ", 4, 3), ("+", None, 4)]


def test_blanks_count():
    (row,) = compare("a  b", "a b")

    assert row.change == Change.CHANGED
    assert [piece.text for piece in row.left.pieces if piece.differs] == ["  "]


def test_only_the_words_that_differ_are_marked():
    left, right = pieces_of("(peer adj2 support).ti,ab.", "(peer adj3 support).ti,ab.")

    assert [piece.text for piece in left if piece.differs] == ["adj2"]
    assert [piece.text for piece in right if piece.differs] == ["adj3"]


def test_equal_strategies_have_no_difference_whatever_ends_their_lines():
    assert differs(compare("a\r\nb\r", "a\nb\n")) == 0
    assert compare("", "") == []


def test_very_long_strategies_are_compared_by_place():
    many = "\n".join(f"line {n}" for n in range(MOST_LINES + 5))

    assert differs(compare(many, many + "\nmore")) == 1


@given(st.text(alphabet="ab \n1", max_size=60), st.text(alphabet="ab \n1", max_size=60))
def test_every_line_of_both_is_shown_once_in_order_and_whole(a, b):
    rows = compare(a, b)

    for text, side in ((a, "left"), (b, "right")):
        lines = [getattr(row, side) for row in rows if getattr(row, side)]
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
        assert ["".join(piece.text for piece in line.pieces) for line in lines] == lines_of(text)
    assert all(row.change != Change.SAME or row.left.pieces == row.right.pieces for row in rows)
