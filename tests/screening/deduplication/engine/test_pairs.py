"""Pairs a librarian would decide at a glance, one table for each trap."""

from dataclasses import replace

import pytest

from screening.deduplication.engine import Item, compare, dedupe

BASE = Item(
    id=1,
    title="Peer support groups in a rural community mental health service",
    authors=("Demo, Anna B.", "Fiktiv, Carl", "Modell, Dina"),
    year=2016,
    journal="Journal of Demo Psychiatry",
    volume="12",
    issue="3",
    pages="482-491",
    doi="10.5555/jdp.2016.482",
)


def other(**changes: object) -> Item:
    return replace(BASE, **{"id": 2, "file": "b", **changes})


SAME = {
    "another dialect": other(title=BASE.title.upper() + ".", authors=("Demo AB", "Fiktiv C", "Modell D"),
                             pages="482-91", doi="https://doi.org/10.5555/JDP.2016.482", journal="J Demo Psychiatr"),
    "no DOI": other(doi="", pages="482"),
    "database notes": other(title="Peer support groups in a rural community mental health service. [Review] [33 refs]", doi=""),
    "an erratum exists": other(title=BASE.title + ". [Erratum appears in J Demo Psychiatr. 2017 [corrected]]", doi=""),
    "online first": other(year=2015, volume="", issue="", pages="", doi=""),
    "issue in the volume": other(volume="12 (3)", issue="", doi=""),
    "electronic pages": other(pages="e10482", doi=""),
    "count of pages": other(pages="1-10", doi=""),
    "spelling": other(title="Peer support groups in a rural comunity mental health services", doi=""),
    "subtitle missing": replace(BASE, id=2, title=BASE.title + ": findings from a long evaluation", doi=""),
    "footnote mark": other(title=BASE.title + "1", doi=""),
    "names turned round": other(authors=("Anna B. Demo", "Carl Fiktiv", "Dina Modell"), doi=""),
    "other order of authors": other(authors=("Modell, D.", "Demo, A. B.", "Fiktiv, C."), doi=""),
    "first author only": other(authors=("Demo, A.",), doi=""),
    "no authors": other(authors=(), doi=""),
    "no title": other(title="", doi=""),
    "retracted, same article": other(title="RETRACTED: Peer support groups in a rural community mental health service", doi=""),
    "translated title in brackets": other(title="[Peer support groups in a rural community mental health service]", doi=""),
    "accents": other(authors=("Démo, Anna", "Fiktiv, Carl", "Modell, Dina"), doi=""),
    "conference copy at one place": other(journal="Journal of Demo Psychiatry. Conference: 4th Demo Congress", doi=""),
    "a wrong DOI, all else one": other(doi="10.5555/jdp.2016.428"),
    "DOI written another way": other(doi="10.5555/jdp.2016-482", pages=""),
    "a year off, one volume and issue": other(year=2013, pages="", doi=""),
    "one wrong page": other(pages="842-891", doi=""),
    "a journal's acronym": other(journal="JDP", doi=""),
    "two letters changed round": other(title="Peer support groups in a rural community metnal health service", pages="", doi=""),
    "a label in brackets": other(title="Peer support groups (panel session) in a rural community mental health service", doi=""),
    "a label before it": other(title="Tutorial: " + BASE.title, doi=""),
    "said twice": other(title=f"{BASE.title} {BASE.title}", doi=""),
    "the author below": other(title=BASE.title + " 1 Anna Demo", doi="", pages=""),
    "the page's head": other(title="Demo & Fiktiv/" + BASE.title, doi="", pages=""),
    "next page": other(pages="483", doi="", volume=""),
    "only the journal's name": other(title="Journal of Demo Psychiatry Abstract Research Article", doi="", pages="", year=None),
    "some line of the paper": other(title="About two wards of a northern town", doi="", pages="", year=None),
    "cut within a word": other(title=BASE.title[:52], doi=""),
    "short title without its subtitle": replace(BASE, id=2, title="Peer support: " + BASE.title[20:], doi="", journal="J Demo Psychiatry"),
    "number of an abstract": other(title="P-123: " + BASE.title, doi=""),
    "number of an abstract, in words": other(title="Abstract 4711: " + BASE.title, doi=""),
    "again in another language": other(title=BASE.title + " = Likepersongrupper i et psykisk helsevern paa landet", doi=""),
    "language in round brackets": other(title=BASE.title + " (in Norwegian)", doi=""),
    "escaped twice": other(title=BASE.title.replace(" in ", " &amp;lt;i&amp;gt;in&amp;lt;/i&amp;gt; "), doi=""),
    "et al. in the name": other(authors=("Demo A. B. et al.",), doi=""),
    "page of the DOI": other(doi="https://doi.org/10.5555/jdp.2016.482/full?src=recsys", pages="", volume="", issue=""),
    "a journal without a name": other(journal="Proc. of the Int. Conf.", pages="", volume="", issue="", doi=""),
    "bare, one word replaced": replace(other(title=BASE.title.replace("service", "setting"), doi=""), volume="", issue="", pages=""),
}  # fmt: skip

LOOK = {
    "erratum": (other(title="Erratum: " + BASE.title, pages="612", issue="6", authors=("Demo, A. B.",), doi=""), "erratum"),
    "erratum with the article's DOI": (other(title="Correction to: " + BASE.title, pages="612", issue="6"), "erratum"),
    "erratum with the same title": (other(pages="612-612", issue="6", doi=""), "erratum"),
    "notice by its tail": (other(title=BASE.title + " (vol 12, pg 482, 2016)", pages="612", issue="6", doi=""), "erratum"),
    "protocol": (other(title=BASE.title + ": a study protocol", pages="12-20", issue="1", doi=""), "protocol"),
    "part two": (other(title=BASE.title + ". Part II", pages="500-512", doi="10.5555/jdp.2016.500"), "part"),
    "reply": (other(title="Reply to: " + BASE.title, pages="495", doi=""), "reply"),
    "preprint": (other(journal="medRxiv", volume="", issue="", pages="", doi="10.1101/2015.10.01.15012345", year=2015), "preprint"),
    "preprint by its type": (other(journal="", volume="", issue="", pages="", doi="", type="Preprint"), "preprint"),
    "conference abstract": (other(journal="Demo Congress Abstracts", volume="9", issue="Suppl 1", pages="S12", doi="", 
                                  type="Conference Abstract"), "conference"),
    "translation": (other(journal="", volume="", issue="", pages="", doi="", language="Norwegian"), "translation"),
    "another DOI, early copy": (other(year=2015, volume="", issue="", pages="", doi="10.5555/early.482"), "unsure"),
    "another PMID": (other(pmid="2002"), "unsure"),
    "same DOI, other words": (other(title="Peer support groups in an urban forensic mental health service", pages="", volume="", issue=""),
                              "unsure"),
}  # fmt: skip

DIFFERENT = {
    "other words, same authors": other(
        title="Family meetings in a rural community mental health service", pages="12-19", doi="10.5555/jdp.2016.12"
    ),
    "numbers differ": other(title="Peer support groups in 12 communities", pages="1-9", doi=""),
    "abstracts that share a DOI": other(title="Housing first in two northern towns", authors=("Dikt, Eva",), pages="483"),
    "other people, other place": other(authors=("Dikt, Eva",), volume="3", pages="9-19", doi="", journal="Demo Nursing"),
}

TRIALS = ("in adult patients with therapy sensitive demo syndrome", "in adolescent patients with therapy sensitive demo syndrome",
          "in adult patients with therapy resistant demo syndrome")  # fmt: skip


@pytest.fixture
def base() -> Item:
    return replace(BASE, file="a", language="English", type="Journal Article", pmid="1001")


@pytest.mark.parametrize("name", SAME)
def test_same(base: Item, name: str) -> None:
    assert compare(base, SAME[name]).decision == "same", compare(base, SAME[name])


@pytest.mark.parametrize("name", LOOK)
def test_to_look_at(base: Item, name: str) -> None:
    item, why = LOOK[name]
    if why == "part":
        base = replace(base, title=base.title + ". Part I")
    found = compare(base, item)
    assert (found.decision, found.why) == ("look", why), found
    assert [(p.why) for p in dedupe([base, item]).look] == [why]


@pytest.mark.parametrize("name", DIFFERENT)
def test_different(base: Item, name: str) -> None:
    found = compare(base, DIFFERENT[name])
    assert found.decision == "different", found
    assert found.evidence


@pytest.mark.parametrize("name", [*SAME, *LOOK, *DIFFERENT])
def test_symmetric(base: Item, name: str) -> None:
    item = SAME.get(name) or DIFFERENT.get(name) or LOOK[name][0]
    there, back = compare(base, item), compare(item, base)
    assert (there.decision, there.rule, there.score, there.why) == (back.decision, back.rule, back.score, back.why)
    assert there.evidence == back.evidence


FIVE = ("Demo, A", "Fiktiv, C", "Modell, D", "Prøve, E", "Skisse, F")
IN_ONE_VOLUME = {
    "an earlier single page": (other(authors=FIVE, issue="1", pages="75", doi=""), "same", "title-authors-volume"),
    "two numbers of pages": (other(authors=FIVE, issue="6", pages="612-619", doi=""), "same", "title-authors-volume"),
    "a later single page": (other(authors=FIVE, issue="6", pages="612", doi=""), "look", "erratum"),
    "a supplement": (other(authors=FIVE, issue="Suppl 1", pages="S75", doi=""), "look", "conference"),
    "a type": (other(authors=FIVE, issue="1", pages="75", doi="", type="Conference Abstract"), "look", "conference"),
    "two DOIs": (other(authors=FIVE, issue="1", pages="75", doi="10.5555/jdp.2016.75"), "look", "unsure"),
    "another volume": (other(authors=FIVE, volume="11", issue="1", pages="75", doi=""), "look", "unsure"),
    "three people": (other(issue="1", pages="75", doi=""), "look", "conference"),
    "five of many, others first": (other(authors=("Dikt, Eva", "Lek, Ola", *FIVE), issue="1", pages="75", doi=""), "look", "conference"),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_ONE_VOLUME)
def test_one_title_twice_in_one_volume(base: Item, name: str) -> None:
    item, decision, rule = IN_ONE_VOLUME[name]
    article = replace(base, authors=(*FIVE, "Utkast, G"))
    found = compare(article, item)
    assert (found.decision, found.rule or found.why) == (decision, rule), found
    assert compare(article, item, strictness="careful").decision == "look"


ON_ONE_RANGE = {
    "another translation": ("Groups of mutual support among peers in community services of the countryside for mental health", {}, "same"),
    "other words altogether": ("Sheltered housing and the cost of winter nights", {}, "look"),
    "a count of pages": ("Mutual support among peers and the community: costs in mental health", {"pages": "1-10"}, "different"),
    "pages of a supplement": ("Mutual support among peers and the community: costs in mental health", {"issue": "Suppl 3"}, "different"),
    "another issue": ("Mutual support among peers and the community: costs in mental health", {"issue": "4"}, "different"),
    "one person more": ("Sheltered housing and the cost of winter nights", {"authors": (*BASE.authors, "Dikt, E.")}, "different"),
}  # fmt: skip


@pytest.mark.parametrize("name", ON_ONE_RANGE)
def test_one_range_of_pages_under_another_title(name: str) -> None:
    """Databases translate a title each for itself; the same people on the same pages wrote one paper."""
    title, changes, decision = ON_ONE_RANGE[name]
    one = replace(BASE, doi="", **({"pages": "1-10"} if "pages" in changes else {}))
    two = replace(one, id=2, title=title, journal="J Demo Psychiatr", **changes)
    assert compare(one, two).decision == decision, compare(one, two)
    assert len(dedupe([one, two]).edges) == (decision == "same")


@pytest.mark.parametrize(("issue", "pages"), [("482", ""), ("0482", ""), ("482", "1-12")])
def test_an_article_number_in_the_field_of_the_issue(issue: str, pages: str) -> None:
    assert compare(replace(BASE, doi="", pages="e482"), other(doi="", issue=issue, pages=pages)).decision == "same"


def test_a_journal_printed_in_two_languages_is_shown() -> None:
    """One DOI, the same people, volume and issue, and pages of its own for each language."""
    norwegian = other(title="Likepersonsgrupper i psykisk helsearbeid på bygda", pages="458-467", language="Norwegian")
    assert compare(BASE, norwegian).decision == "look"
    assert compare(replace(BASE, pages="A12"), replace(norwegian, pages="A13", language="")).decision == "different"


def test_series_of_trials_that_differ_in_one_word() -> None:
    items = [Item(id=n, title=f"Open label controlled trial of demozumab {tail}", authors=("Demo Pharmaceuticals",), year=2011)
             for n, tail in enumerate(TRIALS)]  # fmt: skip
    assert dedupe(items).edges == ()


def test_series_of_columns_that_differ_in_the_month() -> None:
    items = [
        Item(id=n, title=f"Gateways to demonstration studies{tail}", authors=("Demo, A", "Fiktiv, C"), year=2011, journal="Demo Methods")
        for n, tail in enumerate(("", ": July 2011", ". March 2011"))
    ]
    assert dedupe(items).edges == ()


def test_companion_papers_without_place() -> None:
    """Efficacy and safety of one trial, told in two abstracts of one year."""
    items = [
        Item(id=n, title=f"Long term {what} of demozumab in a randomised trial", authors=("Demo, A", "Fiktiv, C"), year=2011)
        for n, what in enumerate(("efficacy", "safety"))
    ]
    assert dedupe(items).edges == ()


def test_a_paper_without_title_goes_to_nobody_where_two_fit() -> None:
    place = {"authors": ("Demo, A", "Fiktiv, C"), "journal": "Demo Record", "volume": "3", "issue": "2"}
    items = [
        Item(id=1, title="Housing first in two northern towns", year=2010, pages="1-9", **place),
        Item(id=2, title="Peer support after a long stay in hospital", year=2010, pages="10-19", **place),
        Item(id=3, title="Some line of one of them", **place),
    ]
    assert dedupe(items).edges == ()


def test_editors_put_before_the_authors_are_not_the_authors() -> None:
    place = {"journal": "Demo Record", "volume": "3", "issue": "2"}
    items = [
        Item(id=1, title="Introduction to the issue on demonstration", authors=("Modell, D", "Prøve, E"), year=2010, pages="1-2", **place),
        Item(id=2, title="", authors=("Demo, A", "Fiktiv, C", "Modell, D", "Prøve, E"), **place),
    ]
    assert dedupe(items).edges == ()


def test_the_column_of_an_issue_and_its_title_are_shown() -> None:
    place = {"authors": ("Demo, A",), "journal": "Demo Record", "volume": "3", "issue": "2"}
    items = [Item(id=1, title="Editor's Comments", year=2010, **place), Item(id=2, title="Editor's Comments What we learned", **place)]
    assert [(pair.a, pair.b) for pair in dedupe(items).look] == [(1, 2)]


@pytest.mark.parametrize(("one", "two"), [(": part 1", ": part 2"), (" (I)", " (II)"), (". Part I", ". Part II")])
def test_parts_whose_numbers_stand_in_the_title_already(one: str, two: str) -> None:
    """'… of type 1 and 2, grade II: part 1' holds the same words as '… part 2'."""
    title = "Support in demo syndrome of type 1 and 2, grade I and II"
    items = [replace(BASE, id=n, title=title + tail, doi="", pages="") for n, tail in enumerate((one, two))]
    assert dedupe(items).edges == ()


def test_abstracts_with_numbers_of_their_own() -> None:
    items = [replace(BASE, id=n, title=f"P-{n}: {BASE.title}", doi="", pages="") for n in (123, 124)]
    result = dedupe(items)
    assert (result.edges, [pair.why for pair in result.look]) == ((), ["part"])


@pytest.mark.parametrize("place", [{"volume": "", "issue": ""}, {}])
def test_one_word_parts_two_entries_that_one_source_wrote(place: dict[str, str]) -> None:
    """Companion papers stand in a database letter for letter alike but for the word that parts them."""
    items = [
        replace(BASE, id=n, title=f"Peer support groups and {what} in a rural community", doi="", pages="", **place)
        for n, what in enumerate(("housing", "hearing"))
    ]
    assert dedupe(items).edges == ()
    assert len(dedupe([items[0], replace(items[1], journal="J Demo Psychiatry", authors=("Demo AB", "Fiktiv C", "Modell D"))]).edges) == 1


def test_title_and_its_beginning_without_a_page() -> None:
    """A title that goes on after a colon is the same paper; one that goes on in the same sentence may be the next."""
    short = replace(BASE, id=1, title="Peer support groups in a rural community", doi="", pages="", issue="")
    assert len(dedupe([short, replace(short, id=2, title=short.title + ": a demo evaluation")]).edges) == 1
    assert dedupe([short, replace(short, id=2, title=short.title + " reduce loneliness of men")]).edges == ()


@pytest.mark.parametrize(
    ("left", "right", "edges"),
    [
        ("Phase I/II trial of demozumab in demo disease of adults", "Phase 1/2 trial of demozumab in demo disease of adults", 1),
        ("Phase I/II trial of demozumab in demo disease of adults", "Phase II trial of demozumab in demo disease of adults", 0),
        ("Support of people with type I demo disease in towns", "Support of people with type 1 demo disease in towns", 1),
        ("Support of people with type I demo disease in towns", "Support of people with type II demo disease in towns", 0),
    ],
)
def test_roman_numbers_of_phases_and_types(left: str, right: str, edges: int) -> None:
    assert len(dedupe([replace(BASE, id=1, title=left, doi="", pages=""), other(title=right, doi="", pages="")]).edges) == edges


def test_one_title_at_two_meetings_a_year_apart_is_shown() -> None:
    first = replace(BASE, id=1, doi="", journal="Proceedings of the 12th Demo Congress", volume="", issue="", pages="", year=2015)
    second = replace(BASE, id=2, doi="", journal="Fiktiv Society Annual Meeting", volume="9", issue="", pages="12")
    assert [pair.why for pair in dedupe([first, second]).look] == ["unsure"]
    assert len(dedupe([replace(first, year=2016), second]).edges) == 1


PLACE = {"journal": "Demo Record", "volume": "28", "issue": "2"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Measuring demo support in towns. Part II", "Measuring demo support in towns. Part I1"),
        ("A platform for demo support in Town 3.0", "A PLATFORM FOR DEMO SUPPORT IN TOWN 3.0 1"),
        ("Editor's Notes", "EDITOR'S NOTES Volume 28 Iss. 2"),
    ],
)
def test_what_reading_a_page_leaves_in_a_title(left: str, right: str) -> None:
    items = [
        Item(id=1, title=left, authors=("Demo, Anna",), year=2004, pages="3-11", **PLACE),
        Item(id=2, title=right, authors=("Demo, Anna",), **PLACE),
    ]
    assert dedupe(items).groups == ((1, 2),)


def test_a_whole_title_in_its_issue_outweighs_names_that_were_misread() -> None:
    paper = Item(id=1, title=BASE.title, authors=BASE.authors, year=2004, pages="3-11", **PLACE)
    bare = Item(id=2, title=BASE.title.upper(), authors=("Dikt, Eva",), **PLACE)
    assert dedupe([paper, bare]).groups == ((1, 2),)
    assert len(dedupe([paper, replace(bare, year=2004, pages="12")]).groups) == 2
    assert len(dedupe([replace(paper, title="Editorial"), replace(bare, title="Editorial")]).groups) == 2
    rival = replace(paper, id=3, pages="40-41", authors=("Fiktiv, Carl", "Modell, Dina"))
    assert (2,) in dedupe([paper, bare, rival]).groups  # a paper and its discussion under one title: it may be either


def test_titles_without_spaces() -> None:
    """Chinese and Japanese are compared sign by sign: two signs that differ are a word, not a slip."""
    one = Item(id=1, title="演示社区康复支持小组的示范研究", authors=("王, 演",), year=2018, journal="演示杂志", volume="3", issue="2", pages="1-9")
    assert len(dedupe([one, replace(one, id=2, title="演示社区康复支持小组的示范研究。", pages="1")]).edges) == 1
    assert dedupe([one, replace(one, id=2, title="演示医院康复支持小组的示范研究", pages="")]).edges == ()
    assert len(dedupe([one, replace(one, id=2, volume="", issue="", pages="")]).edges) == 1


def test_columns_of_different_issues() -> None:
    items = [
        Item(id=n, title="Editor's notes", authors=("Demo, A",), year=2010, journal="Demo Record", volume="3", issue=str(n))
        for n in range(4)
    ]
    assert dedupe(items).groups == ((0,), (1,), (2,), (3,))


def test_editorial_at_one_place_is_one() -> None:
    one = Item(id=1, title="Editorial", authors=("Demo, A",), year=2010, journal="Demo Record", volume="3", issue="2", pages="1-2")
    assert dedupe([one, replace(one, id=2, title="EDITORIAL.")]).groups == ((1, 2),)


def test_one_file_never_merges_by_itself_unless_identifiers_say_so() -> None:
    one = replace(BASE, doi="")
    twin = replace(one, id=2)
    assert len(dedupe([one, twin]).groups) == 1
    result = dedupe([replace(one, file="a"), replace(twin, file="a")])
    assert result.groups == ((1,), (2,))
    assert [p.why for p in result.look] == ["same-file"]
    assert len(dedupe([replace(one, file="a", doi="10.5555/x.1"), replace(twin, file="a", doi="10.5555/x.1")]).groups) == 1


def test_one_file_does_not_merge_by_way_of_another() -> None:
    one = replace(BASE, doi="", file="a")
    result = dedupe([one, replace(one, id=2), replace(one, id=3, file="b")])
    assert sorted(len(g) for g in result.groups) == [1, 2]


def test_a_record_without_a_title_does_not_chain_two_papers() -> None:
    one = replace(BASE, doi="")
    bare = replace(one, id=2, title="")
    rival = replace(one, id=3, title="Sheltered housing and the cost of winter nights")
    result = dedupe([one, bare, rival])
    assert not any({1, 3} <= set(group) for group in result.groups)


def test_a_record_without_title_or_page_joins_only_when_one_paper_fits() -> None:
    one = Item(
        id=1,
        title="Measures of demo system effectiveness",
        authors=("Demo, A",),
        journal="Demo Quarterly",
        volume="9",
        issue="3",
        pages="11-19",
    )
    bare = Item(id=2, authors=("Demo, A",), journal="Demo Quarterly", volume="9", issue="3")
    rival = replace(one, id=3, title="How long will computers stay foolish", pages="44-50")
    assert dedupe([one, bare]).groups == ((1, 2),)
    assert dedupe([one, bare, rival]).groups == ((1,), (2,), (3,))


def test_careful_asks_more() -> None:
    spelled = SAME["spelling"]
    assert len(dedupe([BASE, spelled]).groups) == 1
    careful = dedupe([BASE, spelled], strictness="careful")
    assert len(careful.groups) == 2
    assert [p.why for p in careful.look] == ["unsure"]
    assert len(dedupe([BASE, SAME["no DOI"]], strictness="careful").groups) == 1


def test_evidence_is_in_words() -> None:
    says = [e.says for e in compare(BASE, SAME["online first"]).evidence]
    assert "Years differ by one: 2015, 2016." in says
    assert "Authors are the same." in says


@pytest.mark.parametrize(
    "item",
    [
        Item(id=2),
        Item(id=2, title="[" * 3000),
        Item(id=2, title="... " * 2000),
        Item(id=2, title="(" * 5000 + " a" * 3000),
        Item(id=2, pages="9" * 6000, volume="8" * 6000, issue="7" * 6000, pmid="6" * 6000),
        Item(id=2, title="社会的支援と回復", authors=("山田, 花子",), year=2016),
        Item(id=2, title="\x00\ud800", authors=(",", ";", "", " , "), doi="10.", issn=",;", language="??"),
    ],
)
def test_odd_input_is_taken(item: Item) -> None:
    assert dedupe([BASE, item]).groups == ((1,), (2,))
    assert compare(item, BASE).decision != "same"


def test_two_items_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        dedupe([BASE, BASE])
