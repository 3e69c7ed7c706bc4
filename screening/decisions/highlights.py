"""Mark words in a text: escaped first, marked after. Pure.

A line of a list is a word, a phrase or either with ``*`` for any ending. Words of four letters and more match their other forms too, by
the stems of English, Norwegian, Swedish and Danish; shorter ones, and what stands in quotes, match as they are written. The longest match
at a place wins.
"""

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

import snowballstemmer

LANGUAGES = ("english", "norwegian", "swedish", "danish")
SHORT = 3
_WORD = re.compile(r"[^\W_]+")
_PATTERN_WORD = re.compile(r"[^\W_]+\*?")
_QUOTED = re.compile(r"[\"“”„«»].+[\"“”„«»]")
_BETWEEN = re.compile(r"[\s\-–‐’']{1,3}")  # what may stand between the words of a phrase


class _Stemmers(threading.local):
    """A stemmer keeps the word it works on: each thread has its own."""

    def __init__(self) -> None:
        self.each = tuple(snowballstemmer.stemmer(language) for language in LANGUAGES)


_stemmers = _Stemmers()


@lru_cache(maxsize=50_000)
def stems(word: str) -> tuple[str, ...]:
    """Give the stem of a lower-case word in each language."""
    return tuple(stemmer.stemWord(word) for stemmer in _stemmers.each)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a pattern."""

    text: str
    any_ending: bool = False
    exact: bool = False

    def fits(self, token: str) -> bool:
        """Say whether a lower-case token of the text is this word."""
        if self.any_ending:
            return token.startswith(self.text)
        if token == self.text:
            return True
        if self.exact or len(self.text) <= SHORT or len(token) <= SHORT or token[:2] != self.text[:2]:
            return False
        return any(mine == theirs for mine, theirs in zip(stems(self.text), stems(token), strict=True))


@dataclass(slots=True)
class WordList:
    """One list of the review, ready to match: its patterns by their first letter."""

    kind: str
    name: str
    patterns: dict[str, list[tuple[Word, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with its marks as HTML, and how often each list was found (by its place)."""

    html: str
    counts: tuple[int, ...]


def parse(kind: str, name: str, words: str) -> WordList:
    """Read a list as it was typed, a word or phrase a line; lines without a letter are passed over."""
    found = WordList(kind, name)
    for line in words.splitlines():
        exact = bool(_QUOTED.fullmatch(line.strip()))
        pattern = tuple(Word(w.rstrip("*"), w.endswith("*"), exact) for w in _PATTERN_WORD.findall(line.lower()))
        if pattern and pattern not in found.patterns.get(pattern[0].text[0], []):
            found.patterns.setdefault(pattern[0].text[0], []).append(pattern)
    return found


def mark(text: str, lists: Sequence[WordList]) -> Marked:
    """Escape ``text`` and mark what the lists name. Classes: h and h- with the kind of the list: in, out, c, or me for one's own."""
    tokens = [(m.start(), m.end(), m.group().lower()) for m in _WORD.finditer(text)] if lists else []
    counts = [0] * len(lists)
    parts: list[str] = []
    done = at = 0
    while at < len(tokens):
        place, length = _longest(text, tokens, at, lists)
        if not length:
            at += 1
            continue
        start, end = tokens[at][0], tokens[at + length - 1][1]
        parts += [escape(text[done:start]), f'<mark class="h h-{lists[place].kind}">', escape(text[start:end]), "</mark>"]
        counts[place] += 1
        done, at = end, at + length
    parts.append(escape(text[done:]))
    return Marked("".join(parts), tuple(counts))


def total(counts: Iterable[Sequence[int]], lists: int) -> list[int]:
    """Add up the counts of several texts, list by list."""
    sums = [0] * lists
    for each in counts:
        for place, n in enumerate(each):
            sums[place] += n
    return sums


def _longest(text: str, tokens: list[tuple[int, int, str]], at: int, lists: Sequence[WordList]) -> tuple[int, int]:
    """Give the list and the number of words of the longest match that starts at a token; of equal ones the earlier list's."""
    best, length = 0, 0
    first = tokens[at][2][0]
    for place, words in enumerate(lists):
        for pattern in words.patterns.get(first, ()):
            if len(pattern) > length and _fits(text, tokens, at, pattern):
                best, length = place, len(pattern)
    return best, length


def _fits(text: str, tokens: list[tuple[int, int, str]], at: int, pattern: tuple[Word, ...]) -> bool:
    if at + len(pattern) > len(tokens):
        return False
    for step, word in enumerate(pattern):
        if step and not _BETWEEN.fullmatch(text, tokens[at + step - 1][1], tokens[at + step][0]):
            return False
        if not word.fits(tokens[at + step][2]):
            return False
    return True
