"""Part the names of authors where several stand in one value."""

from __future__ import annotations

import re

from .values import tidy


def split_names(text: str) -> list[str]:
    """Split a cell of names at ";", " and ", "|" or line ends; commas part names only where each part is whole."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]") and ("'" in text or '"' in text):
        return [tidy(name) for name in re.findall(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", text) for name in name if name]
    if ";" in text:
        parts = text.split(";")
    elif " and " in (flat := tidy(text)):
        parts = flat.split(" and ")
    elif "|" in text:
        parts = text.split("|")
    elif "\n" in text:
        parts = text.split("\n")
    else:
        parts = _by_commas(text)
    return [name for part in parts if (name := tidy(part))]


_INITIALS_LAST = re.compile(r"^[^\W\d_][^,]*\s(?:[^\W\d_]\.?[ -]?){1,4}$")
_SHORT_NAME = re.compile(r"^(?:[^\W\d_][\w'’-]*\.?\s){1,4}[^\W\d_][\w'’.-]+$")


def _by_commas(text: str) -> list[str]:
    """Part "Gao X., Ni W." and "Lim SM, Lau Y." and "Anna Demo, Bo Demo"; leave "Demo, Anna" whole."""
    parts = [part.strip() for part in text.rstrip(" .").split(",")]
    if len(parts) < 2:
        return [text]
    if all(" " in part for part in parts if part):
        dotted = text.rstrip().endswith(".") and "." in text.rstrip()[:-1]
        return [part + ("." if dotted and place == len(parts) - 1 else "") for place, part in enumerate(parts)]
    return [text]
