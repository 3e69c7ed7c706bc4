"""What holds for any input: order, batches, 'not a duplicate', merges that stay."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from screening.deduplication.engine import Item, dedupe

TITLES = (
    "", "Editorial", "Peer support groups in a rural service", "Peer support groups in a rural service.",
    "Peer support groups in an urban service",
    "Peer support groups in a rural service: Part I", "Peer support groups in a rural service: Part II",
    "Erratum: Peer support groups in a rural service",
    "Housing first in two northern towns", "Housing first in two northern towns: a study protocol",
)  # fmt: skip
PEOPLE = ((), ("Demo, Anna",), ("Demo A", "Modell D"), ("Modell, D.", "Demo, A."), ("Dikt, Eva",))
ITEM = st.builds(
    Item,
    id=st.just(0),
    title=st.sampled_from(TITLES),
    authors=st.sampled_from(PEOPLE),
    year=st.sampled_from((None, 2015, 2016, 2020)),
    journal=st.sampled_from(("", "Journal of Demo Studies", "J Demo Stud", "Other Demo Record")),
    volume=st.sampled_from(("", "1", "2")),
    issue=st.sampled_from(("", "1", "2")),
    pages=st.sampled_from(("", "10-19", "10", "44-50", "e77")),
    doi=st.sampled_from(("", "", "10.5555/a.1", "10.5555/b.2")),
    pmid=st.sampled_from(("", "", "", "11", "12")),
    file=st.sampled_from(("", "a", "b")),
)
ITEMS = st.lists(ITEM, min_size=2, max_size=9).map(lambda items: [_numbered(item, n) for n, item in enumerate(items)])


def _numbered(item: Item, number: int) -> Item:
    return Item(**{**{f: getattr(item, f) for f in Item.__slots__}, "id": number})


def _group_of(groups: tuple[tuple[int | str, ...], ...]) -> dict[int | str, int]:
    return {one: n for n, group in enumerate(groups) for one in group}


@settings(max_examples=150, deadline=None)
@given(ITEMS, st.randoms(use_true_random=False))
def test_any_order_gives_the_same(items: list[Item], rnd: random.Random) -> None:
    shuffled = list(items)
    rnd.shuffle(shuffled)
    assert dedupe(shuffled) == dedupe(items)


@settings(max_examples=150, deadline=None)
@given(ITEMS)
def test_edges_are_a_forest_that_spans_the_groups(items: list[Item]) -> None:
    result = dedupe(items)
    assert sorted(one for group in result.groups for one in group) == [item.id for item in items]
    assert len(result.edges) == len(items) - len(result.groups)
    where = _group_of(result.groups)
    assert all(where[e.a] == where[e.b] and e.evidence and 0 < e.score <= 1000 for e in result.edges)
    assert all(where[p.a] != where[p.b] and p.why for p in result.look)


@settings(max_examples=150, deadline=None)
@given(ITEMS, st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda p: p[0] != p[1]), max_size=4))
def test_apart_is_never_joined(items: list[Item], apart: set[tuple[int, int]]) -> None:
    result = dedupe(items, apart=apart)
    where = _group_of(result.groups)
    for a, b in apart:
        if a in where and b in where:
            assert where[a] != where[b]
            assert not any({p.a, p.b} == {a, b} for p in result.look)


@settings(max_examples=100, deadline=None)
@given(ITEMS, st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda p: p[0] != p[1]), max_size=4))
def test_together_is_never_split(items: list[Item], together: set[tuple[int, int]]) -> None:
    result = dedupe(items, together=together)
    where = _group_of(result.groups)
    assert all(where[a] == where[b] for a, b in together if a in where and b in where)
    assert not any({e.a, e.b} == set(pair) for e in result.edges for pair in together)


@settings(max_examples=100, deadline=None)
@given(ITEMS, st.integers(1, 8))
def test_a_later_batch_only_adds_merges(items: list[Item], cut: int) -> None:
    first = dedupe(items[:cut])
    kept = [(e.a, e.b) for e in first.edges]
    second = dedupe(items, new={item.id for item in items[cut:]}, together=kept)
    where = _group_of(second.groups)
    assert all(len({where[one] for one in group}) == 1 for group in first.groups)
    fresh = {item.id for item in items[cut:]}
    assert all(e.a in fresh or e.b in fresh for e in second.edges)


@settings(max_examples=150, deadline=None)
@given(ITEMS)
def test_one_file_needs_an_identifier(items: list[Item]) -> None:
    by_id = {item.id: item for item in items}
    for group in dedupe(items).groups:
        for n, a in enumerate(group):
            for b in group[n + 1 :]:
                one, two = by_id[a], by_id[b]
                if one.file and one.file == two.file:
                    assert (one.doi and one.doi == two.doi) or (one.pmid and one.pmid == two.pmid)


def _study(paper: int, number: int) -> Item:
    return Item(
        id=number,
        title=f"Study {paper} of demo matter number {paper} in place {paper}",
        authors=("Demo, A", f"Fiktiv{paper}, B"),
        year=2000 + paper % 20,
        journal="Demo Studies",
        volume=str(paper),
        pages=f"{paper * 10 + 1}-{paper * 10 + 9}",
        file=f"file{number // 40}",
    )


def test_batches_of_clean_copies_give_what_one_run_gives() -> None:
    items = [_study(n % 40, n) for n in range(120)]
    whole = dedupe(items)
    assert len(whole.groups) == 40
    kept: list[tuple[int | str, int | str]] = []
    for end in (30, 75, 120):
        part = dedupe(items[:end], new=[i.id for i in items[max(0, end - 45) : end]], together=kept)
        kept += [(e.a, e.b) for e in part.edges]
    assert part.groups == whole.groups


def test_workers_change_nothing() -> None:
    items = [
        Item(id=n, title=f"Demo paper {n % 900} on subject {n % 30} and matter {n % 7}", authors=("Demo, A",), year=2010)
        for n in range(3000)
    ]
    assert dedupe(items, workers=2) == dedupe(items)


def test_progress_ends_at_the_total() -> None:
    calls: list[tuple[int, int]] = []
    dedupe(
        [Item(id=n, title="One demo title that is long enough to compare", year=2001) for n in range(5)],
        progress=lambda done, total: calls.append((done, total)),
    )
    assert calls[-1][0] == calls[-1][1] > 0
