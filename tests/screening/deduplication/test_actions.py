"""The engine in a review: what it merges, what it leaves to people, and what it never does."""

import pytest
from django.template.loader import render_to_string

from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import Job, JobState
from screening.deduplication import actions, queries
from screening.models import DuplicatePair, Merge, Record
from screening.outcomes import merging
from screening.vocabulary import PairState

pytestmark = pytest.mark.django_db
PAPER = {
    "title": "Being known in the neighbourhood: social support and recovery among adults",
    "year": 2015,
    "journal": "Demo Journal",
    "volume": "3",
    "pages": "10-20",
    "doi": "10.5555/demo.1",
    "authors": ["Demo, Kari"],
}


def dedupe(world):
    jobs.enqueue("dedupe", review=world.review, key=f"review:{world.review.pk}")
    jobs.run_pending()
    assert Job.objects.latest("pk").state == JobState.DONE, Job.objects.latest("pk").error


def test_two_copies_from_two_files_become_one_and_a_second_run_adds_nothing(world):
    a, b = world.record(**PAPER), world.record(**PAPER)
    dedupe(world)
    b.refresh_from_db()
    assert b.head_id == a.pk
    dedupe(world)
    assert Merge.objects.count() == 1
    merge = Merge.objects.get()
    assert merge.by is None
    assert merge.engine_version
    assert merge.evidence


def test_a_later_upload_is_compared_with_everything_before(world):
    a = world.record(**PAPER)
    dedupe(world)
    b = world.record(**PAPER)
    dedupe(world)
    b.refresh_from_db()
    assert b.head_id == a.pk


def test_what_a_person_took_apart_is_never_merged_again_by_the_engine(world):
    world.record(**PAPER)
    world.record(**PAPER)
    dedupe(world)
    merging.undo(Merge.objects.get(), by=world.owner, why="Two papers")
    world.record(title="Something else entirely about gardens", doi="10.5555/demo.9")
    dedupe(world)
    assert not Merge.objects.filter(undone_at=None).exists()


def test_an_erratum_waits_for_a_person_who_says_not_a_duplicate_for_ever(world):
    world.record(**PAPER)
    world.record(**{**PAPER, "title": "Erratum: " + PAPER["title"], "doi": "10.5555/demo.2", "pages": "99"})
    dedupe(world)
    assert not Merge.objects.exists()
    pair = DuplicatePair.objects.get()
    actions.different(world.librarian, pair)
    dedupe(world)
    pair.refresh_from_db()
    assert pair.state == PairState.DIFFERENT
    actions.reopen(world.librarian, pair)
    pair.refresh_from_db()
    actions.same(world.librarian, pair)
    pair.refresh_from_db()
    assert (pair.state, Record.objects.heads().count()) == (PairState.SAME, 1)
    actions.reopen(world.librarian, pair)
    assert Record.objects.heads().count() == 2


def test_never_across_reviews(world):
    from tests.factories import World

    other = World("other")
    world.record(**PAPER)
    other.record(**PAPER)
    dedupe(world)
    dedupe(other)
    assert not Merge.objects.exists()


@pytest.mark.parametrize(
    ("left", "right", "verdict", "shown"),
    [
        ("Words of one study.", "Words of one study.", "same", ("=", "the same")),
        ("Twelve adults of two towns were asked how they live now.", "Twelve adults of two towns were asked how they live.", "near", ("≈", "much alike")),
        ("Adults were asked how they live.", "A garden and its uses in spring", "differs", ("≠", "not alike")),
        ("Adults were asked how they live.", "", "silent", ("–", "one has none")),
    ],
)
def test_the_sign_beside_a_field_says_the_same_as_its_words(world, left, right, verdict, shown):
    rows = queries.side_by_side(world.record(abstract=left), world.record(abstract=right), [])
    abstract = next(row for row in rows if row.field == "abstract")
    assert abstract.verdict == verdict
    page = render_to_string("screening/deduplication/_rows.html", {"rows": [abstract]})
    assert (f">{shown[0]}</span><span>{shown[1]}</span>") in page
