"""What every writer does to text: take out what files cannot hold, and keep spreadsheets from calculating."""

from __future__ import annotations

import re
import unicodedata

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ONE_LINE_END = re.compile("\r\n?")
_LINE_END = re.compile(r"\s*\n\s*")
_CALCULATES = frozenset("=+-@")
_BLANKS = " \t\r\n\u00a0\u200b\u200e\u200f\u2060\ufeff"


def clean(text: str) -> str:
    """Take out control characters, half surrogates and non-characters; line ends become LF, TAB stays."""
    return _ILLEGAL.sub("", _ONE_LINE_END.sub("\n", text))


def one_line(text: str) -> str:
    """Clean, and put a space in the place of each line end."""
    return _LINE_END.sub(" ", clean(text)).strip()


def calculates(text: str) -> bool:
    """Say whether a spreadsheet could take the cell for a formula: = + - @, full-width too, after blanks; TAB, CR or LF first."""
    if text[:1] in ("\t", "\r", "\n"):
        return bool(text)
    start = text.lstrip(_BLANKS).lstrip()[:1]
    return unicodedata.normalize("NFKC", start)[:1] in _CALCULATES if start else False


def guarded(text: str) -> str:
    """Put an apostrophe before a cell that would be calculated; ``unguarded`` takes it away exactly."""
    text = clean(text)
    return f"'{text}" if calculates(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    """Undo ``guarded``."""
    return text[1:] if text.startswith("'") and calculates(text.lstrip("'")) else text
