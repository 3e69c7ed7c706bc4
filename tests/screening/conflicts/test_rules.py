"""Who is named in a text."""

import pytest

from screening.conflicts.rules import mentioned, without_names
from screening.stages.names import names_somebody

NAMES = {1: ["Author 1", "Kari Demo", "Kari"], 2: ["Author 12", "Ola Demo", "Ola"], 3: ["Third reviewer", "Åse Demo", "Åse"]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Author 1 look at the aims", {1}),
        ("@author 12: and you", {2}),
        ("@Author 123", set()),
        ("(@kari)", {1}),
        ("@Karin", set()),
        ("@Ola Demo and @ÅSE.", {2, 3}),
        ("Author 1 and kari@example.org", set()),
        ("mail@Kari", set()),
        ("@third reviewer", {3}),
        ("", set()),
    ],
)
def test_a_name_after_the_sign_is_meant_and_no_part_of_another(text, found):
    assert mentioned(text, NAMES) == found


def test_an_empty_name_is_nobody():
    assert mentioned("@ @", {1: ["", "Kari"]}) == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Author 2 said no", True),
        ("so says AUTHOR12", True),
        ("Kari Demo excluded it", True),
        ("Studies by authors of 2 guidelines count", False),
        ("Karis demo", False),
        ("Adults only, see the 3 reviewers’ guide", False),
    ],
)
def test_a_note_that_names_somebody_is_known(text, found):
    assert names_somebody(text, ["Kari Demo", "Ola"]) is found


def test_names_after_the_sign_are_taken_out():
    text = "@Author 1, see the aims.\n@ola Demo: and @Kari too, @Karin not."
    assert without_names(text, ["Author 1", "Ola", "Ola Demo", "Kari", ""]) == "see the aims.\nand too, @Karin not."
