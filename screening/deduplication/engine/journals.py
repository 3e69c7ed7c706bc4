"""Journals, folded: their words, their abbreviations, and whether they are a meeting or a preprint server."""

from __future__ import annotations

import re
from functools import lru_cache

from .normalise import word_set, words

_JOURNAL_STOP = word_set("the of and for in on de der die und et la le les des og i an a to fur del y e")
_CONFERENCE = word_set("conference congress symposium meeting workshop proceedings abstracts proc conf")
_NO_NAME = _CONFERENCE | word_set(
    """
    of the in on and int intl international national annual technical tech report reports rep paper papers working discussion thesis
    dissertation book chapter journal article unpublished submitted manuscript press online internet web website site preprint abstract
    poster
    """
)
_PREPRINT = word_set(
    """
    medrxiv biorxiv arxiv ssrn preprint preprints psyarxiv socarxiv chemrxiv authorea researchsquare
    """
)


_ELISION = re.compile(r"\b[dl]['’]", re.IGNORECASE)
_VOWELS = str.maketrans("", "", "aeiouy")


@lru_cache(maxsize=100_000)
def journal(text: str) -> tuple[tuple[str, ...], bool, bool]:
    """(words that matter, names a conference, names a preprint server)."""
    text = _ELISION.sub("", text)
    every = words(text)
    conference = not _CONFERENCE.isdisjoint(every)
    preprint = not _PREPRINT.isdisjoint(every) or every[:2] == ["research", "square"]
    low = text.lower()
    for mark in (".conference", ". conference", "conference:", " (", "[", " = ", " : ", " / "):
        at = low.find(mark)
        if at > 2:
            text, low = text[:at], low[:at]
    core = tuple(w for w in words(text) if w not in _JOURNAL_STOP)
    if _NO_NAME.issuperset(core or every):
        return (), conference, preprint  # 'Proc. of the Int. Conf.', 'Technical report': no journal's name
    return core or tuple(every), conference, preprint


@lru_cache(maxsize=200_000)
def journals_alike(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """2 the same words, 1 one may abbreviate, contain or be the acronym of the other, 0 neither."""
    if a == b or "".join(a) == "".join(b):
        return 2
    short, long = (a, b) if len("".join(a)) <= len("".join(b)) else (b, a)
    if _abbreviates(short, long) or _abbreviates(long, short):
        return 1
    glued = "".join(short)
    first = "".join(w[0] for w in long)
    if 2 <= len(glued) <= 8 and len(long) > 1 and (glued == first or (len(short) == 1 and first.startswith(glued) and len(glued) > 2)):
        return 1
    if len(short) > 1 and len(set(short) & set(long)) == len(set(short)):
        return 1
    if len(short) == 1 and len(glued) > 3 and glued in long:
        return 1
    if len(glued) > 7 and _close("".join(a), "".join(b)):
        return 1
    return 0


def _close(a: str, b: str) -> bool:
    from rapidfuzz import fuzz

    return fuzz.ratio(a, b) > 90


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Each word of `short` begins (or contracts) a word of `long`, in order, and the first words agree."""
    at = 0
    for number, word in enumerate(short):
        while at < len(long) and not _stands_for(word, long[at]):
            at += 1
            if number == 0:
                return False
        if at == len(long):
            return False
        at += 1
    return len(short) > 1 or len(long) == 1


def _stands_for(word: str, full: str) -> bool:
    if full.startswith(word) or (len(full) > 2 and word.startswith(full)):
        return True
    if word[0] != full[0] or len(word) > len(full) or len(word) < 2:
        return False
    if len(word) > 2 and (full[0] + full[1:].translate(_VOWELS)).startswith(word):
        return True  # 'dtsch', 'jpn', 'hlth'
    rest = iter(full)
    return all(c in rest for c in word) and word[-1] == full[-1]
