"""The list of records: `python -m bench.lists [--n RECORDS]`, on SQLite or on PostgreSQL by DATABASE_URL as bench.review.

In a review of 100,000 records from three sources, where 110,000 votes stand: the server's time for the first page of the list and for the
counts that follow it, for each of some questions, through the whole stack as a reviewer; and the time of the job that indexes all words.
"""
import argparse
import json
import os
import sys
import time
from typing import Any

from bench.review import _share as quantile
from bench.review import database, peak

LANGUAGES = ["English"] * 17 + ["eng", "Norwegian", ""]
#: Questions as they stand in the address: frequent and rare words, phrases, beginnings, fields, filters, orders.
ASKED = (
    "", "?sort=newest", "?sort=year", "?sort=author", "?sort=title", "?q=support", "?q=support+recovery", "?q=60000",
    "?q=%22peer+family%22",
    "?q=sup*", "?q=garden+-nurse", "?q=author:demo+year:2010..", "?q=support&sort=title", "?source=1", "?source=3", "?mine=undecided",
    "?mine=include", "?outcome=goes_on", "?year=2010..2012", "?language=no", "?no=abstract",
)  # fmt: skip


def lists(n: int = 100_000, times: int = 10) -> dict[str, Any]:
    """Make the review, index it, and ask every question ``times`` times after one to warm up."""
    slug, user, indexed = review_of(n)
    pages, counts = ask(slug, user, times)
    return {
        "figure": f"the list of {n:,} records", "index_seconds": round(indexed, 1), **told("first_page", pages), **told("counts", counts),
        "load": round(os.getloadavg()[0], 1), "peak_mb": round(peak()),
    }  # fmt: skip


def told(name: str, found: dict[str, list[tuple[float, float]]]) -> dict[str, Any]:
    """Say the wall times and those of this process's CPU (the database's is not in it) over all questions, and of each."""
    figures: dict[str, Any] = {}
    for at, kind in enumerate(("ms", "cpu_ms")):
        times = [one[at] for of in found.values() for one in of]
        figures |= {f"{name}_p{int(share * 100)}_{kind}": quantile(times, share) for share in (0.5, 0.95)}
    return figures | {f"{name}_each_ms": {asked: quantile([one[0] for one in of], 0.5) for asked, of in found.items()}}


def review_of(n: int) -> tuple[str, Any, float]:
    """Make the review: gives its slug, who looks at the list, and how long the index took."""
    from django.db import connection

    from bench import data
    from reviewapp.jobs import actions as jobs
    from screening.search import actions as search
    from screening.stages import actions as stages
    from screening.vocabulary import CriterionChange, RoundKind, StageKind

    people = data.people("bench-lists")
    owner, first, second = people["owner"], people["first"], people["second"]
    searches = [data.search_of(owner, name) for name in ("CINAHL", "MEDLINE", "Idunn")]
    ends = [0, n * 6 // 10, n * 995 // 1000, n]
    for at, one in enumerate(searches):
        data.file_with(owner, one, (paper(i) for i in range(ends[at], ends[at + 1])))
    analyze(connection)
    stages.publish_criteria(owner, include=["adults"], exclude=["opinions"], reasons=[("", "Not relevant")], change=CriterionChange.NEW)
    stage = stages.stage_of(owner.review, StageKind.TITLE_ABSTRACT)
    opened = stages.open_round(
        owner, kind=RoundKind.MAIN, stage=stage, name="Main", team=[first, second], search_round=searches[0].search_round
    )
    data.votes(first, opened, range(1, n // 2 + 1), lambda number: "include" if number % 10 == 0 else "exclude")
    data.votes(second, opened, range(1, n * 6 // 10 + 1), lambda number: "include" if number % 9 == 0 else "exclude")
    search.ask(owner.review)
    began = time.perf_counter()
    jobs.run_pending(search.KIND)
    indexed = time.perf_counter() - began
    analyze(connection)
    return owner.review.slug, first.user, indexed


def paper(i: int) -> dict[str, Any]:
    """The i-th paper: one in 25 without an abstract, one in 50 without a year, in three languages."""
    from bench import data

    fields = data.fields_of(i) | {"language": LANGUAGES[i % len(LANGUAGES)]}
    return fields | ({"abstract": ""} if i % 25 == 0 else {}) | ({"year": None} if i % 50 == 0 else {})


def analyze(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" and not connection.in_atomic_block else "ANALYZE")


def ask(slug: str, user: Any, times: int) -> tuple[dict[str, list[tuple[float, float]]], dict[str, list[tuple[float, float]]]]:
    """Ask as the page does: for the page whole, for the counts as htmx. Gives seconds (wall, CPU) by question, of pages and of counts."""
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user)
    pages: dict[str, list[tuple[float, float]]] = {}
    counts: dict[str, list[tuple[float, float]]] = {}
    for asked in ASKED:
        for kept, address, headers in ((pages, "records/", {}), (counts, "records/counts/", {"HX-Request": "true"})):
            for i in range(times + 1):
                start, spent = time.perf_counter(), time.process_time()
                answer = client.get(f"/r/{slug}/{address}{asked}", headers=headers)
                took = (time.perf_counter() - start, time.process_time() - spent)
                if answer.status_code != 200:
                    raise SystemExit(f"{address}{asked}: {answer.status_code}")
                if i:
                    kept.setdefault(asked, []).append(took)
    return pages, counts


def main() -> int:
    parser = argparse.ArgumentParser(description="The list of records: figures of time.")
    parser.add_argument("--n", type=int, default=100_000, help="how many records (100,000)")
    with database():
        sys.stdout.write(json.dumps(lists(parser.parse_args().n)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
