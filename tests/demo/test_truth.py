"""The decisions of the demo give the numbers of METHOD.md C2 and C3."""

import io
from collections import Counter

import pypdf
import pytest

from reviewapp.demo import charts, corpus, expected, fulltexts, ratings, review, truth
from reviewapp.demo.studies import INCLUDED


def table(votes):
    """Count both include, only the first, only the second, both exclude."""
    found = Counter(votes)
    return tuple(found[pair] for pair in (("include", "include"), ("include", "exclude"), ("exclude", "include"), ("exclude", "exclude")))


def kappa(a, b, c, d):
    n = a + b + c + d
    pe = ((a + b) * (a + c) + (c + d) * (b + d)) / n**2
    return ((a + d) / n - pe) / (1 - pe)


def fleiss(votes):
    rows = [Counter(by.values()) for by in votes.values()]
    raters = 4
    agree = sum(sum(count * (count - 1) for count in row.values()) / (raters * (raters - 1)) for row in rows) / len(rows)
    share = sum(row["include"] for row in rows) / (raters * len(rows))
    chance = share**2 + (1 - share) ** 2
    return (agree - chance) / (1 - chance)


@pytest.mark.parametrize(("number", "waiting"), [(1, 1683), (2, 287)])
def test_records_to_screen(number, waiting):
    assert len(truth.to_screen(number)) == waiting


def test_removals_are_three_old_papers_and_one_notice():
    assert Counter((removal.round, removal.reason) for removal in truth.removals()) == {(1, "dates"): 3, (2, "notice"): 1}
    second = {pair[1] for pair in truth.rejected_pairs()}
    assert all(removal.key in second for removal in truth.removals() if removal.reason == "notice")


def test_pilot_is_unanimous_on_twenty_of_25():
    votes = truth.pilot_votes()
    split = Counter(list(by.values()).count("include") for by in votes.values())
    assert split == {4: 2, 0: 18, 1: 3, 2: 2}
    assert (split[4] + split[0]) / 25 == expected.PILOT_UNANIMOUS
    assert round(fleiss(votes), 4) == expected.PILOT_KAPPA
    assert set(votes) <= set(truth.to_screen(1))


def test_pilot_votes_fit_any_sample_of_25():
    votes = truth.pilot_votes(truth.to_screen(1)[40:65])
    assert round(fleiss(votes), 4) == expected.PILOT_KAPPA
    with pytest.raises(ValueError, match="25"):
        truth.pilot_votes(truth.to_screen(1)[:24])


@pytest.mark.parametrize(("number", "value"), [(1, 0.7300), (2, 0.7220)])
def test_title_abstract_votes_give_the_agreement_table(number, value):
    votes = truth.title_abstract_votes(number)
    assert tuple(votes) == truth.to_screen(number)
    counts = table(votes.values())
    assert counts == expected.AGREEMENT[f"title_abstract_{number}"]
    assert round(kappa(*counts), 4) == value


@pytest.mark.parametrize(("number", "inside", "outside", "sought"), [(1, 7, 24, 51), (2, 1, 2, 5)])
def test_author3_settles_every_conflict(number, inside, outside, sought):
    votes = truth.title_abstract_votes(number)
    settled = {one.key: one.verdict for one in truth.title_abstract_resolutions(number)}
    assert set(settled) == {key for key, (first, second) in votes.items() if first != second}
    assert Counter(settled.values()) == {"include": inside, "exclude": outside}
    goes_on = {key for key, pair in votes.items() if settled.get(key, pair[0]) == "include"}
    assert len(goes_on) == sought
    assert goes_on == {one.key for one in truth.retrievals(number)}


@pytest.mark.parametrize(("number", "missing"), [(1, 2), (2, 1)])
def test_reports_that_nobody_could_get(number, missing):
    assert sum(not one.retrieved for one in truth.retrievals(number)) == missing
    assert all(one.note for one in truth.retrievals(number) if not one.retrieved)


@pytest.mark.parametrize(("number", "value"), [(1, 0.8336), (2, 1.0)])
def test_full_text_votes_give_the_agreement_table(number, value):
    votes = truth.full_text_votes(number)
    assert set(votes) == {one.key for one in truth.retrievals(number) if one.retrieved}
    counts = table((first.verdict, second.verdict) for first, second in votes.values())
    assert counts == expected.AGREEMENT[f"full_text_{number}"]
    assert round(kappa(*counts), 4) == value
    assert all((vote.verdict == "exclude") == (vote.reason is not None) for pair in votes.values() for vote in pair)


def test_four_conflicts_and_three_conflicts_of_reasons_in_round_1():
    votes = truth.full_text_votes(1)
    settled = {one.key: one for one in truth.full_text_resolutions(1)}
    verdicts = [key for key, (first, second) in votes.items() if first.verdict != second.verdict]
    reasons = [key for key, (first, second) in votes.items() if first.verdict == second.verdict and first.reason != second.reason]
    assert (len(verdicts), len(reasons)) == (4, 3)
    assert set(settled) == {*verdicts, *reasons}
    assert Counter(settled[key].verdict for key in verdicts) == {"include": 2, "exclude": 2}
    for key in reasons:
        given = {vote.reason for vote in votes[key]}
        assert settled[key].reason == next(reason for reason in truth.REASONS if reason in given)
    assert truth.full_text_resolutions(2) == ()


@pytest.mark.parametrize(("number", "counts", "included"), [(1, (6, 5, 10), 28), (2, (1, 1, 1), 1)])
def test_outcomes_at_full_text(number, counts, included):
    settled = {one.key: one for one in truth.full_text_resolutions(number)}
    ends = {}
    for key, (first, _) in truth.full_text_votes(number).items():
        final = settled.get(key, first)
        ends[key] = final.reason if final.verdict == "exclude" else None
    assert tuple(Counter(ends.values())[reason] for reason in truth.REASONS) == counts
    assert {key for key, reason in ends.items() if reason is None} == set(truth.included_reports(number))
    assert len(truth.included_reports(number)) == included
    assert {key: reason for key, reason in ends.items() if reason} == truth.excluded_reports(number)


def test_network_has_four_known_papers_and_two_new_ones():
    papers = truth.network()
    retrieved = {one.key for one in truth.retrievals(1) if one.retrieved}
    known = [paper for paper in papers if paper.matches]
    assert len(known) == 4
    assert {paper.key for paper in known} <= retrieved
    assert [paper.reason for paper in papers if not paper.matches] == ["not_relevant", "viewpoint"]
    for paper in papers:
        assert truth.key_of(paper.title) == truth.key_of(doi=paper.doi) == paper.key
    assert truth.network_ris().count(b"TY  - JOUR") == 6


def test_classification_gives_the_matrix_and_agrees_with_the_outcomes():
    rows = [row for row in ratings.ratings() if row.round]
    assert len(rows) == 53
    assert Counter(row.agreed for row in rows) == {
        (3, 3): 11, (3, 2): 9, (3, 1): 4, (3, 0): 2, (2, 3): 4, (2, 2): 5, (2, 1): 7, (2, 0): 4, (1, 3): 2, (1, 2): 3, (0, 2): 2,
    }  # fmt: skip
    reasons = truth.excluded_reports(1) | truth.excluded_reports(2)
    for row in rows:
        assert ratings.suggests(row.agreed) == reasons.get(row.key)
        assert set(row.own) == set(truth.AUTHORS)
        assert all(0 <= value <= 3 for cell in row.own.values() for value in cell)
    assert any(set(row.own.values()) != {row.agreed} for row in rows)
    network = {row.key: row.agreed for row in ratings.ratings() if row.round is None}
    assert network == {"n1": (1, 2), "n2": (2, 0)}
    assert {paper.key: paper.reason for paper in truth.network() if not paper.matches} == {
        key: ratings.suggests(cell) for key, cell in network.items()
    }


def test_charting_gives_the_charts_of_a4():
    rows = charts.charted()
    assert Counter(row.year for row in rows) == {
        2005: 1, 2007: 1, 2008: 1, 2009: 2, 2010: 1, 2012: 1, 2013: 5, 2014: 1, 2015: 4, 2016: 3, 2017: 7, 2018: 1, 2019: 1,
    }  # fmt: skip
    assert Counter(row.country for row in rows) == {
        "US": 9, "Norway": 5, "UK": 5, "Canada": 2, "Australia": 1, "China": 1, "Malaysia": 1, "Netherlands": 1, "Sweden": 1, "multi": 3,
    }  # fmt: skip
    assert Counter(row.design for row in rows) == {
        "qualitative": 9, "quantitative": 13, "literature_review": 3, "conceptual": 2, "mixed_methods": 1, "case_study": 1,
    }  # fmt: skip
    assert Counter(row.keyword for row in rows) == {True: 20, False: 9}
    assert Counter(row.population for row in rows) == {"severe": 19, "mild": 6, "context": 4}
    assert {row.key: row.label for row in rows} == truth.included_reports()
    assert all(row.findings.startswith("[Demo]") for row in rows)


def test_themes_and_sub_themes():
    primary = Counter(one.theme for one in charts.placements() if one.primary)
    assert primary == {"a1": 7, "a2": 5, "a": 1, "b1": 12, "b2": 4}
    second = {one.label: one.theme for one in charts.placements() if not one.primary}
    assert second == {"Baiden, Den Dunnen & Fallon 2017": "a2", "Bjornestad et al. 2017": "a2", "Webber et al. 2015": "b2"}
    design = Counter((study.theme[0], study.design) for study in INCLUDED)
    assert design == {
        ("a", "quantitative"): 11, ("a", "literature_review"): 2, ("b", "qualitative"): 9, ("b", "quantitative"): 2,
        ("b", "literature_review"): 1, ("b", "conceptual"): 2, ("b", "mixed_methods"): 1, ("b", "case_study"): 1,
    }  # fmt: skip


def test_search_log_has_ten_runs_and_all_files():
    rows = review.searches()
    assert Counter(row.round for row in rows) == {1: 5, 2: 5}
    assert sum(row.hits_exported for row in rows) == 2819
    totals = Counter()
    for row in rows:
        totals[row.database] += row.hits_exported
    assert totals == expected.SOURCE_TOTALS
    assert sum(len(row.files) for row in rows) == 11
    assert {(row.date_run.year, row.date_run.month) for row in rows} == {(2018, 2), (2020, 1)}


def test_criteria_differ_in_the_wording_of_viewpoint_only():
    first, second = review.CRITERIA[1], review.CRITERIA[2]
    changed = [(old, new) for old, new in zip(first, second, strict=True) if old != new]
    assert len(changed) == 1
    assert "viewpoint" in changed[0][0].text
    assert tuple(key for key, _ in review.REASONS) == truth.REASONS


def test_boxes_follow_from_the_decisions():
    last = expected.BOXES[10]
    assert last.identified - last.duplicates - last.other == last.screened == sum(len(truth.to_screen(n)) for n in (1, 2))
    assert last.screened - last.excluded == last.sought
    assert last.sought - last.not_retrieved == last.assessed
    assert last.assessed - last.excluded_reports == last.included == 29
    assert sum(last.reasons) == last.excluded_reports


def test_update_follows_from_the_decisions_of_round_2():
    up = expected.UPDATED
    assert up["identified"] - up["duplicates"] - up["other"] == up["screened"] == len(truth.to_screen(2))
    assert up["screened"] - up["excluded"] == up["sought"] == len(truth.retrievals(2))
    assert up["assessed"] == up["sought"] - up["not_retrieved"] == len(truth.full_text_votes(2))
    assert up["previous_studies"] == len(truth.included_reports(1))
    assert up["previous_studies"] + up["new_studies"] == up["total"]


def test_full_texts_are_small_valid_pdfs():
    key = next(one.key for one in truth.retrievals(1) if one.retrieved)
    for name in (key, "n1"):
        page = pypdf.PdfReader(io.BytesIO(fulltexts.pdf(name))).pages[0]
        assert "demonstration review" in page.extract_text()
    assert fulltexts.pdf(key) == fulltexts.pdf(key)
    with pytest.raises(KeyError):
        fulltexts.pdf("nobody")


def test_no_seen_again_paper_was_removed():
    removed = {removal.key for removal in truth.removals()}
    assert not removed & set(corpus.build().seen_again)
