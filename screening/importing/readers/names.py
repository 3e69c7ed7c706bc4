"""Part the names of authors where several stand in one value."""

from __future__ import annotations

import re

from .values import tidy

_ELLIPSES = ("…", "...")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_NAMED = re.compile(r"""["']name["']\s*:\s*(?:"([^"]*)"|'([^']*)')""")  # the objects of Semantic Scholar
_AND = re.compile(r",? (?:and|&) ", re.I)
_LAST = re.compile(r",\s*(?:&|and)\s+", re.I)
_COLLECTIVE = re.compile(r"\b(?:of|for|the|on)\b", re.I)
_INITIALS = re.compile(r"^(?:[^\W\d_a-z]\.?[ -]?){1,4}$")
# "Demo JA, van der Demo B": each name ends in initials (but not in II, III, Jr), none holds a comma of its own
_SHORT_FORM = re.compile(r"^[^\W\d_][\w'’.\- ]{0,60} (?!II|IV|VI)(?:[^\W\d_a-z]\.?-?){1,4}$")


def split_names(text: str) -> list[str]:
    """Split a cell of names at ";", " and ", "|" or line ends; commas part names only where each part is whole."""
    text = text.strip()
    if text.startswith("[{") and (found := _NAMED.findall(text)):
        return [tidy(name) for pair in found for name in pair if name]
    if "//" in text and "://" not in text and ";" not in text:  # EndNote's table
        return [name for part in text.split("//") if (name := tidy(part))]
    if text.startswith("[") and text.endswith("]") and ("'" in text or '"' in text):
        return [tidy(name) for found in _QUOTED.findall(text) for name in found if name]
    if ";" in text:
        parts = [name for part in text.split(";") for name in split_value(part)]
    elif "|" in text:
        parts = text.split("|")
    elif "\n" in text:
        parts = text.split("\n")
    elif _AND.search(flat := tidy(text)) and ("," in flat or not _COLLECTIVE.search(flat)):
        *first, last = _AND.split(flat)
        parts = [name for part in first for name in _by_commas(part)] + [last]
    else:
        parts = _by_commas(text)
    return [name for part in parts if (name := _unbraced(tidy(part)))]


def _unbraced(name: str) -> str:
    return name[1:-1] if len(name) > 2 and name[0] == "{" and name[-1] == "}" else name


def _by_commas(text: str) -> list[str]:
    """Part "Gao X., Ni W." and "Lim SM, Lau Y." and "Anna Demo, Bo Demo" and "Demo, A., Demo, B."; leave "Demo, Anna" whole."""
    parts = [part.strip() for part in text.rstrip(" .").split(",")]
    if len(parts) < 2:
        return [text]
    if all(" " in part or part in _ELLIPSES for part in parts if part):
        dotted = text.rstrip().endswith(".") and "." in text.rstrip()[:-1]
        return [part + ("." if dotted and place == len(parts) - 1 else "") for place, part in enumerate(parts)]
    return pairs(text) or [text]


def pairs(text: str) -> list[str]:
    """Part "Demo, A., Demo, B." into its names: family and initials in turns, at least two of each; else []."""
    pieces = [piece.strip() for piece in _LAST.sub(", ", text).rstrip(", ").split(",")]
    if len(pieces) < 4 or len(pieces) % 2 or not all(_INITIALS.match(given) for given in pieces[1::2]):
        return []
    if any(_INITIALS.match(family) for family in pieces[::2] if len(family) < 3):
        return []
    return [f"{family}, {given}" for family, given in zip(pieces[::2], pieces[1::2], strict=True)]


def split_value(text: str) -> list[str]:
    """Part a value that should hold one name (a line AU) where it plainly holds several; a name with its comma stays whole.

    Several are: "Demo, A; Demo, B", "Demo, A and Demo, B", "Demo AB, Demo C", "Demo, A., Demo, B.".
    """
    if ";" in text:
        return [name for part in text.split(";") if part.strip() for name in split_value(part)]
    if "," not in text:
        return [text]
    if " and " in text and len(parts := _AND.split(text)) > 1 and all("," in part for part in parts):
        return [name for part in parts for name in (pairs(part) or [part])]
    if text.count(",") >= 3 and (found := pairs(text)):
        return found
    parts = [part.strip() for part in text.split(",")]
    return parts if " " in parts[0] and all(_SHORT_FORM.match(part) for part in parts) else [text]


_JOINT = re.compile(r"(?<=[a-zß-öø-ÿ.])(?=[A-ZÀ-ÖØ-Þ])")
_PARTICLES = ("Mc", "Mac", "De", "Di", "Da", "Du", "Le", "La", "Van", "Von", "Fitz", "Al", "El", "O")


def run_together(text: str) -> list[str]:
    """Part "Anna DemoBo B. Demo" as SpringerLink writes names: where a small letter meets a capital, but not inside McDemo."""
    if ";" in text or "," in text:
        return split_names(text)
    out: list[str] = []
    for piece in _JOINT.split(tidy(text)):
        before = out[-1].rpartition(" ")[2] if out else ""
        if out and (before in _PARTICLES or before.endswith(".")):
            out[-1] += piece
        else:
            out.append(piece)
    return [name for piece in out if (name := piece.strip())]
