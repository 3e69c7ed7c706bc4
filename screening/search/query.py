"""The language of the search box, read leniently: whatever is typed becomes a tree and, where it was unclear, sentences that say so. Pure.

Words side by side must all be there; ``OR`` (capitals) asks for either; ``-`` or ``NOT`` before something takes it away; "…" is a phrase;
``*`` at the end stands for any ending; brackets group; ``field:`` before a word, a phrase or brackets looks there only.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening.search.tokens import words

#: What people may write for a part of the text → the part.
PARTS: Mapping[str, str] = {
    "title": "title", "ti": "title", "abstract": "abstract", "ab": "abstract", "author": "authors", "authors": "authors", "au": "authors",
    "journal": "journal", "so": "journal", "keyword": "keywords", "keywords": "keywords", "kw": "keywords",
}  # fmt: skip
NUMBERS = ("doi", "pmid")
MOST_TERMS, MOST_BRACKETS, SHORTEST_BEGINNING = 60, 20, 2
MOST_LETTERS = 500
_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/)?10\.\d{4,9}/\S+", re.IGNORECASE)
_PIECE = re.compile(
    r"""(?P<space>\s+)|(?P<open>[-−–]?\()|(?P<close>\))|(?P<phrase>[-−–]?"(?P<inside>[^"]*)(?P<end>"\*?|$))|"""
    r"""(?P<field>[-−–]?(?P<name>[^\W\d_][\w-]{0,30}):(?!//)(?=[^\s)]))|(?P<word>[^\s()"](?:[^\s()"]|\([^\s()"]*\))*)""",
    re.VERBOSE,
)
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "＂": '"'})


@dataclass(frozen=True, slots=True)
class Text:
    """Words beside one another in the text, in one part of it (None: anywhere). ``exact``: as written, else in any form."""

    words: tuple[str, ...]
    part: str | None = None
    exact: bool = False
    beginning: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A DOI or a PMID, or the beginning of one."""

    kind: str
    value: str
    beginning: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A condition on something else than the words of a record; what its value means is known to whoever registered the field."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Without:
    part: "Node"


Node = Text | Number | Fact | All | Either | Without


@dataclass(slots=True)
class Query:
    """What was asked (None: nothing), and what was unclear about it."""

    tree: Node | None = None
    notes: list[str] = field(default_factory=list)


def parse(text: str, facts: Collection[str] = ()) -> Query:
    """Read what was typed. ``facts``: the fields beside those of the text. Never raises."""
    text = text.replace("\x00", "").translate(_QUOTES)
    query = Query()
    if len(text) > MOST_LETTERS:
        text = text[:MOST_LETTERS]
        query.notes.append(_("Only the first %(n)s characters were searched.") % {"n": MOST_LETTERS})
    reader = _Reader(list(_PIECE.finditer(text)), facts, query)
    query.tree = reader.either(None, 0)
    while reader.here is not None:  # closing brackets that nothing opened
        reader.note(_("A closing bracket has no opening one; it was left out."))
        reader.at += 1
        query.tree = _join(All, [query.tree, reader.either(None, 0)])
    return query


class _Reader:
    """Goes through the pieces once, from left to right."""

    def __init__(self, pieces: list[re.Match[str]], facts: Collection[str], query: Query) -> None:
        self.pieces = [piece for piece in pieces if not piece["space"]]
        self.facts, self.query, self.at, self.terms = facts, query, 0, 0

    @property
    def here(self) -> re.Match[str] | None:
        return self.pieces[self.at] if self.at < len(self.pieces) else None

    def note(self, sentence: str) -> None:
        if sentence not in self.query.notes:
            self.query.notes.append(sentence)

    def either(self, part: str | None, depth: int) -> Node | None:
        found = [self.all(part, depth)]
        while self._is("OR"):
            self.at += 1
            found.append(self.all(part, depth))
        if len(found) > 1 and any(one is None for one in found):
            self.note(_("OR stands between two things; one of them is missing here."))
        return _join(Either, found)

    def all(self, part: str | None, depth: int) -> Node | None:
        found: list[Node | None] = []
        while self.here is not None and not self.here["close"] and not self._is("OR"):
            found.append(self.one(part, depth))
        return _join(All, found)

    def _is(self, word: str) -> bool:
        return self.here is not None and self.here["word"] == word

    def one(self, part: str | None, depth: int) -> Node | None:
        piece = self.here
        assert piece is not None
        self.at += 1
        if piece["word"] == "AND":
            return None
        if piece["word"] in ("NOT", "-", "−", "–"):
            if self.here is None or self.here["close"] or self._is("OR"):
                self.note(_("Nothing follows ‘%(sign)s’; it was left out.") % {"sign": piece["word"]})
                return None
            return _without(self.one(part, depth))
        sign = piece[0][:1] in "-−–" and len(piece[0]) > 1
        found = self._plain(piece, part, depth, sign)
        return _without(found) if sign else found

    def _plain(self, piece: re.Match[str], part: str | None, depth: int, sign: bool) -> Node | None:
        if piece["open"]:
            return self._brackets(part, depth)
        if piece["field"]:
            return self._field(piece["name"], part, depth)
        if piece["phrase"]:
            return self._phrase(piece, part)
        return self._word(piece["word"][1:] if sign else piece["word"], part)

    def _brackets(self, part: str | None, depth: int) -> Node | None:
        if depth >= MOST_BRACKETS:
            self.note(_("Brackets inside %(n)s others were left out.") % {"n": MOST_BRACKETS})
            return self.all(part, depth) if self.here is not None and not self.here["open"] else None
        found = self.either(part, depth + 1)
        if self.here is not None and self.here["close"]:
            self.at += 1
        else:
            self.note(_("A bracket is not closed; it was read up to the end."))
        return found

    def _field(self, name: str, part: str | None, depth: int) -> Node | None:
        known = name.casefold()
        if known in PARTS:
            return self.one(PARTS[known], depth)
        following = self.here
        assert following is not None
        if known in NUMBERS or known in self.facts:
            value = self._value()
            return Number(known, value.rstrip("*"), value.endswith("*")) if known in NUMBERS and value.rstrip("*") else (
                Fact(known, value) if value and known not in NUMBERS else None
            )  # fmt: skip
        self.note(_("There is no field ‘%(name)s’; it was searched as a word.") % {"name": name})
        return _join(All, [self._word(name, part), self.one(part, depth)])

    def _value(self) -> str:
        """What stands after a field that is no part of the text: a word or a phrase. Pieces that touch one another belong together."""
        piece = self.here
        assert piece is not None
        self.at += 1
        value = piece["inside"] if piece["phrase"] else piece[0]
        while not piece["phrase"] and self.here is not None and self.here.start() == piece.end() and not self.here["close"]:
            piece = self.here
            value += piece[0]
            self.at += 1
        if piece["open"]:
            self.note(_("Brackets after this field are not read; write the field before each value."))
        return self._counted(value.strip())

    def _phrase(self, piece: re.Match[str], part: str | None) -> Node | None:
        inside = piece["inside"]
        if not piece["end"]:
            said = _("The quotation mark before ‘%(text)s’ is not closed: it was read as a phrase up to the end.")
            self.note(said % {"text": inside[:40]})
        beginning = piece["end"] == '"*' or inside.rstrip().endswith("*")
        return self._text(inside, part, beginning, exact=True)

    def _word(self, written: str, part: str | None) -> Node | None:
        if _DOI.fullmatch(written) and part is None:
            value = self._counted(written.rstrip(".,;"))
            return Number("doi", value.rstrip("*"), value.endswith("*")) if value else None
        if written == "or":
            self.note(_("‘or’ was searched as a word. Write OR in capitals for either of two."))
        if "*" in written.rstrip("*"):
            self.note(_("* stands for any ending, so only at the end of a word: ‘%(word)s’ was read without it.") % {"word": written})
        return self._text(written, part, written.endswith("*"), exact=False)

    def _text(self, written: str, part: str | None, beginning: bool, *, exact: bool) -> Node | None:
        found = tuple(words(written))
        if not found or not self._counted(written):
            return None
        if beginning and len(found) == 1 and len(found[0]) < SHORTEST_BEGINNING:
            self.note(_("‘%(word)s*’ is too short: write two letters and more before *.") % {"word": found[0]})
            return None
        return Text(found, part, exact or beginning or len(found) > 1, beginning)

    def _counted(self, value: str) -> str:
        self.terms += 1
        if self.terms <= MOST_TERMS:
            return value
        self.note(_("Only the first %(n)s words were searched.") % {"n": MOST_TERMS})
        return ""


def _join(kind: Any, parts: list[Node | None]) -> Node | None:
    found: list[Node] = []
    for part in parts:
        if part is not None:
            found += part.parts if isinstance(part, kind) else (part,)
    return None if not found else found[0] if len(found) == 1 else kind(tuple(found))


def _without(part: Node | None) -> Node | None:
    if part is None:
        return None
    return part.part if isinstance(part, Without) else Without(part)


def of_words(node: Node | None) -> Node | None:
    """Give the words and numbers that are wanted somewhere in a tree, as either of them; None where there are none."""
    found = tuple(dict.fromkeys(_wanted(node)))
    return None if not found else found[0] if len(found) == 1 else Either(found)


def _wanted(node: Node | None) -> Iterator[Node]:
    match node:
        case Text() | Number():
            yield node
        case All() | Either():
            for part in node.parts:
                yield from _wanted(part)


NAMED = {
    "title": gettext_lazy("title"), "abstract": gettext_lazy("abstract"), "authors": gettext_lazy("authors"),
    "journal": gettext_lazy("journal"), "keywords": gettext_lazy("keywords"),
}  # fmt: skip


def told(node: Node | None, said: Mapping[Fact, str] | None = None) -> str:
    """Say in words what a tree asks for. ``said``: sentences for facts, where there are better ones than *field value*."""
    match node:
        case None:
            return _("all records")
        case Text():
            return _told_text(node)
        case Number():
            return _("%(kind)s %(value)s%(more)s") % {"kind": node.kind.upper(), "value": node.value, "more": "…" if node.beginning else ""}
        case Fact():
            return (said or {}).get(node) or f"{node.field} {node.value}"
        case Without():
            return _("not %(this)s") % {"this": _inner(node.part, said)}
        case All():
            return _(" and ").join(_inner(part, said, Either) for part in node.parts)
        case Either():
            return _(" or ").join(_inner(part, said, All) for part in node.parts)


def _inner(node: Node, said: Mapping[Fact, str] | None, *bracketed: type) -> str:
    text = told(node, said)
    return f"({text})" if isinstance(node, bracketed or (All, Either)) else text


def _told_text(node: Text) -> str:
    text = f"‘{' '.join(node.words)}{'…' if node.beginning else ''}’"
    return _("%(text)s in the %(part)s") % {"text": text, "part": NAMED[node.part]} if node.part else text
