"""What the two databases do differently in a search: how tokens are kept, and how a tree of words becomes a condition on Record.

PostgreSQL: one tsvector, written as a literal, under a GIN index. Its tokens begin with their kind (s stem, w word, n name, d and p
identifiers) and carry the part of the record as weight. SQLite: one FTS5 table with a column for each kind and part.
tests/screening/search/test_contract.py holds both to the same hits.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from screening.models import SearchText
from screening.search.query import All, Either, Node, Number, Text
from screening.search.tokens import GAP, PARTS, Tokens, number, plain, stems

WEIGHTS = dict(zip(PARTS, "ABCD", strict=True))
WORDS, STEMS = tuple(f"{part}_words" for part in PARTS), tuple(f"{part}_stems" for part in PARTS)
COLUMNS = (*WORDS, *STEMS, "names", "numbers")
TABLE = "screening_searchfts"
MOST_PLACES = 255
#: What a word counts by where it stands, for the order of relevance.
WORTH = {"title": 10, "abstract": 4, "journal": 1, "keywords": 6}
#: Ranks are whole numbers, so that a place in their order can be written into an address and found again.
FINENESS = 1_000_000


def matches(node: Node) -> Q:
    """Give the condition on Record for a tree of Text and Number under All and Either."""
    if connection.vendor == "postgresql":
        return Q(search_text__tokens__matches=_tsquery(node))
    return Q(pk__in=RawSQL(f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [_match(node)]))  # noqa: S608, S611 - names of tables and columns, no value


def among(ids: Sequence[int]) -> Q:
    """Give the condition that a record is one of these, however many they are: found once, they are counted in many ways."""
    if connection.vendor == "postgresql":
        return Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(ids)]))
    return Q(pk__in=RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))]))


def ranks(node: Node, ids: Sequence[int]) -> dict[int, int]:
    """Say how well each of these records fits a tree of Text and Number: the more the better. One that holds none of it is left out."""
    if connection.vendor == "postgresql":
        sql = (
            f"SELECT record_id, (%s * ts_rank('{{{_by_weight()}}}', tokens, %s::tsquery, 1))::bigint "  # noqa: S608 - names of tables and columns, no value
            f"FROM {connection.ops.quote_name(SearchText._meta.db_table)} WHERE record_id = ANY(%s)"
        )
        params: list[Any] = [FINENESS, _tsquery(node), list(ids)]
    else:
        worth = ", ".join(str(WORTH.get(column.partition("_")[0], 1)) for column in COLUMNS)
        sql = (
            f"SELECT rowid, CAST(-bm25({TABLE}, {worth}) * %s AS INTEGER) FROM {TABLE} "  # noqa: S608 - names of tables and columns, no value
            f"WHERE {TABLE} MATCH %s AND rowid IN (SELECT value FROM json_each(%s))"
        )
        params = [FINENESS, _match(node), json.dumps(list(ids))]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return dict(cursor.fetchall())


def _by_weight() -> str:
    """PostgreSQL's array of weights: of D, C, B and A, which stand for the parts from the last to the first."""
    return ", ".join(str(WORTH[part] / max(WORTH.values())) for part in reversed(PARTS))


def holding() -> AbstractContextManager[Any]:
    """Within this, ``hold`` keeps what was found. PostgreSQL: to the end of a transaction; on SQLite one would lock writers out."""
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()


def hold(rows: QuerySet[Any], name: str) -> Q:
    """Find rows of Record once, and give the condition that a record is one of them: for many counts of many rows.

    ``name``: an identifier; the same one again takes the place of the former.
    """
    table = connection.ops.quote_name(f"held_{name}")
    try:
        sql, params = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # nothing can fit
        return Q(pk__in=[])
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} {'ON COMMIT DROP ' if connection.vendor == 'postgresql' else ''}AS {sql}", params)
        cursor.execute(f"ANALYZE {table}")
    return Q(pk__in=RawSQL(f"SELECT pk FROM {table}", []))  # noqa: S608, S611 - names of tables and columns, no value


def write(tokens: Mapping[int, Tokens]) -> None:
    """Keep the tokens of these records (ids, which have a SearchText each) instead of what was kept of them."""
    if not tokens:
        return
    if connection.vendor == "postgresql":
        _write_vectors(tokens)
    else:
        _write_rows(tokens)


def differing(tokens: Mapping[int, Tokens]) -> list[int]:
    """Of these records, those of which other tokens are kept, or none."""
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(SearchText._meta.db_table)
        sql = (
            f"SELECT new.id FROM unnest(%s::bigint[], %s::text[]) AS new (id, tokens) LEFT JOIN {table} AS kept "  # noqa: S608 - names of tables and columns, no value
            "ON kept.record_id = new.id WHERE kept.tokens IS DISTINCT FROM new.tokens::tsvector ORDER BY new.id"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [list(tokens), [_tsvector(one) for one in tokens.values()]])
            return [pk for (pk,) in cursor.fetchall()]
    with connection.cursor() as cursor:
        sql = f"SELECT rowid, {', '.join(COLUMNS)} FROM {TABLE} WHERE rowid IN (SELECT value FROM json_each(%s))"  # noqa: S608 - names of tables and columns, no value
        cursor.execute(sql, [json.dumps(list(tokens))])
        kept = {row[0]: tuple(row) for row in cursor.fetchall()}
    return [row[0] for row in _rows(tokens) if kept.get(row[0]) != row]


def strays() -> list[int]:
    """Ids in SQLite's full-text table that no SearchText stands for; PostgreSQL keeps the words in its rows."""
    if connection.vendor == "postgresql":
        return []
    kept = connection.ops.quote_name(SearchText._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rowid FROM {TABLE} WHERE rowid NOT IN (SELECT record_id FROM {kept}) ORDER BY rowid")  # noqa: S608 - names of tables and columns, no value
        return [pk for (pk,) in cursor.fetchall()]


def install() -> None:
    """Make SQLite's full-text table, and the trigger that empties it with its SearchText, where they are not there."""
    if connection.vendor != "sqlite":
        return
    kept = SearchText._meta.db_table
    with connection.cursor() as cursor:
        columns = ", ".join(COLUMNS)
        cursor.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5({columns}, tokenize='unicode61 remove_diacritics 0')")
        cursor.execute(
            f'CREATE TRIGGER IF NOT EXISTS "{kept}__forget" AFTER DELETE ON "{kept}" '  # noqa: S608 - names of tables and columns, no value
            f"BEGIN DELETE FROM {TABLE} WHERE rowid = OLD.record_id; END"
        )


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def _write_vectors(tokens: Mapping[int, Tokens]) -> None:
    table = connection.ops.quote_name(SearchText._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS kept SET tokens = new.tokens::tsvector, is_stale = false "  # noqa: S608 - names of tables and columns, no value
            "FROM unnest(%s::bigint[], %s::text[]) AS new (id, tokens) WHERE kept.record_id = new.id",
            [list(tokens), [_tsvector(one) for one in tokens.values()]],
        )


def _tsvector(tokens: Tokens) -> str:
    """Write the literal: each token with its places and the weight of its part. A word and its stem stand in the same place."""
    places: dict[str, list[str]] = {}
    for place, token, weight in _placed(tokens):
        found = places.setdefault(token, [])
        if len(found) < MOST_PLACES:
            found.append(f"{place}{weight}")
    kept = [f"'{token}':{','.join(found)}" for token, found in places.items()]
    return " ".join([*kept, *(f"'{token}'" for token in tokens.numbers)])


def _placed(tokens: Tokens) -> Iterator[tuple[int, str, str]]:
    place = 0
    for part, weight in WEIGHTS.items():
        for word, stem in zip(tokens.words[part], tokens.stems[part], strict=True):
            place += 1
            if word != GAP:
                yield place, f"w{word}", weight
                yield place, f"s{stem}", weight
        place += 1
    for name in tokens.names:
        place += 1
        if name != GAP:
            yield place, f"n{name}", ""


def _tsquery(node: Node) -> str:
    match node:
        case All():
            return f"({' & '.join(map(_tsquery, node.parts))})"
        case Either():
            return f"({' | '.join(map(_tsquery, node.parts))})"
        case Number():
            return f"'{number(node.kind, node.value)}'{':*' if node.beginning else ''}"
        case Text():
            return f"({' | '.join(_tsqueries(node))})"
    raise TypeError(node)


def _tsqueries(text: Text) -> Iterator[str]:
    weight = WEIGHTS.get(text.part or "", "")
    if text.part != "authors":
        if text.exact:
            yield _tsphrase("w", text, weight)
        else:
            yield from (f"'s{stem}'{':' + weight if weight else ''}" for stem in stems(text.words[0]))
    if text.part in ("authors", None):
        yield _tsphrase("n", text, "")


def _tsphrase(kind: str, text: Text, weight: str) -> str:
    last = len(text.words) - 1
    marks = [f"{'*' if text.beginning and i == last else ''}{weight}" for i in range(last + 1)]
    row = [f"'{kind}{plain(word)}'{':' + mark if mark else ''}" for word, mark in zip(text.words, marks, strict=True)]
    return f"({' <-> '.join(row)})"


# --- SQLite ----------------------------------------------------------------------------------------------------------


def _write_rows(tokens: Mapping[int, Tokens]) -> None:
    rows = _rows(tokens)
    marks = ", ".join(["%s"] * (len(COLUMNS) + 1))
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(pk,) for pk in tokens])  # noqa: S608 - names of tables and columns, no value
        cursor.executemany(f"INSERT INTO {TABLE} (rowid, {', '.join(COLUMNS)}) VALUES ({marks})", rows)  # noqa: S608 - names of tables and columns, no value
    SearchText.objects.filter(record_id__in=list(tokens)).update(is_stale=False)


def _rows(tokens: Mapping[int, Tokens]) -> list[tuple[Any, ...]]:
    return [
        (pk, *(" ".join(one.words[part]) for part in PARTS), *(" ".join(one.stems[part]) for part in PARTS), " ".join(one.names),
         " ".join(one.numbers))
        for pk, one in tokens.items()
    ]  # fmt: skip


def _match(node: Node) -> str:
    match node:
        case All():
            return f"({' AND '.join(map(_match, node.parts))})"
        case Either():
            return f"({' OR '.join(map(_match, node.parts))})"
        case Number():
            return f'numbers : "{number(node.kind, node.value)}"{" *" if node.beginning else ""}'
        case Text():
            return f"({' OR '.join(_matches(node))})"
    raise TypeError(node)


def _matches(text: Text) -> Iterator[str]:
    phrase = f'"{" ".join(map(plain, text.words))}"{" *" if text.beginning else ""}'
    if text.part != "authors":
        if text.exact:
            yield f"{{{' '.join(_columns(text, WORDS))}}} : {phrase}"
        else:
            asked = " OR ".join(f'"{stem}"' for stem in stems(text.words[0]))
            yield f"{{{' '.join(_columns(text, STEMS))}}} : ({asked})"
    if text.part in ("authors", None):
        yield f"names : {phrase}"


def _columns(text: Text, columns: Sequence[str]) -> Sequence[str]:
    return columns if text.part is None else [columns[PARTS.index(text.part)]]
