"""Read files with the programs people use beside ours, as far as this Python has them: `python peer_readers.py FILES.json`.

FILES.json is a list of {path, family, indices}. Prints one JSON object a line: {tool, path, count, spots, problem, cpu_s}, where spots has
title, first_author, year, doi, has_abstract at each index. It imports nothing of ours, so that any Python can run it.
"""

import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LIMIT = 60  # seconds a file


def by_rispy(path: Path) -> list[dict[str, Any]]:
    import rispy

    found = rispy.loads(path.read_bytes().decode("utf-8-sig"))
    return [
        {
            "title": one.get("title") or one.get("primary_title"),
            "author": next(iter(one.get("authors") or one.get("first_authors") or []), ""),
            "year": one.get("year") or one.get("publication_year"),
            "doi": one.get("doi"),
            "abstract": one.get("abstract") or one.get("notes_abstract"),
        }
        for one in found
    ]


def by_asreview(path: Path) -> list[dict[str, Any]]:
    from asreview.data.loader import load_records

    return [
        {
            "title": one.title,
            "author": next(iter(one.authors if isinstance(one.authors, list) else [one.authors or ""]), ""),
            "year": one.year,
            "doi": one.doi,
            "abstract": one.abstract,
        }
        for one in load_records(path)
    ]


def by_nbib(path: Path) -> list[dict[str, Any]]:
    import nbib

    return [
        {
            "title": one.get("title"),
            "author": next((person.get("author") or "" for person in one.get("authors", [])), ""),
            "year": str(one.get("publication_date", ""))[:4],
            "doi": one.get("doi"),
            "abstract": one.get("abstract"),
        }
        for one in nbib.read_file(str(path))
    ]


def by_bibtexparser(path: Path) -> list[dict[str, Any]]:
    import bibtexparser

    parser = bibtexparser.bparser.BibTexParser(common_strings=True, ignore_nonstandard_types=False)
    found = bibtexparser.loads(path.read_bytes().decode("utf-8-sig"), parser).entries
    return [
        {"author": " ".join(one.get("author", "").split()).split(" and ")[0]}
        | {name: one.get(name) for name in ("title", "year", "doi", "abstract")}
        for one in found
    ]


#: What each reads, by family of MANIFEST.json.
TOOLS: dict[str, tuple[Callable[[Path], list[dict[str, Any]]], tuple[str, ...]]] = {
    "rispy": (by_rispy, ("ris",)),
    "asreview": (by_asreview, ("ris", "csv")),
    "nbib": (by_nbib, ("nbib",)),
    "bibtexparser": (by_bibtexparser, ("bib",)),
}


def has(tool: str) -> bool:
    try:
        __import__(tool)
    except ImportError:
        return False
    return True


def spot(one: dict[str, Any]) -> dict[str, Any]:
    """Bring what a tool gives at one place into the form of the expected values, generously."""
    year = str(one.get("year") or "")[:4]
    doi = str(one.get("doi") or "").strip().lower()
    for start in ("https://doi.org/", "http://dx.doi.org/", "http://doi.org/", "https://dx.doi.org/", "doi:"):
        doi = doi.removeprefix(start)
    abstract = one.get("abstract")
    return {
        "title": str(one.get("title") or ""),
        "first_author": str(one.get("author") or ""),
        "year": int(year) if year.isdigit() else None,
        "doi": doi.strip(),
        "has_abstract": bool(abstract) and str(abstract) != "nan",
    }


def read(tool: str, file: dict[str, Any]) -> dict[str, Any]:
    """Read one file within the limit; whatever goes wrong is named."""
    began = time.process_time()
    answer: dict[str, Any] = {"tool": tool, "path": file["path"], "count": 0, "spots": {}, "problem": ""}
    signal.alarm(LIMIT)
    try:
        found = TOOLS[tool][0](Path(file["path"]))
        answer["count"] = len(found)
        answer["spots"] = {str(index): spot(found[index]) for index in file["indices"] if index < len(found)}
    except BaseException as error:  # a tool may raise anything, its own time limit too
        answer["problem"] = type(error).__name__
    finally:
        signal.alarm(0)
    return answer | {"cpu_s": round(time.process_time() - began, 2)}


def _stop(*_: Any) -> None:
    raise TimeoutError


def main() -> None:
    signal.signal(signal.SIGALRM, _stop)
    wanted = sys.argv[2:] or list(TOOLS)
    for tool in wanted:
        if has(tool):
            for file in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
                if file["family"] in TOOLS[tool][1]:
                    print(json.dumps(read(tool, file)), flush=True)


if __name__ == "__main__":
    main()
