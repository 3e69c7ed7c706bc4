"""Entries that need a look end by a person's word; files are withdrawn and restored."""

import pytest

from reviewapp.audit.models import Event
from reviewapp.jobs import actions as jobs
from screening.importing import actions, endings, queries, withdrawing
from screening.importing.errors import CannotChange, WhyNeeded
from screening.models import Entry, EntryEnding, Record, RoundRecord, SourceRecord, UploadStep
from screening.outcomes import merging
from screening.outcomes.settle import differences
from screening.searches.queries import Counts, counts_of
from screening.vocabulary import EndingKind, Verdict
from tests.fixtures import cast_vote
from tests.screening.importing.conftest import MIXED, many, ris

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(send):
    return send(MIXED)


@pytest.fixture
def odd(upload):
    return Entry.objects.get(upload=upload, position=2)


def counts(upload):
    return counts_of([upload])[upload.pk]


def test_a_mended_entry_is_a_record_in_the_open_round(world, upload, odd):
    round = world.open_round()

    source = endings.mend(world.librarian, odd, {"title": "Second, by hand", "authors": "Demo, Å.\n\nDemo, B.", "year": 2019})

    assert (source.record.number, source.record.title, source.record.authors) == (3, "Second, by hand", ["Demo, Å.", "Demo, B."])
    assert RoundRecord.objects.filter(round=round, record=source.record, is_live=True).exists()
    assert odd.endings.get().kind == EndingKind.MENDED
    assert counts(upload) == Counts(found=3, mended=1)
    event = Event.objects.filter(kind="entry:mended").get()
    assert (event.record_number, event.data) == (3, {"upload": upload.number, "position": 2})


def test_an_entry_is_mended_once(world, odd):
    endings.mend(world.librarian, odd, {"title": "Second"})

    with pytest.raises(CannotChange, match="record 3"):
        endings.mend(world.librarian, odd, {"title": "Second"})
    with pytest.raises(CannotChange):
        endings.mark_unreadable(world.librarian, odd)

    assert Record.objects.for_review(world.review).count() == 3


def test_unreadable_and_not_a_reference_are_counted_apart_and_the_last_word_holds(world, upload, odd):
    endings.mark_unreadable(world.librarian, odd, "a torn line")
    endings.mark_unreadable(world.librarian, odd, "a second click")
    assert counts(upload) == Counts(found=3, unreadable=1)
    assert EntryEnding.objects.filter(entry=odd).count() == 1

    endings.mark_not_a_reference(world.librarian, odd)
    assert counts(upload) == Counts(found=3, not_reference=1)

    endings.mend(world.librarian, odd, {"title": "It can be read after all"})
    assert counts(upload) == Counts(found=3, mended=1)
    assert counts(upload).records == 3
    assert EntryEnding.objects.filter(entry=odd).count() == 3
    kinds = Event.objects.filter(kind__startswith="entry:").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["entry:unreadable", "entry:not_a_reference", "entry:mended"]


def test_an_entry_that_was_read_cannot_be_ended(world, upload):
    with pytest.raises(CannotChange, match="record 1"):
        endings.mark_not_a_reference(world.librarian, Entry.objects.get(upload=upload, position=1))


def test_a_withdrawn_file_counts_nowhere_and_comes_back(world, send):
    round = world.open_round()
    upload, other = send(many(5)), send(ris("Another", start=99))
    live = RoundRecord.objects.filter(round=round, is_live=True)
    assert live.count() == 6

    withdrawing.withdraw(world.librarian, upload, "Wrong file")
    assert live.count() == 1
    assert list(Record.objects.for_review(world.review).counted().values_list("title", flat=True)) == ["Another"]
    assert SourceRecord.objects.filter(upload=upload).count() == 5

    withdrawing.withdraw(world.librarian, upload, "Wrong file")
    withdrawing.restore(world.librarian, upload)
    assert live.count() == 6
    assert list(UploadStep.objects.order_by("pk").values_list("kind", flat=True)) == ["withdrawn", "restored"]
    kinds = Event.objects.filter(kind__in=["upload:withdrawn", "upload:restored"]).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["upload:withdrawn", "upload:restored"]
    assert not differences(queries.record_ids(upload) + queries.record_ids(other))


def test_a_record_with_another_file_stays(world, send):
    first, second = send(ris("The same paper")), send(ris("The same paper", start=50))
    a, b = Record.objects.for_review(world.review).order_by("number")
    merging.merge(a, b, by=world.owner)

    assert queries.effect_of(first) == queries.Effect(records=1, leave=0, stay=1, asks_why=False)
    withdrawing.withdraw(world.librarian, first, "Wrong file")
    a.refresh_from_db()
    assert (a.is_parked, a.doi) == (False, "10.5555/demo.50")

    assert queries.effect_of(second) == queries.Effect(records=1, leave=1, stay=0, asks_why=False)
    withdrawing.withdraw(world.librarian, second, "Wrong file")
    a.refresh_from_db()
    assert a.is_parked


def test_a_why_is_asked_once_something_in_it_was_voted_on(world, send):
    round = world.open_round()
    upload = send(many(3))
    cast_vote(world.reviewer_a, Record.objects.for_review(world.review).first(), round, Verdict.INCLUDE)

    with pytest.raises(WhyNeeded):
        withdrawing.withdraw(world.librarian, upload, " ")
    assert not UploadStep.objects.exists()

    withdrawing.withdraw(world.librarian, upload, "the wrong strategy")
    assert UploadStep.objects.get().why == "the wrong strategy"


def test_a_vote_on_the_group_asks_for_a_why_too(world, send):
    round = world.open_round()
    send(ris("The same paper"))
    second = send(ris("The same paper", start=50))
    a, b = Record.objects.for_review(world.review).order_by("number")
    merging.merge(a, b, by=world.owner)
    cast_vote(world.reviewer_a, a, round, Verdict.INCLUDE)

    with pytest.raises(WhyNeeded):
        withdrawing.withdraw(world.librarian, second)


def test_a_large_file_is_withdrawn_by_a_job_in_slices(world, send, monkeypatch):
    monkeypatch.setattr(withdrawing, "AT_ONCE", 10)
    world.open_round()
    upload = send(many(25))

    withdrawing.withdraw(world.librarian, upload, "Wrong file")
    jobs.run_pending("withdraw")
    assert not Record.objects.for_review(world.review).counted().exists()

    withdrawing.restore(world.librarian, upload)
    withdrawing.withdraw(world.librarian, upload, "Wrong file")
    withdrawing.restore(world.librarian, upload)
    jobs.run_pending("withdraw")
    assert Record.objects.for_review(world.review).counted().count() == 25


def test_withdrawing_stops_the_reading(world, send):
    upload = send(many(5), read=False)

    withdrawing.withdraw(world.librarian, upload, "Wrong file")
    jobs.run_pending()

    assert not Entry.objects.filter(upload=upload).exists()
    with pytest.raises(CannotChange):
        actions.read_on(world.librarian, upload)
    withdrawing.restore(world.librarian, upload)
    actions.read_on(world.librarian, upload)
    jobs.run_pending("import")
    assert Entry.objects.filter(upload=upload).count() == 5
