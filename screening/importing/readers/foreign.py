"""Files that were put together of several formats: what is not in the format of the reader is handed over, not taken into its entries.

Formats without a mark at the end of an entry would take whatever follows for more lines of their last one, and what stands before
the first one for a header. (BibTeX has its braces: what stands between them is text, whatever it looks like.) So their lines are
watched: from a line that begins an entry of another format up to the next one that begins an own entry, the reader gets blank lines
(the numbers of lines stay right), and the text is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_BEGINS = {
    "ris": r"TY {1,2}- ?[A-Z]{3,8}\s*$",
    "nbib": r"PMID ?- ?[0-9]{1,8}\s*$|OWN {0,2}- (?:NLM|ERIC|NASA|KIE|HMD|PIP)\s*$",
    "enw": r"%0 [A-Z][A-Za-z ]{2,40}$",
    "wos": r"FN (?:Clarivate|Thomson|ISI)\b|PT [JBSCP]\s*$",
    "bibtex": r"(?i:@(?:article|book|inbook|inproceedings|incollection|misc|phdthesis|techreport|online)[ \t]*[{(])",
    "ovid": r"[ \t]{0,3}<[ \t]?[0-9]{1,7}[ \t]?\.?[ \t]?>[ \t]*$|VN {1,3}- Ovid Technologies",
    "refworks": r"RT (?:Journal|Book|Dissertation|Conference|Report|Generic|Web|Magazine|Newspaper|Thesis)\b[A-Za-z ,()/-]{0,40}$",
    "cochrane-text": r"Record #[0-9]{1,7} of [0-9]{1,7}\s*$",
    "labelled": r"(?:Record: ?#?[0-9]{1,7}|Document [0-9]{1,7} of [0-9]{1,7})\s*$|Reference Type: {1,3}[A-Z][A-Za-z ]{2,40}$",
    "noteexpress": r"\{Reference Type\}\s?[:：]",
    "xml": r"\s{0,3}<(?:\?xml\b|xml>|records>|PubmedArticleSet\b|modsCollection\b|Trials_downloaded)",
    "table": r'PT\t(?:AU|AN|UT)\t|"TITLE","',
    "json": r'\s{0,3}\[?\s{0,3}\{\s{0,9}"[A-Za-z_-]{1,30}"\s{0,3}:|\[\s*$',
}
# What the lines above begin with: nearly all lines of a file begin otherwise, and need no pattern.
_TWO = frozenset(("TY", "PM", "OW", "%0", "FN", "PT", "VN", "RT", "Re", "Do", '"T'))
_ONE = frozenset("<[{@ \ufeff")
# The header of a table: whole cells, without the space that prose has after its commas.
_HEADER = re.compile(
    r'(?! )(?=(?:[^\n]{0,2000}[,;\t])?"?(?:\w{1,12} )?[Tt]itle"?(?:[,;\t]|$))'
    r'(?=(?:[^\n]{0,2000}[,;\t])?"?(?:Authors?|DOI|Year|PMID)"?(?:[,;\t]|$))(?:[^,;\t.]{0,40}[,;\t]){2}'
)
_FAMILY = {"ovid-tagged": "ovid", "ovid-text": "ovid", "tagged": "tagged"}
_OWN = _BEGINS | {"tagged": r"(?:TI|T1|AU|A1) {0,3}[-:] ?\S"}
WATCHED = frozenset(
    ("nbib", "enw", "wos", "ovid-tagged", "ovid-text", "tagged", "refworks", "cochrane-text", "labelled", "noteexpress")
)


class Watch:
    """Look at the lines on their way to one reader; `segments` has (line, text) of what was in another format."""

    def __init__(self, dialect: str) -> None:
        family = _FAMILY.get(dialect, dialect)
        self._own = re.compile(rf"\ufeff?(?:{_OWN[family]})")
        self._others = re.compile("\ufeff?(?:" + "|".join(mark for name, mark in _BEGINS.items() if name != family) + ")")
        self.segments: list[tuple[int, str]] = []

    def lines(self, lines: Iterable[str]) -> Iterator[str]:
        """Give the lines; those in another format are blank and kept apart."""
        held: list[str] = []
        start = 0
        own = self._own.match
        for place, line in enumerate(lines, 1):
            if held:
                if not own(line):
                    held.append(line)
                    yield ""
                    continue
                self._keep(start, held)
                held = []
            elif line and line[:4] != "    " and (line[:2] in _TWO or line[0] in _ONE or "itle" in line) and self._foreign(line):
                start, held = place, [line]
                yield ""
                continue
            yield line
        if held:
            self._keep(start, held)

    def _foreign(self, line: str) -> bool:
        if self._own.match(line):
            return False
        return bool(self._others.match(line) or ("itle" in line and _HEADER.match(line)))

    def _keep(self, start: int, held: list[str]) -> None:
        if text := "\n".join(held).rstrip():
            self.segments.append((start, text))
