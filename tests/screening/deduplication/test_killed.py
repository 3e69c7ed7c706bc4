"""A worker that is killed for real (SIGKILL) at any moment of a look for duplicates: the merges are those of an undisturbed one (I11, I20).

REVIEWAPP_KILLS=30 tries thirty moments; the suite tries four.
"""

import os
import signal
import time
from typing import Any

import pytest

from reviewapp.audit.actions import broken_links
from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import Job, JobState
from reviewapp.reviews import numbers
from screening.deduplication import actions
from screening.models import DuplicatePair, Entry, Merge, Record, SourceRecord
from tests.factories import World
from tests.screening.importing.test_killed import lease_runs_out, worker

MOMENTS = int(os.environ.get("REVIEWAPP_KILLS", "4"))
PAPERS, COPIES = 220, 3
pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]


def filled(name: str) -> World:
    """A review of papers that came in three files each, some as an erratum, some without a DOI or a page."""
    world = World(name)
    for copy in range(COPIES):
        upload = world.upload()
        first = numbers.take(world.review, "record", PAPERS)
        rows = [_paper(paper, copy) for paper in range(PAPERS)]
        entries = Entry.objects.bulk_create(
            [Entry(review=world.review, upload=upload, position=n, line=n, raw="TI") for n in range(1, PAPERS + 1)]
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
        lease_runs_out(job)
        for _time in range(3):  # what the sweeper does every five seconds
            bells.clear()
            jobs.sweep()
            if job.pk not in bells:
                break
            worker(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error) == (JobState.DONE, ""), f"moment {n}"
        assert left_by(world) == wanted, f"moment {n}"
        assert broken_links(world.review) == []
    assert killed >= MOMENTS / 2  # the clock may strike after the end of the last
    print(f"{killed} of {MOMENTS} killed within {took:.1f} s")


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
