"""The invented papers and their export files hold the duplicate layout of METHOD.md C1."""

import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from reviewapp.demo import corpus, layout, truth, writers
from reviewapp.demo.studies import INCLUDED
from reviewapp.demo.titles import content_words

from . import counting

ROUND_TOTALS = {1: (1012, 566, 655, 97, 61), 2: (188, 103, 112, 11, 14)}


@pytest.fixture(scope="module")
def built():
    return corpus.build()


@pytest.fixture(scope="module")
def read():
    """Every entry of every file, counted from the bytes: (file, entry, key or None)."""
    rows = []
    for file in writers.files():
        for entry in counting.entries(file):
            key = truth.key_of(entry.first("T1", "TI"), entry.first("DO"), counting.accession(entry))
            rows.append((file, entry, key))
    return rows


def test_eleven_files_hold_the_hits_of_every_source_and_round(read):
    assert Counter(file.round for file in writers.files()) == {1: 6, 2: 5}
    found = Counter((file.round, file.source_key) for file, _, _ in read)
    for number, totals in ROUND_TOTALS.items():
        assert tuple(found[number, source] for source in layout.SOURCES) == totals
    assert sum(found.values()) == 2819
    assert Counter(file.name for file, _, _ in read) == {file.name: file.hits for file in writers.files()}


def test_bytes_hold_the_duplicate_layout(read):
    where = defaultdict(lambda: defaultdict(list))
    for file, _, key in read:
        if key:
            where[file.round][key].append(file.source_key)
    for number in (1, 2):
        layouts = Counter(tuple(sorted(sources)) for sources in where[number].values() if len(sources) > 1)
        assert layouts == {tuple(sorted(sources)): count for sources, count in layout.GROUPS[number].items()}
    first, second = (set(where[number]) for number in (1, 2))
    assert (len(first), len(second), len(first & second), len(second - first)) == (1686, 319, 31, 288)
    assert sum(len(sources) - 1 for sources in where[1].values()) == 704
    assert sum(len(sources) - 1 for sources in where[2].values()) == 109
    assert 704 + 109 + 31 == 844


def test_exactly_one_entry_cannot_be_read(read):
    nobody = [(file.name, entry) for file, entry, key in read if key is None]
    assert [name for name, _ in nobody] == [truth.unreadable()[0]]
    name, position = truth.unreadable()
    in_file = [entry for file, entry, _ in read if file.name == name]
    assert in_file[position - 1] is nobody[0][1]
    assert set(nobody[0][1].tags) == {"ZZ"}


def test_ovid_numbers_its_entries_across_the_batches(read):
    numbers = [(file.name, entry.number) for file, entry, _ in read if (file.source_key, file.round) == ("psycinfo", 1)]
    assert [number for _, number in numbers] == list(range(1, 656))
    assert Counter(name for name, _ in numbers) == {"demo-psycinfo-2018-02-part1.ris": 500, "demo-psycinfo-2018-02-part2.ris": 155}


def test_nordic_letters_are_written_in_the_encoding_of_the_source():
    files = {(file.source_key, file.round): file.content for file in writers.files()}
    assert files["idunn", 1].startswith(b"\xef\xbb\xbf")
    assert "ø".encode() in files["idunn", 1]
    with pytest.raises(UnicodeDecodeError):
        files["swemed", 1].decode("utf-8")
    text = files["swemed", 1].decode("cp1252")
    assert all(letter in text for letter in "æøåäö")


def test_files_are_the_same_bytes_in_another_process():
    script = (
        "import hashlib; from reviewapp.demo import writers; "
        "print(hashlib.sha256(b''.join(file.content for file in writers.files())).hexdigest())"
    )
    here = hashlib.sha256(b"".join(file.content for file in writers.files())).hexdigest()
    environment = os.environ | {"PYTHONHASHSEED": "4711"}
    there = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert there.stdout.strip() == here


def test_copies_of_a_paper_differ_as_exports_do(read, built):
    copies = [copy for copy in built.copies if copy.paper]
    assert 0.2 < sum(not copy.doi for copy in copies) / len(copies) < 0.3
    ovid = [entry for file, entry, _ in read if file.source_key == "psycinfo"]
    assert all(entry.first("DO").startswith("http://dx.doi.org/10.5555/") for entry in ovid if "DO" in entry.tags)
    cinahl = [entry for file, entry, _ in read if file.source_key == "cinahl"]
    assert all(entry.tags["AB"][1].startswith("Copyright of") for entry in cinahl if "AB" in entry.tags)
    assert any(len(entry.first("EP")) < len(entry.first("SP")) for entry in ovid)
    assert sum(copy.bare for copy in copies) == 14
    by_key = defaultdict(set)
    for copy in copies:
        by_key[copy.key].add(copy.title)
    assert sum(len(titles) > 1 for titles in by_key.values()) > 300


def test_everything_outside_the_29_labels_is_visibly_invented(built):
    for paper in built.papers.values():
        assert paper.journal.name.startswith("Demo")
        assert paper.doi == "" or paper.doi.startswith("10.5555/demo.")
        assert paper.title.startswith("[Demo] ") == bool(paper.label)
        if not paper.label:
            assert {author.family for author in paper.authors} == {"Demo"}


def test_29_labels_with_their_surnames_and_years(built):
    labelled = {paper.label: paper for paper in built.papers.values() if paper.label}
    assert set(labelled) == {study.label for study in INCLUDED}
    for study in INCLUDED:
        paper = labelled[study.label]
        assert paper.year == (2017 if study.label.startswith("Prince") else study.year)
        assert paper.authors[0].family in study.surnames[0]
        assert paper.round == (2 if study.label == "Sun et al. 2019" else 1)


def test_prince_is_online_first_in_round_1_and_printed_in_round_2(built):
    paper = next(paper for paper in built.papers.values() if paper.label == "Prince et al. 2018")
    copies = built.copies_of(paper.key)
    assert {(copy.round, copy.year, copy.paper.volume != "") for copy in copies} == {(1, 2017, False), (2, 2018, True)}
    assert paper.key in built.seen_again


def test_only_three_papers_are_older_than_2000(built):
    assert sorted(paper.year for paper in built.papers.values() if paper.year < 2000) == [1996, 1998, 1999]
    assert all(copy.year >= 2000 for copy in built.copies if copy.paper and copy.paper.role != "before_2000")
    assert all(copy.year < 2000 for copy in built.copies if copy.paper and copy.paper.role == "before_2000")
    assert max(paper.year for paper in built.papers.values() if paper.round == 1) <= 2018


def test_abstracts_are_of_ordinary_length_and_some_are_missing(built):
    ordinary = [paper for paper in built.papers.values() if paper.language == "eng" and paper.role == "background"]
    english = [paper.abstract for paper in ordinary if paper.abstract]
    lengths = [len(abstract.split()) for abstract in english]
    assert min(lengths) >= 110
    assert max(lengths) <= 230
    assert sum("Background: " in abstract or "BACKGROUND: " in abstract for abstract in english) > len(english) / 2
    assert 100 < sum(not paper.abstract for paper in built.papers.values()) < 300
    assert {paper.language for paper in built.papers.values()} == {"eng", "nor", "swe", "dan"}


def test_accession_numbers_doi_and_places_belong_to_one_paper(built):
    owner = defaultdict(set)
    for copy in built.copies:
        if copy.paper:
            owner[copy.accession].add(copy.key)
            owner[copy.doi].add(copy.key)
    del owner[""]
    assert all(len(keys) == 1 for keys in owner.values())
    dois = [paper.doi for paper in built.papers.values() if paper.doi]
    assert len(dois) == len(set(dois))
    places = [(paper.journal.name, paper.volume, paper.first_page) for paper in built.papers.values() if paper.first_page]
    assert len(places) == len(set(places))


def test_no_two_distinct_papers_look_alike_but_for_the_nine_pairs(built):
    papers = list(built.papers.values())
    titles = [" ".join(sorted(content_words(paper.title))) for paper in papers]
    likeness = np.triu(process.cdist(titles, titles, scorer=fuzz.ratio, dtype=np.uint8), 1)
    close = {frozenset((papers[a].key, papers[b].key)) for a, b in np.argwhere(likeness >= 84)}
    assert close <= {frozenset(pair[:2]) for pair in built.pairs}
    plain = [truth.fold(paper.title) for paper in papers]
    likeness = np.triu(process.cdist(plain, plain, scorer=fuzz.ratio, dtype=np.uint8), 1)
    close = {frozenset((papers[a].key, papers[b].key)) for a, b in np.argwhere(likeness >= 86)}
    assert close <= {frozenset(pair[:2]) for pair in built.pairs}


def test_nine_pairs_look_alike_and_are_two_papers(built):
    assert len(built.pairs) == 9
    assert len({key for pair in built.pairs for key in pair[:2]}) == 18
    assert Counter(built.papers[second].round for _, second, _ in built.pairs) == {1: 8, 2: 1}
    for first, second, _ in built.pairs:
        assert not truth.same(first, second)
        assert fuzz.token_set_ratio(built.papers[first].title, built.papers[second].title) > 88


def test_key_of_finds_every_copy_by_what_survives_of_it(built):
    for copy in built.copies:
        if copy.paper:
            assert truth.key_of("", "", copy.accession) == copy.key
            assert truth.key_of(copy.title.upper()) == copy.key
            if copy.doi:
                assert truth.key_of(doi=f"https://doi.org/{copy.doi.upper()}") == copy.key
    assert truth.key_of("A title nobody wrote", "10.5555/none", "AN=1") is None
