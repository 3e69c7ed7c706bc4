"""The product's own readers and dedupe engine on the demo's files."""

import io

import pytest

from reviewapp.demo import truth, writers

readers = pytest.importorskip("screening.importing.readers")
engine = pytest.importorskip("screening.deduplication.engine")


@pytest.fixture(scope="module")
def read():
    return {file.name: list(readers.open_export(io.BytesIO(file.content), file.name)) for file in writers.files()}


@pytest.fixture(scope="module")
def items(read):
    rounds = {file.name: file.round for file in writers.files()}
    found = []
    for name, entries in read.items():
        for entry in entries:
            if fields := entry.fields:
                item = engine.Item(
                    id=len(found) + 1, title=fields.title, authors=fields.authors, year=fields.year, journal=fields.journal,
                    volume=fields.volume, issue=fields.issue, pages=fields.pages, article_number=fields.article_number, doi=fields.doi,
                    accession=fields.accession, database=fields.database, abstract=fields.abstract, issn=fields.issn, type=fields.type,
                    language=fields.language, file=name,
                )  # fmt: skip
                found.append((item, rounds[name], truth.key_of(fields.title, fields.doi, fields.accession)))
    return found


def test_readers_find_every_entry_and_one_to_look_at(read):
    assert {name: len(entries) for name, entries in read.items()} == {file.name: file.hits for file in writers.files()}
    to_look_at = [(name, entry.position) for name, entries in read.items() for entry in entries if entry.fields is None]
    assert to_look_at == [truth.unreadable()]


def test_every_imported_record_gives_its_key_back(items):
    assert len(items) == 2818
    assert all(key is not None for _, _, key in items)
    assert len({key for _, _, key in items}) == 1974


def test_titles_and_abstracts_arrive_whole(read):
    swemed = read["demo-swemed-2018-02.ris"]
    titles = {entry.fields.title for entry in swemed if entry.fields}
    assert any("ö" in title for title in titles)
    ovid = [entry.fields for entry in read["demo-psycinfo-2018-02-part2.ris"]]
    assert all("invented" in fields.abstract or "oppdiktet" in fields.abstract for fields in ovid if fields.abstract)
    assert not any("Copyright of" in entry.fields.abstract for entry in read["demo-cinahl-2018-02.ris"])


@pytest.mark.parametrize(("rounds", "surplus", "pairs"), [((1,), 704, 8), ((1, 2), 844, 9)])
def test_engine_merges_most_and_nothing_wrongly(items, rounds, surplus, pairs):
    key = {item.id: key for item, _, key in items}
    result = engine.dedupe([item for item, number, _ in items if number in rounds])
    assert [edge for edge in result.edges if key[edge.a] != key[edge.b]] == []
    assert 0.9 * surplus <= len(result.edges) <= surplus
    look = [(key[pair.a], key[pair.b]) for pair in result.look]
    by_hand = sum(truth.same(a, b) for a, b in look)
    assert len(result.edges) + by_hand == surplus
    assert by_hand > 0
    rejected = {frozenset(pair) for pair in look if not truth.same(*pair)}
    assert rejected <= {frozenset(pair[:2]) for pair in truth.rejected_pairs()}
    assert len(rejected) == pairs


def test_prince_is_one_record_across_the_rounds(items):
    key = next(key for key, label in truth.included_reports().items() if label == "Prince et al. 2018")
    copies = [item for item, _, owner in items if owner == key]
    assert {item.year for item in copies} == {2017, 2018}
    assert len(engine.dedupe(copies).groups) == 1


def test_network_papers_join_the_four_records_they_match(items):
    entries = list(readers.open_export(io.BytesIO(truth.network_ris()), "typed.ris"))
    new = [
        engine.Item(
            id=f"n{number}", title=entry.fields.title, authors=entry.fields.authors, year=entry.fields.year, journal=entry.fields.journal,
            volume=entry.fields.volume, issue=entry.fields.issue, pages=entry.fields.pages, doi=entry.fields.doi, file="typed",
        )
        for number, entry in enumerate(entries)
    ]  # fmt: skip
    key = {item.id: key for item, _, key in items} | {item.id: paper.key for item, paper in zip(new, truth.network(), strict=True)}
    result = engine.dedupe([*(item for item, _, _ in items), *new])
    joined = {key[edge.a] for edge in result.edges if str(edge.a).startswith("n") or str(edge.b).startswith("n")}
    assert joined == {paper.key for paper in truth.network() if paper.matches}
    assert all(key[edge.a] == key[edge.b] for edge in result.edges)


def test_file_by_file_gives_the_same_groups_as_all_at_once(items):
    at_once = engine.dedupe([item for item, _, _ in items])
    seen, together = [], []
    for file in writers.files():
        new = [item for item, _, _ in items if item.file == file.name]
        seen += new
        result = engine.dedupe(seen, new=[item.id for item in new], together=together)
        together += [(edge.a, edge.b) for edge in result.edges]
    assert {frozenset(group) for group in result.groups} == {frozenset(group) for group in at_once.groups}
