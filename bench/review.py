"""A review at work: `python -m bench.review [import|dedupe|vote …] [--n RECORDS]`.

In a database of its own: SQLite, or PostgreSQL by DATABASE_URL (`python -m ops.servers run -- python -m bench.review`). Several parts
run one after the other, each in a process and a database of its own, so that memory and caches of one do not show in the next.

import: from sending a RIS file of 10,000 records to the last of them in the list: seconds of wall and CPU, peak memory.
dedupe: the job that finds the duplicates of 10,000 records (1 in 5 is a second copy), merges included: seconds, CPU, peak memory.
vote: the server's time for a vote with the next card, in a review of 100,000 records where 120,000 votes stand: p50, p95, CPU, peak memory.
"""
import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
WORDS = (
    "support", "recovery", "people", "illness", "community", "daily", "life", "service", "peer", "family", "hope", "work", "home",
    "friends", "meaning", "place", "voice", "time",
)  # fmt: skip


def ris(n: int) -> bytes:
    """Write n invented references of about 1.5 kB, as a large export has them."""
    entries = []
    for i in range(n):
        title = " ".join(WORDS[(i * k + k) % len(WORDS)] for k in range(1, 12))
        abstract = " ".join(WORDS[(i * 7 + k * k) % len(WORDS)] for k in range(160))
        entries.append(
            f"TY  - JOUR\nTI  - {title.capitalize()}, part {i}\nAU  - Demo, Åse {chr(65 + i % 26)}.\nAU  - Demo, Ola\n"
            f"PY  - {1990 + i % 30}\nT2  - Demo Journal of Community Life\nVL  - {i % 40}\nIS  - {i % 12}\nSP  - {i % 900}\n"
            f"EP  - {i % 900 + 9}\nDO  - 10.5555/bench.{i}\n"
            f"SN  - 0000-0000\nKW  - support\nKW  - recovery\nLA  - English\nAB  - {abstract}.\nUR  - https://example.org/{i}\nER  - \n"
        )
    return "\n".join(entries).encode()


@contextmanager
def database() -> Iterator[None]:
    """Make an empty database and an empty folder of files, and take both away."""
    import django
    from django.conf import settings

    with tempfile.TemporaryDirectory(prefix="reviewapp-bench-") as scratch:
        if not os.environ.get("DATABASE_URL"):
            os.environ["REVIEWAPP_DATA"] = scratch
        django.setup()
        settings.MEDIA_ROOT = Path(scratch) / "files"
        settings.JOBS_SILENT = True
        settings.STATIC_ROOT = scratch
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing is gathered here
        from django.test.utils import setup_databases, teardown_databases

        if not os.environ.get("DATABASE_URL"):
            settings.DATABASES["default"]["TEST"]["NAME"] = str(Path(scratch) / "bench.sqlite3")
        made = setup_databases(verbosity=0, interactive=False)
        try:
            yield
        finally:
            teardown_databases(made, verbosity=0)


def review_with_a_search() -> tuple[Any, Any]:
    """Give a librarian and a search to put files into."""
    from django.contrib.auth import get_user_model

    from reviewapp.reviews import numbers
    from reviewapp.reviews.models import Member, Review
    from screening.searches import actions as searches

    review = Review.objects.create(slug="bench", title="Bench")
    user = get_user_model().objects.create_user(username="bench", email="bench@example.org", password="bench")
    member = Member.objects.create(review=review, user=user, number=numbers.take(review, "member"), roles=["owner"])
    source, search_round = searches.add_source(member, name="Bench"), searches.add_search_round(member, name="Original search")
    return member, searches.add_search(member, source=source, search_round=search_round)


def import_10k(n: int = 10_000) -> dict[str, Any]:
    """Measure the way of a file from its bytes to records in the list."""
    from reviewapp.jobs import actions as jobs
    from screening.importing import actions
    from screening.models import Record

    member, search = review_with_a_search()
    data = ris(n)
    wall, cpu, before = time.perf_counter(), time.process_time(), peak()
    upload = actions.receive(member, search, BytesIO(data), "bench.ris")
    received = time.perf_counter() - wall
    jobs.run_pending("import")
    listed = Record.objects.for_review(member.review).counted().count()
    seconds = time.perf_counter() - wall
    upload.refresh_from_db()
    if (upload.found, listed) != (n, n):
        raise SystemExit(f"{n} sent, {upload.found} found, {listed} listed")
    return {
        "figure": f"import of {n:,} records", "bytes": len(data), "seconds_received": round(received, 2), "seconds": round(seconds, 2),
        "records_a_second": round(n / seconds), "cpu_seconds": round(time.process_time() - cpu, 2), "peak_mb": round(peak()),
        "peak_mb_before": round(before),
    }  # fmt: skip


def peak() -> float:
    """Give the largest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def dedupe_10k(n: int = 10_000) -> dict[str, Any]:
    """Measure the dedupe job of a review, from a full stop to the last merge."""
    from bench import data
    from reviewapp.jobs import actions as jobs
    from screening.models import DuplicatePair, Merge, Record

    owner = data.people("bench-dedupe")["owner"]
    copies = n // 5
    data.file_with(owner, data.search_of(owner, "First"), (data.fields_of(i) for i in range(n - copies)))
    data.file_with(owner, data.search_of(owner, "Second"), (data.again(i) for i in range(0, 4 * copies, 4)))
    jobs.enqueue("dedupe", review=owner.review, key="bench", asked_by=owner)
    wall, cpu, before = time.perf_counter(), time.process_time(), peak()
    jobs.run_pending("dedupe")
    seconds = time.perf_counter() - wall
    review = owner.review
    merged, heads = Merge.objects.for_review(review).count(), Record.objects.for_review(review).heads().count()
    if merged < copies * 0.9 or heads != n - merged:
        raise SystemExit(f"{n} records, {copies} copies, but {merged} merges and {heads} heads")
    return {
        "figure": f"dedupe of {n:,} records", "copies": copies, "merged": merged,
        "pairs_to_look_at": DuplicatePair.objects.for_review(review).count(), "seconds": round(seconds, 2),
        "records_a_second": round(n / seconds), "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_mb": round(peak()), "peak_mb_before": round(before),
    }  # fmt: skip


def vote_100k(n: int = 100_000, votes: int = 300) -> dict[str, Any]:
    """Measure votes as the screening page sends them: through the whole stack, each answered with the card after the next."""
    from django.db import connection

    from bench import data
    from screening.stages import actions as stages
    from screening.vocabulary import CriterionChange, RoundKind, StageKind

    people = data.people("bench-vote")
    owner, first, second = people["owner"], people["first"], people["second"]
    search = data.search_of(owner)
    data.file_with(owner, search, (data.fields_of(i) for i in range(n)))
    stages.publish_criteria(owner, include=["adults"], exclude=["opinions"], reasons=[("", "Not relevant")], change=CriterionChange.NEW)
    stage = stages.stage_of(owner.review, StageKind.TITLE_ABSTRACT)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself some time after so many rows
    main_round = stages.open_round(
        owner, kind=RoundKind.MAIN, stage=stage, name="Main", team=[first, second], search_round=search.search_round
    )  # fmt: skip
    half = n // 2
    standing = data.votes(first, main_round, range(1, half + 1), lambda number: "include" if number % 10 == 0 else "exclude")
    standing += data.votes(second, main_round, range(1, half + n // 5 + 1), lambda number: "include" if number % 9 == 0 else "exclude")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    times, cpu = _vote_on(owner.review.slug, main_round.number, first.user, votes)
    return {
        "figure": f"a vote among {n:,} records", "votes_that_stood": standing, "votes": len(times), "p50_ms": _share(times, 0.5),
        "p95_ms": _share(times, 0.95), "slowest_ms": _share(times, 1),
        "cpu_ms_a_vote": round(1000 * cpu / len(times), 1), "peak_mb": round(peak()),
    }  # fmt: skip


def _vote_on(slug: str, round_number: int, user: Any, votes: int) -> tuple[list[float], float]:
    """Vote on card after card as static/js/screen.js does; gives the seconds of each and the CPU seconds of all."""
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user)
    url = f"/r/{slug}/screening/{round_number}/"
    have = _cards(client.get(url).content.decode())
    times: list[float] = []
    began = time.process_time()
    for i in range(votes + 5):
        number = have.pop(0)
        verdict = "include" if i % 10 == 0 else "exclude"
        sent = {"key": f"vote-{i}", "seen": "", "verdict": verdict, "next": "screen", "have": ",".join(have)}
        if i % 50 == 49:
            sent["line"] = "1"
        start = time.perf_counter()
        answer = client.post(f"{url}{number}/vote/", sent, headers={"HX-Request": "true"})
        times.append(time.perf_counter() - start)
        if answer.status_code not in (200, 204):
            raise SystemExit(f"vote {i}: {answer.status_code} {answer.content[:300]!r}")
        have = list(dict.fromkeys([*have, *(card for card in _cards(answer.content.decode()) if card != number)]))
    return times[5:], time.process_time() - began  # the first five warm up


def _cards(html: str) -> list[str]:
    """The numbers of the cards of a page, the one in front first."""
    return list(dict.fromkeys(re.findall(r'<article class="record"[^>]* data-number="(\d+)"', html)))


def _share(times: list[float], share: float) -> float:
    """Give a quantile in ms."""
    return round(1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))], 1)


PARTS: dict[str, Callable[..., dict[str, Any]]] = {"import": import_10k, "dedupe": dedupe_10k, "vote": vote_100k}


def main() -> int:
    parser = argparse.ArgumentParser(description="A review at work: figures of time and memory.")
    parser.add_argument("parts", nargs="*", metavar="|".join(PARTS))
    parser.add_argument("--n", type=int, help="how many records (10,000; for vote 100,000)")
    given = parser.parse_args()
    if unknown := [name for name in given.parts if name not in PARTS]:
        parser.error(f"there is no part named {', '.join(unknown)}; there are {', '.join(PARTS)}")
    size = [f"--n={given.n}"] if given.n else []
    if len(given.parts) != 1:
        return max(subprocess.run([sys.executable, "-m", "bench.review", name, *size]).returncode for name in given.parts or PARTS)
    with database():
        sys.stdout.write(json.dumps(PARTS[given.parts[0]](*([given.n] if given.n else []))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
