"""How two texts differ, word by word. Pure."""

import re
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")
LONGEST = 4000

Piece = tuple[str, bool]


def differences(left: str, right: str) -> tuple[list[Piece], list[Piece]]:
    """Give both texts in pieces (text, differs), by words; beyond 4,000 letters only the beginnings are compared."""
    a, b = _WORDS.findall(left[:LONGEST]), _WORDS.findall(right[:LONGEST])
    first: list[Piece] = []
    second: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, [w.casefold() for w in a], [w.casefold() for w in b], autojunk=False).get_opcodes():
        if j > i:
            first.append(("".join(a[i:j]), tag != "equal"))
        if m > k:
            second.append(("".join(b[k:m]), tag != "equal"))
    return first, second
