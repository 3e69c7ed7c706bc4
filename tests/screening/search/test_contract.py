"""What a search finds: the same on PostgreSQL and SQLite, held to a table of questions and to a plain reading of the tokens.

The suite runs on both databases; every expected set here was written by hand or comes from ``Plain`` below, never from a database.
"""

import random
from typing import Any

import pytest
from django.db import connection

from reviewapp.jobs import actions as jobs
from screening.models import Record, SearchText
from screening.search import actions, engine
from screening.search.fields import Asker
from screening.search.queries import read, search
from screening.search.query import All, Either, Node, Number, Text, Without
from screening.search.tokens import GAP, PARTS, Tokens, number, plain, stems
from tests.factories import World

pytestmark = pytest.mark.django_db

PAPERS: dict[str, dict[str, Any]] = {
    "nurses": {
        "title": "Nurses and peer support at home", "abstract": "Nursing in the community. Self-help, recovering slowly.",
        "authors": ["Demo, Åse", "Prøve, Ola"], "journal": "Demo Journal of Care", "year": 2010, "doi": "10.5555/Care.1(a)", "pmid": "12345678",
        "keywords": ["peer support", "home visits"], "language": "English",
    },
    "norsk": {
        "title": "Sykepleieres erfaringer med søvn", "abstract": "Å sove godt på sykehjem. Støtte fra naboer.", "authors": ["Ødegård, Åse"],
        "journal": "Demotidsskrift for omsorg", "year": 2014, "doi": "10.5555/sov", "keywords": ["søvn"], "language": "nor",
    },
    "svensk": {
        "title": "Sjuksköterskors erfarenheter", "abstract": "Att få stöd i vardagen, återhämtning.", "authors": ["Öberg, Per"],
        "journal": "Demo Journal of Care", "year": 2018, "language": "Swedish", "doi": "10.5555/sov.2",
    },
    "dansk": {"title": "Børn og søvn", "abstract": "", "authors": [], "journal": "", "year": None, "language": "dan"},
    "chinese": {"title": "中国 study of support for peers", "abstract": "Café Müller. The term recovery.", "authors": ["Müller, K."], "year": 2015},
    "quiet": {"title": "Support the peer", "abstract": "O’Brien x-ray results: 95% of 1,200.", "authors": ["Peer, Home"], "year": 2016},
}  # fmt: skip
#: What is typed → which papers.
ASKED: dict[str, str] = {
    "": "nurses norsk svensk dansk chinese quiet", "nurse": "nurses", "NURSING": "nurses", "peers": "nurses chinese quiet",
    "sykepleiere": "norsk", "sykepl*": "norsk", "sjukskötersk*": "svensk", "sjukskoterskors": "svensk", "erfaringer": "norsk",
    "erfarenhet": "svensk", "søvn": "norsk dansk", "sovn": "norsk dansk", "sövn": "norsk dansk", "sove": "norsk", "barn": "", "børn": "dansk",
    '"peer support"': "nurses", '"support peer"': "", "self-help": "nurses", '"self help"': "nurses", '"help recovering"': "nurses",
    '"support home"': "", '"the peer"': "quiet", '"peer suppor*"': "nurses", "recover*": "nurses chinese", "recovery": "chinese",
    "title:recovery": "", "abstract:recovery": "chinese", "author:recovery": "", "author:Ødegård": "norsk", "author:odegard": "norsk",
    'author:"Demo, Åse"': "nurses", 'author:"Åse Prøve"': "", "author:prø*": "nurses", "home": "nurses quiet", "title:home": "nurses",
    "author:home": "quiet", "journal:care": "nurses svensk", 'journal:"demo journal"': "nurses svensk", "demo": "nurses svensk",
    "keyword:visit": "nurses", '"support home visits"': "", "中国": "chinese", "中": "", "müller": "chinese", "muller": "chinese",
    "café": "chinese", "cafe": "chinese", "o'brien": "quiet", "x-ray": "quiet", "1,200": "quiet", "doi:10.5555/care.1(A)": "nurses",
    "https://doi.org/10.5555/sov": "norsk", "10.5555/sov": "norsk", "10.5555/sov*": "norsk svensk", "doi:10.5555/so": "", "pmid:12345678": "nurses",
    "pmid:1234*": "nurses", "pmid:1234": "", "doi:10.5555/nothing": "",
    "peer -nurse": "chinese quiet", "-peer": "norsk svensk dansk", "søvn OR stöd": "norsk svensk dansk", "(søvn OR stöd) -children": "norsk svensk dansk",
    "(søvn OR stöd) -title:børn": "norsk svensk", "-(søvn OR peer)": "svensk", "peer OR -support": "nurses norsk svensk dansk chinese quiet",
    "NOT peer AND NOT søvn": "svensk", "title:(peer OR søvn)": "nurses norsk dansk chinese quiet", "title:(peer -support)": "",
    "year:2014..": "norsk svensk chinese quiet", "year:..2014": "nurses norsk", "year:2014..2016": "norsk chinese quiet", "year:2010": "nurses",
    "year:none": "dansk", "peer year:2015..": "chinese quiet", "year:2010 OR søvn": "nurses norsk dansk", "no:abstract": "dansk",
    "has:abstract søvn": "norsk", "has:doi": "nurses norsk svensk", "no:year": "dansk", "language:norwegian": "norsk", "language:da": "dansk",
    "language:none": "chinese quiet", "language:en": "nurses", "source:cinahl søvn": "norsk dansk", "source:1 -peer": "norsk svensk dansk",
    "recovering NOT slowly": "", "recovering NOT slow": "nurses", "'); DROP TABLE x; --": "", '"""': "nurses norsk svensk dansk chinese quiet", "term": "chinese",
    "peer & support | x !y": "", "sup:port": "", "*": "nurses norsk svensk dansk chinese quiet", "NEAR(peer support)": "",
}  # fmt: skip


@pytest.fixture
def papers(world: World) -> dict[int, str]:
    found = {world.record(**fields).pk: name for name, fields in PAPERS.items()}
    bring_up(world)
    return found


def bring_up(world: World) -> None:
    actions.ask(world.review)
    jobs.run_pending("index")


def test_every_question_finds_its_papers(world: World, papers: dict[int, str]) -> None:
    wrong = {}
    for asked, expected in ASKED.items():
        hits = {papers[row.pk] for row in search(world.review, asked).rows}
        if hits != set(expected.split()):
            wrong[asked] = hits
    assert not wrong


def test_another_review_is_not_searched(world: World, papers: dict[int, str]) -> None:
    other = World("elsewhere")
    mine = other.record("Peer support elsewhere")
    bring_up(other)
    assert [row.pk for row in search(other.review, "peer").rows] == [mine.pk]
    assert mine.pk not in {row.pk for row in search(world.review, "peer OR -peer").rows}


class Plain:
    """Reads the tokens of records one by one, as slowly and plainly as can be."""

    def __init__(self, tokens: dict[int, Tokens]) -> None:
        self.tokens = tokens

    def hits(self, node: Node | None) -> set[int]:
        match node:
            case None:
                return set(self.tokens)
            case Without():
                return set(self.tokens) - self.hits(node.part)
            case All():
                return set.intersection(*map(self.hits, node.parts))
            case Either():
                return set.union(*map(self.hits, node.parts))
            case Number():
                wanted = number(node.kind, node.value)
                return {
                    pk for pk, one in self.tokens.items()
                    if any(token == wanted or (node.beginning and token.startswith(wanted)) for token in one.numbers)
                }  # fmt: skip
            case Text():
                return {pk for pk, one in self.tokens.items() if self.fits(node, one)}
        raise TypeError(node)

    def fits(self, text: Text, one: Tokens) -> bool:
        parts = PARTS if text.part is None else [text.part] if text.part in PARTS else []
        row = list(map(plain, text.words))
        if text.part in (None, "authors") and self.stands(row, one.names, text.beginning):
            return True
        if not text.exact:
            return any(stem in one.stems[part] for part in parts for stem in stems(text.words[0]))
        return any(self.stands(row, one.words[part], text.beginning) for part in parts)

    def stands(self, row: list[str], there: list[str], beginning: bool) -> bool:
        for at in range(len(there) - len(row) + 1):
            found = there[at : at + len(row)]
            if GAP not in found and found[:-1] == row[:-1] and (found[-1].startswith(row[-1]) if beginning else found[-1] == row[-1]):
                return True
        return False


def test_random_questions_find_what_a_plain_reading_finds(world: World, papers: dict[int, str]) -> None:
    """400 questions of the papers' own words, joined by whatever the language has."""
    plainly = Plain(dict(actions.read_tokens(list(papers))))
    draw = random.Random(5)
    stock = sorted({word for fields in PAPERS.values() for key in ("title", "abstract") for word in fields[key].split()} | {"Åse", "demo", "nowhere"})

    def term() -> str:
        word = draw.choice(stock).strip("\"().,%-")
        kind = draw.randrange(8)
        if kind == 0:
            word = word[: draw.randint(2, 5)] + "*"
        elif kind == 1:
            at = draw.randrange(len(stock) - 1)
            word = f'"{stock[at]} {stock[at + 1]}"'
        elif kind == 2:
            title = draw.choice(list(PAPERS.values()))["title"].split()
            at = draw.randrange(len(title))
            word = f'"{" ".join(title[at : at + draw.randint(1, 3)])}"'
        elif kind == 3:
            word = f"{draw.choice(['title', 'abstract', 'author', 'journal', 'keyword'])}:{word or 'peer'}"
        return ("-" if draw.random() < 0.2 else "") + word

    for _ in range(400):
        asked = term()
        for _more in range(draw.randrange(4)):
            other = f"({term()} {draw.choice(['', 'OR'])} {term()})" if draw.random() < 0.2 else term()
            asked += f" {draw.choice(['', '', 'OR', 'AND', 'NOT'])} {other}"
        expected = plainly.hits(read(Asker(world.review), asked).tree)
        assert {row.pk for row in search(world.review, asked).rows} == expected, asked


# --- the index is kept up ----------------------------------------------------------------------------------------------


def titles(world: World, asked: str) -> set[str]:
    return {row.title for row in search(world.review, asked).rows}


def test_what_is_not_indexed_yet_is_found_after_the_job(world: World) -> None:
    world.record("Before peers")
    actions.ask(world.review)
    assert titles(world, "peers") == set()
    assert titles(world, "") == {"Before peers"}
    assert jobs.run_pending("index") == 1
    assert titles(world, "peers") == {"Before peers"}


def test_a_second_run_changes_nothing(world: World, papers: dict[int, str]) -> None:
    before = kept()
    bring_up(world)
    assert kept() == before
    assert actions.waiting(world.review) == 0


def kept() -> list[Any]:
    table = "screening_searchtext" if connection.vendor == "postgresql" else engine.TABLE
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return cursor.fetchall()


def test_slices_go_on_until_all_is_indexed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "SLICE", 3)
    monkeypatch.setattr(actions, "SLICE_SQLITE", 3)
    world.records(10, abstract="Slices of peers.")
    bring_up(world)
    assert search(world.review, "slice").rows.count() == 10
    records = list(Record.objects.for_review(world.review).order_by("number"))
    actions.changed(world.review, [record.pk for record in records[2:9]])
    world.records(2, abstract="Slices of peers.")
    jobs.run_pending("index")
    assert search(world.review, "slice").rows.count() == 12
    assert not SearchText.objects.filter(is_stale=True).exists()


def test_all_is_indexed_anew_on_demand(world: World, papers: dict[int, str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("UPDATE screening_searchtext SET tokens = ''")
        else:
            cursor.execute(f"DELETE FROM {engine.TABLE}")
    assert titles(world, "peer") == set()
    assert actions.ask_for_all(world.review) == len(papers)
    jobs.run_pending("index")
    assert search(world.review, "peer").rows.count() == 3
