"""A worker that is killed for real (SIGKILL) at any moment of a look for duplicates, of an answer to many pairs or of its way back.

What is left is what an undisturbed one leaves (I11, I20).

REVIEWAPP_KILLS=30 tries thirty moments; the suite tries four.
"""

import os
import signal
import time
from typing import Any

import pytest

from reviewapp.audit.actions import broken_links
from reviewapp.audit.models import Event
from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import Job, JobState
from reviewapp.reviews import numbers
from screening.deduplication import actions, bulk
from screening.models import DuplicatePair, Entry, Merge, Record, SourceRecord
from screening.vocabulary import BulkAnswer, PairState
from tests.factories import World
from tests.screening.importing.test_killed import comes_to_its_end, worker

MOMENTS = int(os.environ.get("REVIEWAPP_KILLS", "4"))
PAPERS, COPIES = 220, 3
PAIRS = 80
pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]


def filled(name: str, papers: int = PAPERS, copies: int = COPIES) -> World:
    """A review of papers that came in three files each, some as an erratum, some without a DOI or a page."""
    world = World(name)
    for copy in range(copies):
        upload = world.upload()
        first = numbers.take(world.review, "record", papers)
        rows = [_paper(paper, copy) for paper in range(papers)]
        entries = Entry.objects.bulk_create(
            [Entry(review=world.review, upload=upload, position=n, line=n, raw="TI") for n in range(1, papers + 1)]
        )
        shown = [{k: v for k, v in row.items() if hasattr(Record, k)} for row in rows]
        records = Record.objects.bulk_create([Record(review=world.review, number=first + n, **row) for n, row in enumerate(shown)])
        SourceRecord.objects.bulk_create(
            [
                SourceRecord(review=world.review, entry=entry, upload=upload, record=record, **row)
                for entry, record, row in zip(entries, records, rows, strict=True)
            ]
        )
    return world


def _paper(paper: int, copy: int) -> dict[str, Any]:
    title = f"Study {paper} of matter {paper * 7} in town {paper * 13}: recovery of group {paper * 3}"
    if copy == 2 and paper % 9 == 0:
        title = "Erratum: " + title
    return {
        "title": title if copy != 1 else title.upper(),
        "authors": ["Demo, Kari", f"Modell{paper}, Ola"],
        "year": 2000 + paper % 20,
        "journal": "Demo Journal",
        "volume": str(paper % 40),
        "pages": "" if copy == 1 and paper % 5 == 0 else f"{paper * 9 + 1}-{paper * 9 + 8}",
        "doi": f"10.5555/demo.{paper}" if (copy + paper) % 3 else "",
    }


def left_by(world: World) -> dict[str, Any]:
    """What a look leaves: the merges, the pairs that wait, who speaks for whom."""
    merges = Merge.objects.for_review(world.review).filter(undone_at=None).order_by("number")
    pairs = DuplicatePair.objects.for_review(world.review).order_by("number")
    return {
        "merges": list(merges.values_list("number", "child_number", "parent_number", "rule", "score")),
        "pairs": list(pairs.values_list("number", "a_number", "b_number", "why", "state")),
        "heads": list(Record.objects.for_review(world.review).order_by("number").values_list("number", "head__number")),
        "compared": actions._compared(world.review),
    }


def test_killed_at_any_moment_it_merges_what_an_undisturbed_one_merges(transactional_db, monkeypatch):
    bells: list[int] = []
    monkeypatch.setattr(jobs, "ring", bells.append)
    monkeypatch.setattr(actions, "SLICE", 25)
    undisturbed = filled("undisturbed")
    job = jobs.enqueue("dedupe", review=undisturbed.review, key=f"review:{undisturbed.review.pk}")
    began = time.monotonic()
    assert worker(job.pk) == 0
    took = time.monotonic() - began
    wanted = left_by(undisturbed)
    assert len(wanted["merges"]) > PAPERS
    assert wanted["pairs"]
    killed = 0
    for n in range(MOMENTS):
        world = filled(f"moment{n}")
        job = jobs.enqueue("dedupe", review=world.review, key=f"review:{world.review.pk}")
        status = worker(job.pk, killed_after=took * (n + 0.5) / MOMENTS)
        killed += status == -signal.SIGKILL
        comes_to_its_end(job, bells)
        assert left_by(world) == wanted, f"moment {n}"
        assert broken_links(world.review) == []
    assert killed >= MOMENTS / 2  # the clock may strike after the end of the last
    print(f"{killed} of {MOMENTS} killed within {took:.1f} s")


def waiting(name: str) -> tuple[World, list[int]]:
    """A review with pairs that wait: each paper beside its copy, some of them in chains of three."""
    world = filled(name, papers=PAIRS, copies=3)
    records = list(Record.objects.for_review(world.review).order_by("number"))
    sides = [(records[n], records[n + PAIRS]) for n in range(PAIRS)] + [(records[n + PAIRS], records[n + 2 * PAIRS]) for n in range(PAIRS // 4)]
    first = numbers.take(world.review, "pair", len(sides))
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(review=world.review, number=first + n, a=a, b=b, a_number=a.number, b_number=b.number, score=500, why="unsure")
            for n, (a, b) in enumerate(sides)
        ]
    )
    return world, list(range(first, first + len(sides)))


def answered(world: World) -> dict[str, Any]:
    """What an answer to many leaves, taken back or not: also how often the history tells of it."""
    told = Event.objects.filter(review=world.review, kind__in=("merge:slice", "merge:slice_undone", "pair:slice", "pair:slice_reopened"))
    undone = Merge.objects.for_review(world.review).exclude(undone_at=None).order_by("number")
    return left_by(world) | {
        "undone": list(undone.values_list("number", flat=True)),
        "by": list(DuplicatePair.objects.for_review(world.review).order_by("number").values_list("decided_by__number", flat=True)),
        "told": sorted(told.values_list("kind", flat=True)),
    }


def work_through(job: Job, bells: list[int], killed_after: float | None) -> int:
    """Let a worker do a job, killed or not, and others after it until it is done; gives how the first one ended."""
    status = worker(job.pk, killed_after=killed_after)
    comes_to_its_end(job, bells)
    return status


@pytest.mark.parametrize("answer", [BulkAnswer.SAME, BulkAnswer.DIFFERENT])
def test_an_answer_to_many_and_its_way_back_survive_a_kill_at_any_moment(transactional_db, monkeypatch, answer):
    bells: list[int] = []
    monkeypatch.setattr(jobs, "ring", bells.append)
    monkeypatch.setattr(bulk, "SLICE", 10)
    world, chosen = waiting("undisturbed")
    given, job = bulk.begin(world.librarian, answer, chosen)
    began = time.monotonic()
    assert work_through(job, bells, None) == 0
    took = time.monotonic() - began
    wanted = answered(world)
    assert {state for *_pair, state in wanted["pairs"]} == {str(answer)}
    assert work_through(bulk.take_back(world.owner, given), bells, None) == 0
    wanted_back = answered(world)
    assert {state for *_pair, state in wanted_back["pairs"]} == {PairState.OPEN}
    assert wanted_back["merges"] == []
    killed = 0
    for n in range(MOMENTS):
        world, chosen = waiting(f"moment{n}")
        given, job = bulk.begin(world.librarian, answer, chosen)
        killed += work_through(job, bells, took * (n + 0.5) / MOMENTS) == -signal.SIGKILL
        assert answered(world) == wanted, f"moment {n}"
        back = bulk.take_back(world.owner, given)
        killed += work_through(back, bells, took * (MOMENTS - n - 0.5) / MOMENTS) == -signal.SIGKILL
        assert answered(world) == wanted_back, f"moment {n}, back"
        assert broken_links(world.review) == []
    assert killed >= MOMENTS / 2
    print(f"{killed} of {2 * MOMENTS} killed within {took:.1f} s")


def test_two_looks_at_one_review_take_turns(transactional_db):
    world = filled("turns")
    key = f"review:{world.review.pk}"
    one = jobs.enqueue("dedupe", review=world.review, key=key)
    lease = jobs.claim(one.pk)
    two = jobs.enqueue("dedupe", review=world.review, key=key)
    assert two.pk != one.pk
    assert jobs.claim(two.pk) is None
    assert lease is not None
    actions.run(lease)
    Job.objects.filter(pk=one.pk).update(state=JobState.DONE)
    merges = Merge.objects.for_review(world.review).count()
    jobs.run(two.pk)
    two.refresh_from_db()
    assert two.state == JobState.DONE
    assert Merge.objects.for_review(world.review).count() == merges
