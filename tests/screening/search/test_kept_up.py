"""Every way in which a record's words change asks for the index, in the transaction of the change."""

from io import BytesIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import Job, JobState
from reviewapp.reviews.models import Review
from screening.importing import actions as importing
from screening.models import SearchText
from screening.outcomes import merging
from screening.records.actions import edit_field
from screening.reporting import invariants
from screening.search import actions, engine
from screening.search.queries import search, waits
from screening.search.tokens import tokens_of
from tests.factories import World

pytestmark = pytest.mark.django_db
RIS = b"TY  - JOUR\nTI  - Quokkas in care\nAU  - Demo, Ola\nPY  - 2011\nAB  - Words of support.\nER  - \n"


def hits(world: World, asked: str) -> list[int]:
    return [row.number for row in search(world.review, asked).rows.order_by("number")]


def queued(world: World) -> int:
    return Job.objects.filter(review=world.review, kind="index", state=JobState.QUEUED).count()


def test_an_import_asks(world: World) -> None:
    importing.receive(world.librarian, world.search, BytesIO(RIS), "quokka.ris")
    jobs.run_pending("import")
    assert queued(world) == 1
    jobs.run_pending("index")
    assert len(hits(world, "quokka")) == 1


def test_a_corrected_field_asks(world: World) -> None:
    record = world.record("Quokas in care")
    actions.ask(world.review)
    jobs.run_pending("index")
    edit_field(world.librarian, record, "title", "Quokkas in care")
    assert queued(world) == 1
    assert waits(world.review)
    jobs.run_pending("index")
    assert (hits(world, "quokas"), hits(world, "quokka")) == ([], [record.number])
    assert not waits(world.review)


def test_a_merge_and_its_undoing_ask(world: World) -> None:
    one = world.record("Quokkas in care", doi="10.5555/one", abstract="")
    two = world.record("Quokkas in care", doi="10.5555/two", abstract="Marsupials need support.")
    actions.ask(world.review)
    jobs.run_pending("index")
    merge = merging.merge(one, two, by=world.librarian)
    jobs.run_pending("index")
    assert (hits(world, "quokka"), hits(world, "marsupials")) == ([one.number], [one.number])
    assert hits(world, "doi:10.5555/two") == [one.number], "found by the identifier of any member"
    assert merge is not None
    merging.undo(merge, by=world.librarian, why="two studies")
    jobs.run_pending("index")
    assert (hits(world, "quokka"), hits(world, "marsupials")) == ([one.number, two.number], [two.number])
    assert hits(world, "doi:10.5555/two") == [two.number]


def test_what_is_taken_back_asks_for_nothing(world: World) -> None:
    record = world.record("Quokkas")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.changed(world.review, [record.pk])
        raise ZeroDivisionError
    assert (queued(world), SearchText.objects.count()) == (0, 0)


def test_asking_twice_makes_one_job_and_a_running_one_is_followed_by_another(world: World) -> None:
    actions.ask(world.review)
    actions.ask(world.review)
    job = Job.objects.get(review=world.review, kind="index")
    lease = jobs.claim(job.pk)
    assert lease is not None
    actions.ask(world.review)
    assert (queued(world), Job.objects.filter(kind="index").count()) == (1, 2)


def test_reindex_asks_for_one_review_or_all(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    other = World("elsewhere")
    world.record("Quokkas")
    other.record("Quokkas")
    call_command("reindex", world.review.slug, "--now")
    assert (hits(world, "quokka"), hits(other, "quokka")) == ([1], [])
    call_command("reindex")
    jobs.run_pending("index")
    assert hits(other, "quokka") == [1]
    assert "records" in capsys.readouterr().out


def test_what_goes_is_forgotten(world: World) -> None:
    from django.db import connection

    world.record("Quokkas")
    actions.ask(world.review)
    jobs.run_pending("index")
    SearchText.objects.for_review(world.review).delete()
    assert hits(world, "quokka") == []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {engine.TABLE}")
            assert cursor.fetchone() == (0,)
    assert Review.objects.filter(pk=world.review.pk).exists()


def test_a_record_that_was_merged_while_it_waited_holds_nothing_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its row is stale, and it is no head any more when the job comes, in another slice than its head."""
    monkeypatch.setattr(actions, "SLICE", 1)
    monkeypatch.setattr(actions, "SLICE_SQLITE", 1)
    one, two = world.record("Quokkas in care", doi="10.5555/one"), world.record("Quokkas in care", doi="10.5555/two")
    actions.changed(world.review, [one.pk, two.pk])
    merging.merge(one, two, by=world.librarian)
    jobs.run_pending("index")
    assert actions.waiting(world.review) == 0
    assert hits(world, "doi:10.5555/two") == [one.number]
    assert list(invariants.search_index(world.review)) == []


def test_the_check_of_invariants_looks_at_the_index(world: World) -> None:
    """A record without its row, a row that is stale for good, other words than the record's, words of nothing: each is named."""
    one, two, three = world.record("Quokkas in care"), world.record("Wombats at home"), world.record("Possums")
    found = lambda: [*invariants.search_index(world.review), *invariants.problems_of_database()]  # noqa: E731
    actions.ask(world.review)
    assert found() == [], "a job waits"
    jobs.run_pending("index")
    assert found() == []
    engine.write({two.pk: tokens_of(title="Something else")})
    (said,) = found()
    assert said.startswith(f"record id {two.pk}: the search index holds other words")
    engine.write(actions.read_tokens([two.pk]))
    SearchText.objects.filter(record=two).update(is_stale=True)
    (said,) = found()
    assert "no job will index it anew" in said
    engine.write(actions.read_tokens([two.pk]))
    SearchText.objects.filter(record=one).delete()
    (said,) = found()
    assert said.startswith(f"record {one.number} (id {one.pk}) is not in the search index")
    with pytest.raises(SystemExit):
        call_command("check_invariants", world.review.slug)
    if connection.vendor == "sqlite":
        engine.write({one.pk: tokens_of(title="Quokkas")})
        assert f"the search index holds words of record id {one.pk}, which has no row in it" in found()
    assert three.pk
