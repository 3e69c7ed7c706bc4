"""How two titles differ: not at all, in spelling, by a missing part, in words that matter, or altogether."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein

from .card import GENERIC, Card
from .fields import compare_pages
from .normalise import glued, word_set

_LABEL = GENERIC | word_set(
    "panel tutorial demonstration demo description session structured series competition invited keynote multiple by sim full text summary"
)
_CONTRAST = word_set(
    """
    men women male female boys girls child children adult adults adolescent adolescents elderly older young infants
    neonates mothers fathers rats mice rat mouse human humans cats dogs vivo vitro not no without non before after pre
    post early late short long acute chronic high low sensitive resistant positive negative primary secondary internal
    external urban rural follow up pilot baseline type phase efficacy effectiveness safety tolerability cost costs incidence
    prevalence mortality morbidity design rationale pharmacokinetics
    """
)
SAME, NEAR, PART, MORE, SWAP, WORDS, OTHER, SILENT = 7, 6, 5, 4, 3, 2, 1, 0

_STOP = word_set(
    """
    a an the of and for in on to by at as from or is are its their with og i av en et ei for til pa med som de der die das und von
    zur le la les des du el los
    """
)
_ERRATUM = word_set(
    """
    erratum errata corrigendum corrigenda correction corrections addendum retraction rettelse
    """
)
_REPLY = word_set(
    """
    comment comments commentary reply replies response responses re rejoinder rebuttal svar kommentar tilsvar discussion
    """
)
_PROTOCOL = word_set("protocol protocols protokoll")
_PART = word_set("part parts del teil partie")
_MONTH = word_set(
    "january february march april may june july august september october november december spring summer autumn fall winter"
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}
_MISREAD = {"2": "i1 1i l1 1l", "3": "i11 1ii ii1 11i i1i 1i1"}  # II and III, as recognition of text reads them
_ROMAN |= {word: number for number, words in _MISREAD.items() for word in words.split()}
_COUNT = {
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "first": "1",
    "second": "2",
    "third": "3",
    "fourth": "4",
    "fifth": "5",
    "sixth": "6",
    "seventh": "7",
    "eighth": "8",
    "ninth": "9",
    "tenth": "10",
    "1st": "1",
    "2nd": "2",
    "3rd": "3",
    **{f"{n}th": str(n) for n in range(4, 11)},
}
_OPPOSITE = (
    ("inter", "intra"),
    ("hyper", "hypo"),
    ("macro", "micro"),
    ("increas", "decreas"),
    ("maternal", "paternal"),
    ("endo", "exo"),
    ("over", "under"),
    ("ante", "anti"),
    ("effective", "affective"),
    ("morality", "mortality"),
)
_END = re.compile(r"[:.;?!(\[/=\u2013\u2014]|\s-|-\s|--")
_PREFIX = word_set("in un non anti im dis a ab re pre sub co bi fe ir de pro il")


def compare_titles(a: Card, b: Card) -> tuple[int, float, str]:
    """(class, likeness 0..100, trap or ''). The trap names why two like titles may be two papers."""
    if not a.key or not b.key:
        return SILENT, 0.0, ""
    if a.mark != b.mark and a.mark and b.mark and a.mark[0] != b.mark[0] and fuzz.ratio(a.key, b.key) > 80:
        return WORDS, 95.0, "part"
    if a.label != b.label and a.label and b.label and fuzz.ratio(a.key, b.key) > 80:
        return WORDS, 95.0, "part"  # two abstracts of one meeting
    if a.key == b.key:
        return SAME, 100.0, ""
    if (a.other and a.other == b.key) or (b.other and b.other == a.key):
        return SAME, 100.0, ""
    likeness = fuzz.ratio(a.title, b.title)
    contained = False
    if likeness < 88:
        contained = _contained(a, b) or _nearly_contained(a, b)
        if not contained and likeness < 60:
            return OTHER, likeness, ""
    left, right = _leftovers(a.words, b.words)
    if not left and not right:
        return (WORDS, likeness, "part") if _counts_differ(a.words, b.words) else (NEAR, likeness, "")
    if left and right and _is_cut_short(a, b):
        left, right = _without_stump(a.words, b.words, left, right)
        contained = True
    if (not left or not right) and _is_byline(left or right, a, b):
        return NEAR, likeness, ""
    trap = _trap(a, b, left, right)
    if trap:
        return (PART if contained else WORDS), likeness, trap
    left, right = _without_marks(a.words, left), _without_marks(b.words, right)
    if _LABEL.issuperset(left) and _LABEL.issuperset(right):
        return NEAR, likeness, ""
    if (not left or not right) and (contained or _contained(a, b)):
        return PART, likeness, ""
    if likeness < 70:
        return OTHER, likeness, ""
    if likeness > 80 and _CONTRAST.isdisjoint(left + right) and not _are_signs(left + right):
        return (SWAP if left and right else MORE), likeness, ""
    return WORDS, likeness, ""


def _are_signs(loose: list[str]) -> bool:
    """More than one Chinese or Japanese sign differs: another word, no slip of the pen."""
    return sum(len(word) == 1 and not word.isascii() for word in loose) > 2


def _contained(a: Card, b: Card) -> bool:
    short, long = (a, b) if len(a.title) < len(b.title) else (b, a)
    if len(short.words) < 4 or len(short.key) < 20:
        if not long.key.startswith(short.key):
            return False
        if short.generic:  # the name of a column, and the same with the title of this time's
            bare = not (a.volume or b.volume or a.page or b.page)
            return (bare and len(short.key) > 10) or (_one_issue(a, b) and len(short.key) > 8)
        if len(short.key) > 4 and a.volume and a.volume == b.volume and compare_pages(a.page, b.page) == 3:
            return True  # a title without its subtitle, at the same pages
        return len(short.words) > 2 or (not (a.volume or b.volume or a.page or b.page) and len(short.key) > 10)
    return f" {short.title} " in f" {long.title} " or long.key.startswith(short.key)


def _is_cut_short(a: Card, b: Card) -> bool:
    """One title is the start of the other, cut within a word, as a field of limited length leaves it."""
    short, long = (a, b) if len(a.key) < len(b.key) else (b, a)
    return len(short.words) > 4 and len(short.key) > 35 and long.key.startswith(short.key)


def _without_stump(a: list[str], b: list[str], left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """The loose words without the stump that the cut title ends with."""
    short, mine = (a, left) if len("".join(a)) < len("".join(b)) else (b, right)
    mine = mine[:-1] if mine and mine[-1] == short[-1] else mine
    return (mine, right) if short is a else (left, mine)


def _counts_differ(a: list[str], b: list[str]) -> bool:
    """Each says a number once more than the other: '… of type 1 and 2: part 1', '… of type 1 and 2: part 2'."""
    here, there = Counter(_numbers(a, a)), Counter(_numbers(b, b))
    return here != there and bool(here - there) and bool(there - here)


def is_cut(a: Card, b: Card) -> bool:
    """One title is the start of the other, of six words or more: cut, or without its subtitle."""
    short, long = (a, b) if len(a.key) < len(b.key) else (b, a)
    return len(short.words) > 5 and long.key.startswith(short.key)


def ends_there(a: Card, b: Card) -> bool:
    """The shorter of two titles, one the start of the other, is all before a colon, stop or bracket of the longer, or long itself."""
    short, long = (a, b) if len(a.key) < len(b.key) else (b, a)
    if len(short.key) > 60 or not long.key.startswith(short.key):
        return True
    text = long.item.title
    ends = (found.start() for found in _END.finditer(text))
    return any(glued(text[:end]).endswith(short.key) for end in ends)


def _one_issue(a: Card, b: Card) -> bool:
    return bool(a.volume and a.volume == b.volume and a.issue and a.issue == b.issue)


def _nearly_contained(a: Card, b: Card) -> bool:
    """Contained but for a slip; asked only where both stand at one place."""
    if not _one_issue(a, b):
        return False
    short, long = (a.title, b.title) if len(a.title) < len(b.title) else (b.title, a.title)
    return len(short) > 30 and fuzz.partial_ratio(short, long, score_cutoff=94) > 0


def _leftovers(a: list[str], b: list[str]) -> tuple[list[str], list[str]]:
    """The words that one title has and the other has not, spelling variants set aside."""
    set_a, set_b = set(a), set(b)
    left = [w for w in a if w not in set_b and w not in _STOP]
    right = [w for w in b if w not in set_a and w not in _STOP]
    if left and right:
        if "".join(left) == "".join(right):
            return [], []
        for word in list(left):
            partner = next((other for other in right if spelling(word, other)), None)
            if partner is not None:
                left.remove(word)
                right.remove(partner)
    if left and right and len(left) + len(right) < 8 and Levenshtein.distance("".join(left), "".join(right), score_cutoff=1) <= 1:
        glued = "".join(left) + "".join(right)
        if len(glued) > 9 and not any(c.isdigit() for c in glued):
            return [], []
    return left, right


def spelling(a: str, b: str) -> bool:
    """Two spellings of one word: a typing slip, a plural, a footnote mark; never two numbers or two opposites."""
    if a in _COUNT or b in _COUNT:
        one, two = _COUNT.get(a, a), _COUNT.get(b, b)
        if one == two:
            return True
        if one.isdigit() and two.isdigit():
            return False
    if len(a) > 1 < len(b) and a in _ROMAN and b in _ROMAN:
        return _ROMAN[a] == _ROMAN[b]
    if any(c.isdigit() for c in a + b):
        return len(a) > 4 < len(b) and (a.rstrip("0123456789") == b or b.rstrip("0123456789") == a)
    if len(a) == len(b) and sorted(a) == sorted(b) and OSA.distance(a, b, score_cutoff=1) == 1 and _CONTRAST.isdisjoint((a, b)):
        return len(a) > 4 or a in _STOP or b in _STOP  # two letters changed round
    if _transliterated(a) == _transliterated(b):
        return True
    if min(len(a), len(b)) < 4:
        return False
    if a[0] != b[0]:
        if min(len(a), len(b)) > 6 and (a[1:] == b or b[1:] == a) and "a" not in (a[0] if len(a) > len(b) else b[0]):
            return True
        return (
            a.removeprefix("o") == b
            or b.removeprefix("o") == a
            or (a.removeprefix("a") == b and b[0] == "e")
            or (b.removeprefix("a") == a and a[0] == "e")
        )
    for x, y in _OPPOSITE:
        if (x in a and y in b and y not in a) or (y in a and x in b and x not in a):
            return False
    long, short = (a, b) if len(a) > len(b) else (b, a)
    if long.endswith(short) and long[: len(long) - len(short)] in _PREFIX:
        return False
    if long.startswith(short) and len(long) - len(short) <= 2:
        return True
    limit = 2 if len(long) > 8 or (len(long) == 7 and a[-1] == b[-1]) else 1
    return OSA.distance(a, b, score_cutoff=limit) <= limit


def _transliterated(word: str) -> str:
    """A word without the second letter by which ø, ö, æ, ä, å and ü are written where they cannot be."""
    return word.replace("oe", "o").replace("ae", "a").replace("aa", "a").replace("ue", "u")


def _is_byline(loose: list[str], a: Card, b: Card) -> bool:
    """What one title has more is the name of an author, with a footnote mark or without: the next line of a PDF."""
    long = a.words if len(a.words) > len(b.words) else b.words
    names = [word for word in loose if len(word) > 1 or not word.isdigit()]
    if not 1 < len(names) < 5 or long[-len(names) :] != names:
        return False
    written = {word for card in (a, b) for name in card.people for word in name[2].split()}
    return written.issuperset(names)


def _numbers(words: list[str], every: list[str]) -> list[str]:
    return [_ROMAN.get(w, w) for w in words if w.isdigit() or (w in _ROMAN and (len(w) > 1 or w == every[-1] or "part" in every))]


def _trap(a: Card, b: Card, left: list[str], right: list[str]) -> str:
    loose = left + right
    for marks, why in ((_ERRATUM, "erratum"), (_PROTOCOL, "protocol")):
        if not marks.isdisjoint(loose):
            return why
    if not _PART.isdisjoint(loose) or (loose and all(word in _MONTH or word.isdigit() for word in loose) and not _MONTH.isdisjoint(loose)):
        return "part"
    if _replies(a.words, left) or _replies(b.words, right):
        return "reply"
    here, there = _numbers(left, a.words), _numbers(right, b.words)
    if not here or not there:  # a year that only one title tells is no number of a series
        here, there = [n for n in here if len(n) != 4], [n for n in there if len(n) != 4]
    if here and there:
        return "part" if here != there else ""
    if _counts_differ(a.words, b.words):
        return "part"
    for mine, every in ((here, a.words), (there, b.words)):
        if mine and not _is_mark(mine, every, least=3 if _one_issue(a, b) else 4):
            return "part"
    if _series(a.words) != _series(b.words):
        return "part"
    return ""


def _replies(every: list[str], loose: list[str]) -> bool:
    """The loose words hold a reply mark where replies carry it: in the first two or the last two words."""
    found = _REPLY.intersection(loose)
    return bool(found) and not found.isdisjoint(every[:2] + every[-2:])


def _series(words: list[str]) -> list[str]:
    """The number after 'part', or a Roman number at the end."""
    out = [
        _COUNT.get(_ROMAN.get(v, v), _ROMAN.get(v, v))
        for w, v in pairwise(words)
        if w in _PART and (v.isdigit() or v in _ROMAN or v in _COUNT)
    ]
    if not out and words and words[-1] in _ROMAN:
        out.append(_ROMAN[words[-1]])
    return out


def _is_mark(numbers: list[str], every: list[str], least: int) -> bool:
    """One small number at the very end or start of more than ``least`` words: a footnote mark or the number of an abstract."""
    if not every[-1].isdigit() and not every[0].isdigit():
        return False
    return len(every) > least and all(n in (every[0], every[-1]) and (n == every[0] or len(n) == 1) for n in numbers)


def _without_marks(every: list[str], loose: list[str]) -> list[str]:
    return [w for w in loose if not (w.isdigit() and w in (every[0], every[-1]))] if loose else loose
