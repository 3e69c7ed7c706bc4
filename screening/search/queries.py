"""Search the records of a review: what was typed becomes a queryset, and sentences on what was understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from reviewapp.reviews.models import Member, Review
from screening.models import Record, SearchText
from screening.search import engine
from screening.search.fields import Asker, Field, Unclear, fields_for
from screening.search.query import All, Either, Fact, Node, Number, Query, Text, Without, parse, told


@dataclass(slots=True)
class Found:
    """The heads that fit, how what was typed was understood, and what in it was unclear."""

    rows: QuerySet[Record]
    understood: str = ""
    notes: list[str] = field(default_factory=list)


def search(review: Review, text: str, *, member: Member | None = None) -> Found:
    """Find the heads of a review that fit ``text``, in the language of screening.search.query. Never raises for what is typed.

    ``member``: who asks; without one the fields on one's own votes are unknown. Parked and removed records are among the hits.
    """
    asker = Asker(review, member)
    query = read(asker, text)
    condition = condition_of(asker, query)
    rows: QuerySet[Record] = Record.objects.for_review(review).heads()
    return Found(rows.filter(condition) if condition else rows, told(query.tree), query.notes)


def read(asker: Asker, text: str) -> Query:
    """Read what was typed, with the fields that this person has."""
    return parse(text, fields_for(asker))


def condition_of(asker: Asker, query: Query) -> Q:
    """Give the condition on Record for what was read. What cannot be read is left out of the tree and said in its notes."""
    known = fields_for(asker)
    conditions: dict[Fact, Q] = {}
    query.tree = _readable(query.tree, asker, known, conditions, query.notes)
    return _condition(query.tree, conditions) if query.tree is not None else Q()


def _readable(
    node: Node | None, asker: Asker, known: Mapping[str, Field], conditions: dict[Fact, Q], notes: list[str]
) -> Node | None:
    match node:
        case Fact():
            try:
                conditions[node] = known[node.field].condition(asker, node.value)
            except Unclear as unclear:
                notes.append(str(unclear))
                return None
            return node
        case Without():
            part = _readable(node.part, asker, known, conditions, notes)
            return Without(part) if part is not None else None
        case All() | Either():
            parts = [_readable(part, asker, known, conditions, notes) for part in node.parts]
            kept = tuple(part for part in parts if part is not None)
            return type(node)(kept) if len(kept) > 1 else kept[0] if kept else None
    return node


def _condition(node: Node, facts: Mapping[Fact, Q]) -> Q:
    """Ask the index once for each largest part of the tree that is of words only."""
    if _of_words(node):
        return engine.matches(node)
    match node:
        case Fact():
            return facts[node]
        case Without():
            return ~_condition(node.part, facts)
        case All():
            texts, others = _parted(node.parts)
            found = engine.matches(All(texts) if len(texts) > 1 else texts[0]) if texts else Q()
            for part in others:
                found &= _condition(part, facts)
            return found
        case Either():
            texts, others = _parted(node.parts)
            found = engine.matches(Either(texts) if len(texts) > 1 else texts[0]) if texts else Q(pk__in=[])
            for part in others:
                found |= _condition(part, facts)
            return found
    raise TypeError(node)


def _of_words(node: Node) -> bool:
    return isinstance(node, Text | Number) or (isinstance(node, All | Either) and all(map(_of_words, node.parts)))


def _parted(parts: tuple[Node, ...]) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    return tuple(part for part in parts if _of_words(part)), tuple(part for part in parts if not _of_words(part))


def waits(review: Review) -> bool:
    """Say whether records of this review wait to be indexed, so that a search may not find them yet."""
    return SearchText.objects.for_review(review).filter(is_stale=True).exists()
