"""One contract for both engines: COPY on PostgreSQL, bulk_create on SQLite."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from screening.importing import bulk, loading
from screening.models import Entry, Record, SourceRecord

pytestmark = pytest.mark.django_db
ODD = [
    "tab\there",
    "back\\slash \\N \\.",
    "quote \" and ' comma, {brace}",
    "two\nlines\r\nand more",
    "æøå ö 漢字 🌿 ‏שלום",
    "",
    "\\N",
    "\u2028\x85",
]


def entries(upload, texts):
    numbered = enumerate(texts, start=100)
    return [Entry(review=upload.review, upload=upload, position=n, line=n, raw=text, problem=text) for n, text in numbered]


def test_rows_come_back_as_they_were(send):
    upload = send(b"TY  - JOUR\nTI  - One\nER  - \n", read=False)
    rows = entries(upload, ODD)

    bulk.insert(rows)

    assert all(row.pk for row in rows)
    assert list(Entry.objects.filter(upload=upload).order_by("position").values_list("raw", "problem")) == [(text, text) for text in ODD]


def test_keys_point_from_table_to_table(send, world):
    review = world.review
    upload = send(b"TY  - JOUR\nTI  - One\nER  - \n", read=False)
    rows = entries(upload, ODD)
    records = [Record(review=review, number=900 + n, title=text, authors=[text], year=None) for n, text in enumerate(ODD)]
    sources = [
        SourceRecord(review=review, upload=upload, entry=row, record=record, title=record.title, other={"N1": [record.title]}, year=1999)
        for row, record in zip(rows, records, strict=True)
    ]
    with transaction.atomic():
        bulk.insert(rows)
        bulk.insert(records)
        for source in sources:
            source.entry_id, source.record_id = source.entry.pk, source.record.pk
        bulk.insert(sources)
        connection.check_constraints()

    kept = SourceRecord.objects.filter(upload=upload).select_related("record", "entry").order_by("record__number")
    assert [(s.record.title, s.record.authors, s.entry.raw, s.other, s.year) for s in kept] == [(t, [t], t, {"N1": [t]}, 1999) for t in ODD]
    assert all(record.created_at is not None for record in Record.objects.filter(review=review))


def test_a_second_row_at_one_place_is_refused_and_nothing_of_the_batch_stays(send):
    upload = send(b"TY  - JOUR\nTI  - One\nER  - \n", read=False)
    bulk.insert(entries(upload, ["a", "b"]))

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(entries(upload, ["a", "b", "c"]))

    assert Entry.objects.filter(upload=upload).count() == 2


@pytest.mark.pg
def test_a_large_file_leaves_statistics_of_its_rows(send, monkeypatch):
    """Without them PostgreSQL plans as for an empty table until its autovacuum comes round."""
    monkeypatch.setattr(loading, "MANY", 3)
    taken = []
    for count in (2, 3):
        with CaptureQueriesContext(connection) as statements:
            send("".join(f"TY  - JOUR\nTI  - Title {n} of {count}\nER  - \n\n" for n in range(count)).encode())
        taken.append([one["sql"] for one in statements if one["sql"].startswith("ANALYZE")])
    assert taken[0] == []
    assert len(taken[1]) == 1
    assert '"screening_record"' in taken[1][0]


def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.insert([])


def test_rows_without_objects_are_the_same_rows(send, world):
    upload = send(b"TY  - JOUR\nTI  - One\nER  - \n", read=False)
    review = world.review.pk
    given = [
        {"review_id": review, "upload_id": upload.pk, "position": 100 + n, "line": n, "raw": text, "running": n or None}
        for n, text in enumerate(ODD)
    ]

    keys = bulk.insert_values(Entry, given)
    records = bulk.insert_values(Record, [{"review_id": review, "number": 900 + n, "title": text} for n, text in enumerate(ODD)])

    kept = Entry.objects.in_bulk(keys)
    assert [(kept[pk].raw, kept[pk].problem, kept[pk].running) for pk in keys] == [(text, "", n or None) for n, text in enumerate(ODD)]
    born = Record.objects.in_bulk(records)
    assert [(born[pk].title, born[pk].authors, born[pk].is_parked, born[pk].created_at is None) for pk in records] == [
        (text, [], False, False) for text in ODD
    ]
    assert bulk.insert_values(Entry, []) == []
