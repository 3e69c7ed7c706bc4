"""Where in a journal: volume, issue and pages as numbers."""

from __future__ import annotations

import re
from functools import lru_cache

from .normalise import words

_NUMBER = re.compile(r"\d+")
_PAGE = re.compile(r"([a-z]*)\s?0*(\d+)([a-z]?)(?:\s*[-\u2010-\u2015\u2212]+\s*[a-z]*0*(\d+))?")
Page = tuple[str, int, int, bool]


@lru_cache(maxsize=200_000)
def page(pages: str, article: str = "") -> Page | None:
    """(letters before, first, last or 0, electronic id); None when there is no number. 1008–12 becomes 1008, 1012."""
    for text, electronic in ((pages, False), (article, True)):
        low = text.lower().replace("pp.", "").replace("p.", "").replace("article", "").strip()
        found = _PAGE.search(low)
        if not found:
            continue
        head, first, _, last = found.groups()
        if found.start() and low[found.start() - 1] == "-" and low[: found.start() - 1].isalpha():
            continue  # 'Suppl-29', 't-8': a first page that was lost
        if head in ("p", "pp", "no", "pg"):
            head = ""
        if len(first) > 12 or len(last or "") > 12:
            continue
        start, end = int(first), int(last) if last else 0
        if last and len(last) < len(first):
            end = int(first[: len(first) - len(last)] + last)
        return (
            head,
            start,
            end,
            electronic or head in ("e", "article") or (not last and len(first) > (3 if len(head) == 1 and head != "s" else 4)),
        )
    return None


@lru_cache(maxsize=200_000)
def place(volume: str, issue: str) -> tuple[str, str, bool]:
    """(volume, issue, supplement) as first numbers; '31 (2)' in the volume gives both."""
    low, inside = volume.lower(), issue.lower()
    if ")" in low and "(" not in low:
        low = ""
    supplement = "sup" in low or "sup" in inside
    head, _, tail = low.partition("(")
    numbers = _NUMBER.findall(head)
    vol = numbers[0].lstrip("0") if numbers else "".join(words(head)) if len(head) < 8 else ""
    if not inside and tail:
        inside = tail
    numbers = _NUMBER.findall(inside)
    iss = numbers[0].lstrip("0") if numbers else ""
    if iss and "sup" in inside and inside.find("sup") < inside.find(iss):
        iss = "s" + iss
    return vol, iss, supplement
