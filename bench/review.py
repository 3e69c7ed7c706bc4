"""A review at work: `python -m bench.review [import|dedupe|vote …] [--n RECORDS]`.

In a database of its own: SQLite, or PostgreSQL by DATABASE_URL (`python -m ops.servers run -- python -m bench.review`). Several parts
run one after the other, each in a process and a database of its own, so that memory and caches of one do not show in the next.

import: from sending a RIS file of 10,000 records to the last of them in the list: seconds of wall and CPU, peak memory.
dedupe: the job that finds the duplicates of 10,000 records (1 in 5 is a second copy), merges included: seconds, CPU, peak memory.
vote: the server's time for a vote, in a review of 100,000 records where 120,000 votes stand: p50, p95, CPU, peak memory.
"""
import argparse
import json
import os
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


def vote_100k(n: int = 100_000) -> dict[str, Any]:
    """Measure votes as the screening page sends them: through the whole stack."""
    from bench import big, votes

    made = big.fill(n)
    address = f"/r/{made.owner.review.slug}/screening/{made.round.number}/"
    return votes.measure(n, made.first.user, address) | {"votes_that_stood": made.votes}


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
