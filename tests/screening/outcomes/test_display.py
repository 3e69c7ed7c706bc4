"""Which entry of a group each displayed field is taken from."""

from screening.models import SourceRecord, Upload
from screening.outcomes.display import chosen


def source(pk: int, *, withdrawn: bool = False, **fields: object) -> SourceRecord:
    return SourceRecord(pk=pk, upload=Upload(is_withdrawn=withdrawn), **fields)


def test_the_fullest_entry_gives_the_fields_and_the_longest_its_abstract():
    found = chosen([
        source(1, title="A demo", abstract="Long enough to be whole."),
        source(2, title="A DEMO", abstract="Short.", year=2019, journal="Demo"),
    ])  # fmt: skip
    assert (found["title"], found["abstract"], found["year"]) == ("A DEMO", "Long enough to be whole.", 2019)


def test_a_withdrawn_file_gives_what_no_standing_one_has_and_nothing_else():
    found = chosen([
        source(1, withdrawn=True, title="Misread", abstract="Longer by far, as the file was read wrongly.", journal="Demo", year=2019),
        source(2, title="Read well", abstract="Short."),
    ])  # fmt: skip
    assert found == {"title": "Read well", "abstract": "Short.", "journal": "Demo", "year": 2019}
