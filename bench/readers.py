"""`python -m bench.readers [--records N]`: are the readers right, beside others, and how fast and how large do they get.

Prints, for each file of ../shared/exports when that folder is present, the number of records and the share of expected fields that agree,
for our readers and for rispy, ASReview, nbib and bibtexparser where these read the format; then CPU seconds and peak memory on a generated
RIS file beside rispy. The others but rispy are no dependencies of ours: they go into a throw-away environment (or stand in the one whose
environment BENCH_READERS_VENV names); where the package index cannot be reached the table says so and goes on without them.
"""

import argparse
import html
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import rispy

from bench.others import python_with
from bench.peer_readers import TOOLS
from screening.importing import readers

EXPORTS = Path(__file__).parents[1] / "../shared/exports"
PEERS = ("asreview>=2,<3", "nbib>=0.3", "bibtexparser>=1.4,<2")
KEPT = "BENCH_READERS_VENV"
FIELDS = ("title", "first_author", "year", "doi", "has_abstract")
VOCABULARY = """
social support recovery community mental health service adult nurse outcome randomised trial interview network depression psychosis group
family work employment housing peer qualitative analysis measure scale self esteem loneliness quality life intervention month follow up
"""
WORDS = VOCABULARY.split()


def generate(path: Path, records: int) -> None:
    """Write a RIS file of invented references, about 2 kB each, in the manner of ProQuest and Ovid."""
    rng = random.Random(7)
    with path.open("w", encoding="utf-8", newline="\r\n") as out:
        for number in range(1, records + 1):
            text = " ".join(rng.choices(WORDS, k=210))
            title = " ".join(rng.choices(WORDS, k=13)).capitalize()
            out.write(f"{number}. \nTY  - JOUR\nID  - {20200000 + number}\nT1  - {title}\n")
            out.writelines(
                f"A1  - Demo{rng.randrange(900)}, {chr(65 + rng.randrange(26))} {chr(65 + rng.randrange(26))}\n" for _ in range(4)
            )
            out.write(f"Y1  - {rng.randrange(2000, 2021)}//\nN2  - BACKGROUND: {text}. RESULTS: ø {number}.\n")
            out.writelines(f"KW  - {word}\n" for word in rng.sample(WORDS, 8))
            out.write("JF  - Journal of Demonstration\nJA  - J Demo\nLA  - English\nVL  - 12\nIS  - 3\n")
            out.write(f"SP  - {number}\nEP  - {number + 9}\nSN  - 1234-5678\nDO  - https://doi.org/10.5555/demo.{number}\n")
            out.write(f"UR  - https://ovidsp.ovid.com/ovidweb.cgi?T=JS&D=psyc16&AN={number}\nDB  - PsycINFO\nER  - \n\n")


def ours(file: dict[str, Any]) -> dict[str, Any]:
    """Read one file with our readers, into the form that peer_readers prints; a refusal is 0 entries."""
    began = time.process_time()
    answer: dict[str, Any] = {"tool": "ours", "path": file["path"], "count": 0, "read": 0, "spots": {}, "problem": ""}
    try:
        with (EXPORTS / file["path"]).open("rb") as handle:
            entries = list(readers.open_export(handle, file["path"]))
    except readers.Refused:
        return answer | {"problem": "refused", "cpu_s": round(time.process_time() - began, 2)}
    got = {one.position - 1: one.fields for one in entries if one.fields}
    for expected in file["expected"]:
        if fields := got.get(expected["index"]):
            answer["spots"][str(expected["index"])] = {
                "title": fields.title,
                "first_author": (fields.authors or ("",))[0],
                "year": fields.year,
                "doi": fields.doi,
                "has_abstract": bool(fields.abstract),
            }
    return answer | {"count": len(entries), "read": len(got), "cpu_s": round(time.process_time() - began, 2)}


def same(expected: Any, value: Any, name: str, *, tex: bool = False) -> bool:
    """Compare as the README of the exports says: white space folded, TeX aside, a cell of several names begins with the first."""
    if name in ("year", "has_abstract"):
        return bool(expected == value)
    if tex and name in ("title", "first_author"):
        return bool(value)
    left, right = (" ".join(html.unescape(str(text)).replace("\\_", "_").split()).replace(" ,", ",") for text in (expected, value))
    if name == "first_author":
        return bool(right) and left.lstrip("['\"").startswith(right.rstrip("."))
    return left == right or (name == "doi" and right.startswith(left) and right[len(left) :].startswith(";"))


def agreement(file: dict[str, Any], answer: dict[str, Any]) -> tuple[bool, int, int]:
    """Give (number of records right, expected values, agreeing values)."""
    allowed = file.get("acceptable_records") or [file["records"]]
    wanted = agreeing = 0
    for expected in file["expected"]:
        found = answer["spots"].get(str(expected["index"]), {})
        if not found and answer.get("read", answer["count"]) in allowed and expected["index"] >= answer.get("read", answer["count"]):
            continue  # an entry that need not be read: the last of a file that is cut
        for name in FIELDS:
            if expected.get(name) not in (None, ""):
                wanted += 1
                agreeing += same(
                    expected[name], found.get(name, False if name == "has_abstract" else None), name, tex=bool(expected.get("raw_tex"))
                )
    return answer["count"] in allowed or answer.get("read") in allowed, wanted, agreeing


def peers(files: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Let the others read what they can: rispy here, the rest in an environment of their own; says what is not there."""
    wanted = folder / "files.json"
    listed = [
        {"path": str((EXPORTS / file["path"]).resolve()), "family": file["family"], "indices": [one["index"] for one in file["expected"]]}
        for file in files
    ]
    wanted.write_text(json.dumps(listed), encoding="utf-8")
    found = _run(sys.executable, wanted, ["rispy"])
    python = python_with(PEERS, folder, kept=KEPT)
    if python is None:
        print("The package index gave no asreview, nbib and bibtexparser: the table goes without them.")
        return found
    return found + _run(str(python), wanted, ["asreview", "nbib", "bibtexparser"])


def _run(python: str, wanted: Path, tools: list[str]) -> list[dict[str, Any]]:
    command = [python, str(Path(__file__).with_name("peer_readers.py")), str(wanted), *tools]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=wanted.parent)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"tool"')]
    for tool in tools:
        if not any(answer["tool"] == tool for answer in answers):
            print(f"{tool} is not installed there: the table goes without it.")
    return answers


def table() -> None:
    """Print the table of files and the sums of everybody."""
    files = json.loads((EXPORTS / "MANIFEST.json").read_text(encoding="utf-8"))["files"]
    with tempfile.TemporaryDirectory(prefix="bench-readers-") as scratch:
        others = peers(files, Path(scratch))
    by_path: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for answer in others:
        by_path[str(Path(answer["path"]))][answer["tool"]] = answer
    names = [name for name in TOOLS if any(answer["tool"] == name for answer in others)]
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0, 0, 0, 0])
    print(f"{'file':62} {'true':>6}  {'ours':>16}  " + "  ".join(f"{name:>16}" for name in names))
    for file in files:
        mine = ours(file)
        answers = {"ours": mine} | by_path[str((EXPORTS / file["path"]).resolve())]
        cells = []
        for name in ("ours", *names):
            if name not in answers:
                cells.append(f"{'–':>16}")
                continue
            right, wanted, agreeing = agreement(file, answers[name])
            for place, value in enumerate((1, right, wanted, agreeing, bool(answers[name]["problem"]), answers[name]["cpu_s"])):
                sums[name][place] += value
            shown = answers[name]["problem"][:9] if name != "ours" and answers[name]["problem"] else answers[name]["count"]
            cells.append(f"{shown:>9} {agreeing:>2}/{wanted:<2}{' ' if right and agreeing == wanted else '*'}")
        print(f"{file['path'][:62]:62} {file['records']:>6}  " + "  ".join(cells))
    print("* = the number of records, or an expected field, differs. An error's name stands where a program gave up on the file.")
    for name in ("ours", *names):
        read, right, wanted, agreeing, gave_up, spent = sums[name]
        fields = f"{agreeing:.0f} of {wanted:.0f} expected fields ({100 * agreeing / max(wanted, 1):.1f} %)"
        refused = "" if name == "ours" else f", gave up on {gave_up:.0f}"
        print(f"{name:>13}: number of records right in {right:.0f} of {read:.0f} files{refused}; {fields}; {spent:.1f} CPU s")


def measure(path: Path, who: str) -> None:
    """Read the file in this process and print CPU seconds and the growth of peak memory as JSON."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    if who == "rispy":
        with path.open(encoding="utf-8") as text:
            count = len(rispy.load(text))
    else:
        with path.open("rb") as file:
            count = sum(one.fields is not None for one in readers.open_export(file, path.name))
    spent = time.process_time() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps({"reader": who, "records": count, "cpu_s": round(spent, 2), "peak_mb_above_idle": round(grown, 1)}))


def speed(records: int) -> None:
    """Print what reading a large RIS file takes, ours beside rispy.load: the figure is at most twice its CPU, and flat memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.ris"
        generate(path, records)
        print(f"generated RIS: {records:,} records, {path.stat().st_size / 1e6:.1f} MB")
        spent = {}
        for who in ("ours", "rispy"):
            command = [sys.executable, "-m", "bench.readers", "--measure", str(path), who]
            line = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
            spent[who] = json.loads(line)["cpu_s"]
            print(line)
        print(f"ours / rispy: {spent['ours'] / spent['rispy']:.2f} of its CPU time")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--speed-only", action="store_true")
    parser.add_argument("--table-only", action="store_true")
    parser.add_argument("--measure", nargs=2, metavar=("FILE", "WHO"))
    options = parser.parse_args()
    if options.measure:
        readers.open_export(io.BytesIO(b"TY  - JOUR\nTI  - Demo\nER  - \n"))
        return measure(Path(options.measure[0]), options.measure[1])
    if EXPORTS.exists() and not options.speed_only:
        table()
    if not options.table_only:
        speed(options.records)
    return None


if __name__ == "__main__":
    main()
