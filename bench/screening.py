"""Screening among 100,000 records: `python -m bench.screening [vote|page|crowd|asreview …] [--n RECORDS]`, on PostgreSQL with Redis.

One review is made for all parts (120,000 votes stand in it), then they run one after the other, each in a process of its own.

vote: the server's time for a vote, and for the cards that the page fetches beside it, with one reviewer: p50, p95, CPU.
page: from the key to the next abstract on the screen, in headless Chromium: with cards at hand, and with none.
crowd: twenty reviewers, a vote each two seconds, while a file of 10,000 records is imported: p50, p95, votes lost.
asreview: a label and the next record at ASReview LAB, of as many records; beside it our vote and next card over HTTP, and the ratio.

Figures of time are the machine's own only where ``load`` is small; `make bench` by itself on a quiet machine gives such.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from bench import serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
SLUG = "bench-big"
ADDRESS = f"/r/{SLUG}/screening/1/"
CROWD = 20


def prepare(n: int) -> dict[str, Any]:
    """Make the tables and the review."""
    from django.core.management import call_command

    from bench import big

    began, cpu = time.perf_counter(), time.process_time()
    call_command("migrate", verbosity=0)
    made = big.fill(n, SLUG)
    return {
        "figure": f"a review of {n:,} records", "votes_that_stood": made.votes, "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1), "load": serving.load(),
    }  # fmt: skip


def vote(n: int) -> dict[str, Any]:
    """Measure votes through the whole stack, without a network between."""
    from django.db import connection

    from bench import votes

    connection.ensure_connection()
    return votes.measure(n, _user("first"), ADDRESS)


def page(_n: int) -> dict[str, Any]:
    from bench import screening_page

    with serving.team() as url:
        return screening_page.measure(url, serving.ticket(_user("second")), ADDRESS)


def crowd(_n: int) -> dict[str, Any]:
    from bench import big
    from bench import crowd as crowds
    from reviewapp.reviews.models import Member
    from screening.models import ScreeningRound, Search

    owner = Member.objects.get(review__slug=SLUG, user__username=f"{SLUG}-owner")
    team = big.crowd(owner, ScreeningRound.objects.get(review=owner.review), CROWD)
    search = Search.objects.get(review=owner.review)
    with serving.team() as url:
        return crowds.measure(url, [serving.ticket(member.user) for member in team], ADDRESS, member=owner, search=search)


def asreview(n: int) -> dict[str, Any]:
    """Measure the loop there and here, in the same run: a judgement sent, and the next abstract in hand."""
    from bench import asreview_lab
    from bench.crowd import Reviewer

    theirs = asreview_lab.measure(n)
    if "skipped" in theirs:
        return theirs
    with serving.team() as url:
        reviewer = Reviewer(url, serving.ticket(_user("second")), ADDRESS)
        reviewer.open()
        times = [reviewer.loop() for _ in range(theirs["labels"] + 3)][3:]
    ours = serving.quantiles(times)
    ratio = {name: round(ours[name] / theirs["label_and_next"][name], 2) for name in ("p50_ms", "p95_ms")}
    return theirs | {"ours_vote_and_next": ours, "ours_to_theirs": ratio, "load_after": serving.load()}


def _user(name: str) -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=f"{SLUG}-{name}")


PARTS: dict[str, Callable[[int], dict[str, Any]]] = {"prepare": prepare, "vote": vote, "page": page, "crowd": crowd, "asreview": asreview}


def run(name: str, n: int) -> int:
    """Do one part here, on the database of the environment."""
    import django
    from django.conf import settings

    django.setup()
    if name != "crowd":
        settings.JOBS_SILENT = True  # nobody works here
    if name == "vote":
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing is gathered here
    sys.stdout.write(json.dumps(PARTS[name](n)) + "\n")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Screening at work: figures of time.")
    parser.add_argument("parts", nargs="*", metavar="|".join(list(PARTS)[1:]))
    parser.add_argument("--n", type=int, default=100_000, help="how many records (100,000)")
    parser.add_argument("--here", action="store_true", help="on this very database, as the programs of one run call one another")
    given = parser.parse_args()
    if unknown := [name for name in given.parts if name not in PARTS]:
        parser.error(f"there is no part named {', '.join(unknown)}; there are {', '.join(list(PARTS)[1:])}")
    if given.here:
        return max(run(name, given.n) for name in given.parts)
    if not (os.environ.get("DATABASE_URL", "").startswith("postgres") and os.environ.get("REDIS_URL")):
        print("Screening is measured on PostgreSQL with Redis: make bench, or python -m ops.servers run -- python -m bench.screening")
        return 0
    with tempfile.TemporaryDirectory(prefix="reviewapp-bench-") as scratch, serving.own_database():
        os.environ["REVIEWAPP_DATA"] = scratch
        names = ["prepare", *(given.parts or list(PARTS)[1:])]
        return max(subprocess.run([sys.executable, "-m", "bench.screening", "--here", name, f"--n={given.n}"]).returncode for name in names)


if __name__ == "__main__":
    sys.exit(main())
