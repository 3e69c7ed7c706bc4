"""The token texts of a record: what both databases index, made here and nowhere else. Pure.

Every token consists of a–z and 0–9, so that no database's own idea of letters, cases or languages comes in. A word is case folded and
its letters are mapped (å → a, ä → ae, æ → ae, ö and ø → o, others without their marks), after it was stemmed, as Snowball knows æøåäö.
A word of another script becomes ``x`` and its bytes in hexadecimal digits.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import local

import snowballstemmer

from screening.search.languages import STEMMERS, stemmer_of

#: Parts of a record whose words are stemmed, in the order of PostgreSQL's four weights.
PARTS = ("title", "abstract", "journal", "keywords")
#: What stands between two keywords or two authors: a phrase does not reach over it. No word of a text is written so.
GAP = "x0gap0"
#: At most so many tokens of each part are indexed: together below the 16,383 places of a tsvector.
LIMITS = {"title": 500, "abstract": 6000, "journal": 200, "keywords": 2000, "authors": 5000}
_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"å": "a", "ä": "ae", "æ": "ae", "ö": "o", "ø": "o", "ð": "d", "þ": "th", "đ": "d", "ł": "l", "ı": "i", "œ": "oe"})
_PLAIN = re.compile(r"[a-z0-9]+")
_mine = local()


def words(text: str) -> list[str]:
    """Give the words of a text, case folded."""
    return _WORD.findall(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()))


@lru_cache(maxsize=100_000)
def plain(word: str) -> str:
    """Give a case-folded word with the letters a–z and 0–9 only."""
    mapped = unicodedata.normalize("NFKD", word.translate(_LETTERS)).casefold()
    mapped = "".join(letter for letter in mapped if not unicodedata.combining(letter))
    return mapped if _PLAIN.fullmatch(mapped) else "x" + word.encode().hex()


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """Give the mapped stem of a case-folded word in a language of STEMMERS."""
    return plain(_stemmers()[language].stemWord(word) or word)


def _stemmers() -> dict[str, snowballstemmer.stemmer]:
    """One set for each thread: a stemmer holds the word it is at."""
    if not hasattr(_mine, "stemmers"):
        _mine.stemmers = {language: snowballstemmer.stemmer(language) for language in STEMMERS.values()}
    found: dict[str, snowballstemmer.stemmer] = _mine.stemmers
    return found


def stems(word: str) -> list[str]:
    """Give the stems of a word in all four languages, each once: what a query asks for."""
    return list(dict.fromkeys(stem(word, language) for language in STEMMERS.values()))


def number(kind: str, value: str) -> str:
    """Give the token of an identifier (``doi`` or ``pmid``): one token, so that a beginning of it can be asked for; "" for none."""
    value = unicodedata.normalize("NFKC", value).strip().lower()
    if kind == "doi":
        value = re.sub(r"^(https?://)?(dx\.)?doi\.org/|^doi:\s*", "", value)
    value = re.sub(r"[^a-z0-9]", lambda letter: f"x{ord(letter[0]):x}x", value)
    return f"{kind[0]}{value}" if value else ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one record: unstemmed and stemmed words by part, words of authors' names, identifiers."""

    words: dict[str, list[str]]
    stems: dict[str, list[str]]
    names: list[str]
    numbers: list[str]


def tokens_of(
    *, title: str = "", abstract: str = "", journal: str = "", keywords: Sequence[str] = (), authors: Sequence[str] = (),
    language: str = "", dois: Iterable[str] = (), pmids: Iterable[str] = (),
) -> Tokens:  # fmt: skip
    """Make the tokens of a record: words as they stand for beginnings and phrases, and stemmed in the record's language."""
    stemmer = stemmer_of(language)
    parts = {"title": [title], "abstract": [abstract], "journal": [journal], "keywords": keywords}
    found = {part: _joined(texts, LIMITS[part]) for part, texts in parts.items()}
    numbers = [*(number("doi", doi) for doi in dois), *(number("pmid", pmid) for pmid in pmids)]
    return Tokens(
        words={part: [plain(word) for word in row] for part, row in found.items()},
        stems={part: [word if word == GAP else stem(word, stemmer) for word in row] for part, row in found.items()},
        names=[plain(word) for word in _joined(authors, LIMITS["authors"])],
        numbers=list(dict.fromkeys(filter(None, numbers))),
    )


def _joined(texts: Sequence[str], limit: int) -> list[str]:
    """Give the words of several texts with a GAP between each two."""
    row: list[str] = []
    for text in texts:
        if row:
            row.append(GAP)
        row += words(str(text))
    return row[:limit]
