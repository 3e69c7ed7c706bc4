"""How good and how fast the deduplication engine is: `python -m bench.dedupe [--sizes 10000,30000] [--big] [--quality-only] [--alone]`.

Quality is measured on the sets beside the repository (../shared/benchmarks/dedupe), when they are there; speed on synthetic records.
BibDedupe is installed beside it for the run, or taken from the environment that BENCH_DEDUPE_VENV names.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from bench.others import python_with
from screening.deduplication.engine import Item, Result, dedupe
from screening.deduplication.engine.table import read_items

SETS = Path(__file__).resolve().parents[1].parent / "shared" / "benchmarks" / "dedupe"
KEPT = "BENCH_DEDUPE_VENV"
PEER_MOST = 10_000  # records that BibDedupe is given: it takes minutes for more
NAMES = ("sra_cytology", "sra_haematology", "asysd_diabetes", "dblp_acm", "is_mis_jais")


def scorer() -> ModuleType:
    """The score.py that lies beside the sets."""
    spec = importlib.util.spec_from_file_location("dedupe_score", SETS / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load(name: str) -> list[Item]:
    """The records of a set."""
    plain = SETS / name / "records.csv"
    return read_items(plain if plain.exists() else SETS / name / "records.csv.gz")


def measure(name: str, strictness: str = "balanced") -> dict[str, object]:
    """Record-level and pair-level figures of one set, and what the pairs to look at are worth."""
    score = scorer()
    items = load(name)
    gold = score.read_clusters(str(SETS / name / "gold.csv"))
    began = time.process_time()
    result = dedupe(items, strictness=strictness)  # type: ignore[arg-type]  # one of the choices of the argument
    cpu = time.process_time() - began
    figures = score.score(gold, _numbered(result))
    after = score.score(gold, _with_right_looks(result, gold))
    missed, still = figures["record"]["FN"], after["record"]["FN"]
    return {
        "set": name,
        "records": len(items),
        "lost": figures["record"]["FP"],
        "missed": missed,
        "found": figures["record"]["TP"],
        "pair_wrong": figures["pair"]["FP"],
        "pair_missed": figures["pair"]["FN"],
        "looks": len(result.look),
        "looks_per_100": round(100 * len(result.look) / len(items), 2),
        "looks_right": sum(gold[p.a] == gold[p.b] for p in result.look),
        "missed_held_by_looks": round((missed - still) / missed, 2) if missed else None,
        "cpu_ms_per_record": round(1000 * cpu / len(items), 3),
    }


def _numbered(result: Result) -> dict[str, str]:
    return {str(one): str(n) for n, group in enumerate(result.groups) for one in group}


def _with_right_looks(result: Result, gold: dict[str, str]) -> dict[str, str]:
    """The groups when a person accepts each pair to look at that the gold accepts."""
    head = _numbered(result)
    for pair in result.look:
        if gold[str(pair.a)] == gold[str(pair.b)]:
            old, new = head[str(pair.b)], head[str(pair.a)]
            head = {one: new if h == old else h for one, h in head.items()}
    return head


# ---- synthetic records ---------------------------------------------------------------------------------------------

_SYLLABLES = [c + v for c in "bdfgklmnprstv" for v in "aeio"]


def synthetic(count: int, seed: int = 7) -> Iterator[Item]:
    """`count` items of which about 30 in 100 are copies in another dialect; invented words, words of uneven frequency."""
    rnd = random.Random(seed)
    words = ["".join(rnd.choices(_SYLLABLES, k=rnd.choice((2, 3, 3, 4)))) for _ in range(12_000)]
    common = [1 / (n + 8) for n in range(len(words))]
    cumulative, total = [], 0.0
    for weight in common:
        total += weight
        cumulative.append(total)
    names = ["".join(rnd.choices(_SYLLABLES, k=3)).title() for _ in range(4_000)]
    journals = [" ".join(rnd.choices(words, k=4)).title() for _ in range(600)]
    number = 0
    while number < count:
        title = " ".join(rnd.choices(words, cum_weights=cumulative, k=rnd.randint(7, 16))).capitalize()
        people = [(rnd.choice(names), rnd.choice("ABCDEFGHIJKLMNOP"), rnd.choice(names)) for _ in range(rnd.randint(1, 7))]
        year, volume, issue, first = rnd.randint(1985, 2025), rnd.randint(1, 90), rnd.randint(1, 12), rnd.randint(1, 2400)
        abstract = " ".join(rnd.choices(words, cum_weights=cumulative, k=rnd.randint(120, 220)))
        journal = rnd.choice(journals)
        for copy in range(rnd.choices((1, 2, 3), weights=(72, 20, 8))[0]):
            if number == count:
                return
            plain = copy % 2 == 0
            yield Item(
                id=number,
                title=title if plain else (title.upper() if rnd.random() < 0.2 else title + "."),
                authors=tuple(f"{last}, {first_name}" if plain else f"{last} {initial}." for last, initial, first_name in people)
                if not plain
                else tuple(f"{last}, {initial}{given.lower()}" for last, initial, given in people),
                year=year if rnd.random() < 0.97 else year + 1,
                journal=journal if plain else " ".join(w[:4] for w in journal.split()),
                volume=str(volume),
                issue=str(issue) if rnd.random() < 0.9 else "",
                pages=f"{first}-{first + 9}" if plain else f"{first}-{(first + 9) % 10}" if first % 10 == 0 else f"{first}",
                doi=f"10.5555/demo.{seed}.{number - copy}" if rnd.random() < 0.6 else "",
                abstract=abstract,
                file=f"file{copy}",
            )
            number += 1


def corner(kind: str, count: int) -> list[Item]:
    """Input that makes naive engines quadratic."""
    if kind == "editorial":
        return [
            Item(id=n, title="Editorial", year=1990 + n % 30, journal=f"Journal {n % 50}", volume=str(n % 40), pages=str(n))
            for n in range(count)
        ]
    if kind == "one issue":
        return [
            Item(
                id=n,
                title=f"Demo matter {n} of place {n * 7919 % 99991}",
                authors=("Demo, A",),
                year=2010,
                journal="Demo",
                volume="1",
                issue="1",
            )
            for n in range(count)
        ]
    return [Item(id=n, authors=(f"Demo{n % 10}, A",), year=2010, journal="Demo", volume=str(n % 9)) for n in range(count)]


def speed(count: int) -> dict[str, object]:
    """Seconds of CPU for `count` synthetic records; run in a process of its own so that peak memory is its own."""
    items = list(synthetic(count))
    began = time.process_time()
    result = dedupe(items)
    cpu = time.process_time() - began
    return {
        "records": count,
        "groups": len(result.groups),
        "looks": len(result.look),
        "cpu_seconds": round(cpu, 2),
        "cpu_ms_per_record": round(1000 * cpu / count, 3),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def increment(old: int, new: int) -> dict[str, object]:
    """Seconds of CPU to bring `new` records into `old`."""
    items = list(synthetic(old + new))
    first = dedupe(items[:old])
    began = time.process_time()
    result = dedupe(items, new={item.id for item in items[old:]}, together=[(e.a, e.b) for e in first.edges])
    return {"old": old, "new": new, "edges": len(result.edges), "cpu_seconds": round(time.process_time() - began, 2)}


def corners(count: int) -> list[dict[str, object]]:
    """The three corners."""
    out: list[dict[str, object]] = []
    for kind in ("editorial", "one issue", "no title"):
        items = corner(kind, count)
        began = time.process_time()
        result = dedupe(items)
        out.append({"corner": kind, "records": count, "groups": len(result.groups), "cpu_seconds": round(time.process_time() - began, 2)})
    return out


def _peer_row(item: Item) -> dict[str, object]:
    place = {"journal": item.journal, "volume": item.volume, "number": item.issue, "pages": item.pages, "doi": item.doi}
    who = {"title": item.title, "author": " and ".join(item.authors), "year": item.year or "", "abstract": item.abstract}
    return {"ID": item.id, "ENTRYTYPE": "article", **who, **place}


def peer(name: str, items: Sequence[Item], python: Path) -> dict[str, object]:
    """BibDedupe on the same records: its CPU seconds, and its quality where ``name`` is a set with a gold."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.csv", Path(folder) / "out.csv"
        rows = [_peer_row(item) for item in items if item.title]
        with source.open("w", newline="", encoding="utf-8") as handle:
            out = csv.DictWriter(handle, fieldnames=list(rows[0]))
            out.writeheader()
            out.writerows(rows)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([str(python), "-c", _PEER, str(source), str(target)], capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            return {"set": name, "tool": "bib-dedupe", "failed": done.stderr.strip().rsplit("\n", 1)[-1][:200]}
        pred = {row["id"]: row["cluster"] for row in csv.DictReader(target.open(encoding="utf-8"))}
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures: dict[str, object] = {"set": name, "tool": "bib-dedupe", "cpu_seconds": round(cpu, 1)}
    if name in NAMES:
        score = scorer()
        record = score.score(score.read_clusters(str(SETS / name / "gold.csv")), pred)["record"]
        figures |= {"lost": record["FP"], "missed": record["FN"]}
    return figures | {"cpu_ms_per_record": round(1000 * cpu / len(items), 2)}


_PEER = """
import sys, csv, pandas as pd
from bib_dedupe.bib_dedupe import prep, block, match, cluster
df = pd.read_csv(sys.argv[1], dtype=str).fillna("")
ids = cluster(match(block(prep(df))))
with open(sys.argv[2], "w", newline="") as out:
    w = csv.writer(out); w.writerow(("id", "cluster"))
    for n, group in enumerate(ids):
        for one in group: w.writerow((one, n))
"""


def main() -> None:
    """Print the tables, one JSON object per line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,30000,100000")
    parser.add_argument("--big", action="store_true", help="also 300,000 and 1,000,000 records")
    parser.add_argument("--quality-only", action="store_true")
    parser.add_argument("--alone", action="store_true", help="without BibDedupe")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(speed(options.one)))
        return
    with tempfile.TemporaryDirectory(prefix="bench-dedupe-") as folder:
        beside = None if options.alone else python_with(["bib-dedupe"], Path(folder), kept=KEPT)
        _tables(options, beside)


def _tables(options: argparse.Namespace, beside: Path | None) -> None:
    if SETS.exists():
        for name in NAMES:
            print(json.dumps(measure(name)), flush=True)
            if beside:
                print(json.dumps(peer(name, load(name), beside)), flush=True)
    else:
        print("The benchmark sets are not beside the repository; quality is not measured.")
    if options.quality_only:
        return
    sizes = [int(size) for size in options.sizes.split(",")] + ([300_000, 1_000_000] if options.big else [])
    for size in sizes:
        print(
            subprocess.run(
                [sys.executable, "-m", "bench.dedupe", "--one", str(size)], check=True, capture_output=True, text=True
            ).stdout.strip(),
            flush=True,
        )
        if beside and size <= PEER_MOST:
            print(json.dumps(peer(f"{size:,} invented", list(synthetic(size)), beside)), flush=True)
    print(json.dumps(increment(50_000, 1_000)), flush=True)
    for row in corners(20_000):
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
