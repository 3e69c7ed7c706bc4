"""How two texts differ, word by word. Pure."""

import re
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")
LONGEST = 4000
ALIKE = 0.8  # of the letters of the longer text

Piece = tuple[str, bool]


def differences(left: str, right: str) -> tuple[list[Piece], list[Piece]]:
    """Give both texts in pieces (text, differs), by words; beyond 4,000 letters only the beginnings are compared.

    Case and the stop or comma after a word are no difference.
    """
    a, b = _WORDS.findall(left[:LONGEST]), _WORDS.findall(right[:LONGEST])
    first: list[Piece] = []
    second: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, [_plain(w) for w in a], [_plain(w) for w in b], autojunk=False).get_opcodes():
        if j > i:
            first.append(("".join(a[i:j]), tag != "equal"))
        if m > k:
            second.append(("".join(b[k:m]), tag != "equal"))
    return first, second


def _plain(word: str) -> str:
    return word.casefold().rstrip(".,;:") or word


def alike(left: list[Piece], right: list[Piece]) -> bool:
    """Say whether the words that two texts share make up most of the longer one."""
    shared = max(sum(len(text) for text, differs in side if not differs) for side in (left, right))
    longer = max(sum(len(text) for text, _differs in side) for side in (left, right))
    return longer > 0 and shared >= ALIKE * longer
