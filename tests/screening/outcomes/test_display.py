"""Which entry of a group each displayed field is taken from."""

import pytest

from screening.models import SourceRecord, Upload
from screening.outcomes import merging
from screening.outcomes.display import chosen


def source(pk: int, *, withdrawn: bool = False, **fields: object) -> SourceRecord:
    return SourceRecord(pk=pk, upload=Upload(is_withdrawn=withdrawn), **fields)


def test_the_fullest_entry_gives_the_fields_and_the_longest_its_abstract():
    found = chosen([
        source(1, title="A demo", abstract="Long enough to be whole."),
        source(2, title="A demo, told again", abstract="Short.", year=2019, journal="Demo"),
    ])  # fmt: skip
    assert (found["title"], found["abstract"], found["year"]) == ("A demo, told again", "Long enough to be whole.", 2019)


def test_a_withdrawn_file_gives_what_no_standing_one_has_and_nothing_else():
    found = chosen([
        source(1, withdrawn=True, title="Misread", abstract="Longer by far, as the file was read wrongly.", journal="Demo", year=2019),
        source(2, title="Read well", abstract="Short."),
    ])  # fmt: skip
    assert found == {"title": "Read well", "abstract": "Short.", "journal": "Demo", "year": 2019}


@pytest.mark.parametrize("poor", ["BEING KNOWN IN THE NEIGHBOURHOOD", "[Being known in the neighbourhood]", "Being known in the neigh..."])
@pytest.mark.django_db
def test_a_title_that_reads_well_stands_before_one_in_capitals_in_brackets_or_cut_short(world, poor):
    loud = world.record(title=poor, year=2015, journal="Demo Journal", volume="3", doi="10.5555/d.1", abstract="Words.")
    plain = world.record(title="Being known in the neighbourhood", year=2015)
    made = merging.merge(loud, plain, by=world.owner)
    loud.refresh_from_db()
    assert (loud.title, loud.doi) == ("Being known in the neighbourhood", "10.5555/d.1")
    merging.undo(made, by=world.owner, why="Two")
    loud.refresh_from_db()
    assert loud.title == poor
