"""`python -m bench.readers [--records N] [--files]`: are the readers right, and how fast and how large do they get.

Prints, for each file of ../shared/exports when that folder is present, the number of records and the share of expected fields that
agree, for our readers and for rispy where it can read the file; then CPU seconds and peak memory on a generated RIS file.
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
from pathlib import Path
from typing import Any

import rispy

from screening.importing import readers

EXPORTS = Path(__file__).parents[1] / "../shared/exports"
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


def check(file: dict[str, Any]) -> tuple[int, int, int, int, str]:
    """Give (found, read, expected values, agreeing values, note) of our reading of one file."""
    try:
        with (EXPORTS / file["path"]).open("rb") as handle:
            entries = list(readers.open_export(handle, file["path"]))
    except readers.Refused:
        return 0, 0, 0, 0, "refused"
    got = {one.position - 1: one.fields for one in entries if one.fields}
    wanted = agreeing = 0
    for spot in file["expected"]:
        fields = got.get(spot["index"])
        for name, value in (
            ("title", fields.title if fields else ""),
            ("first_author", (fields.authors or ("",))[0] if fields else ""),
            ("year", fields.year if fields else None),
            ("doi", fields.doi if fields else ""),
            ("has_abstract", bool(fields and fields.abstract)),
        ):
            if spot.get(name) not in (None, ""):
                wanted += 1
                agreeing += same(spot[name], value, name, tex=bool(spot.get("raw_tex")))
    return len(entries), len(got), wanted, agreeing, ""


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


def count_by_rispy(path: Path) -> str:
    try:
        return str(len(rispy.loads(path.read_bytes().decode("utf-8-sig"))))
    except Exception as error:
        return type(error).__name__


def table() -> None:
    """Print the table of files and the sums."""
    files = json.loads((EXPORTS / "MANIFEST.json").read_text(encoding="utf-8"))["files"]
    right = rispy_right = wanted_sum = agreeing_sum = ris = 0
    print(f"{'file':70} {'true':>6} {'ours':>6} {'fields':>9}  rispy")
    for file in files:
        found, read, wanted, agreeing, note = check(file)
        allowed = file.get("acceptable_records") or [file["records"]]
        is_ris = file["family"] == "ris"
        peer = count_by_rispy(EXPORTS / file["path"]) if is_ris else "-"
        right += found in allowed or read in allowed
        ris += is_ris
        rispy_right += is_ris and peer in map(str, allowed)
        wanted_sum += wanted
        agreeing_sum += agreeing
        mark = "" if (found in allowed or read in allowed) and wanted == agreeing else "  <-- differs"
        counts = f"{file['records']:>6} {found:>6} {agreeing:>4}/{wanted:<4}"
        print(f"{file['path'][:70]:70} {counts}  {peer} {note}{mark}")
    print(f"count right: ours {right} of {len(files)}; rispy {rispy_right} of its {ris} RIS files")
    print(f"expected fields: {agreeing_sum} of {wanted_sum}")


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--speed-only", action="store_true")
    parser.add_argument("--measure", nargs=2, metavar=("FILE", "WHO"))
    options = parser.parse_args()
    if options.measure:
        readers.open_export(io.BytesIO(b"TY  - JOUR\nTI  - Demo\nER  - \n"))
        return measure(Path(options.measure[0]), options.measure[1])
    if EXPORTS.exists() and not options.speed_only:
        table()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.ris"
        generate(path, options.records)
        print(f"generated RIS: {options.records} records, {path.stat().st_size / 1e6:.1f} MB")
        for who in ("ours", "rispy"):
            command = [sys.executable, "-m", "bench.readers", "--measure", str(path), who]
            print(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())
    return None


if __name__ == "__main__":
    main()
