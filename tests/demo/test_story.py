"""The acceptance story of METHOD part C, played through the real actions, with every number of C3 at every step."""

from collections import Counter

import pytest

from charting.models import AgreedRating, Answer, Placement
from reviewapp.audit.actions import broken_links
from reviewapp.demo import expected, script, truth
from reviewapp.reviews.models import Member
from screening import visibility
from screening.conflicts import actions as conflicts
from screening.models import Record, Report, RoundRecord, ScreeningRound, SearchRound, StudyLink
from screening.outcomes import merging
from screening.outcomes.settle import differences
from screening.reporting.agreement import queries as agreement
from screening.reporting.agreement import rules
from screening.reporting.prisma import interop, queries
from screening.reporting.prisma import rules as prisma
from screening.search import actions as index
from screening.studies import actions as studies
from screening.vocabulary import Arm, RoundKind, StageKind, Verdict

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


REASONS = ("Not relevant to the aims", "Personal viewpoint", "Poor study design")


def boxes(facts):
    arm = facts.databases
    return expected.Boxes(
        sum(arm.databases.values()), arm.duplicates, arm.removed_other, arm.screened, arm.excluded_human, arm.sought, arm.not_retrieved,
        arm.assessed, sum(arm.excluded.values()),
        tuple(arm.excluded.get(text, 0) for text in REASONS), arm.included, 0,
    )  # fmt: skip


def waiting(facts, step=0):
    """What METHOD C3 names as waiting after a step: reports to assess after step 6, else records to screen."""
    arm = facts.databases
    return arm.waiting_assessment if step == 6 else sum(arm.waiting_screening.values())


def check(review, step):
    facts = queries.all_facts(review)
    want = expected.BOXES.get(step)
    if want is not None:
        assert boxes(facts) == want._replace(waiting=0), f"after step {step}"
        if want.waiting:
            assert waiting(facts, step) == want.waiting, f"after step {step}"
    for identity in prisma.identities(facts):
        assert identity.holds, f"after step {step}: {identity.as_sum}"
    return facts


def rounds_of(review, stage, *names):
    found = ScreeningRound.objects.for_review(review).filter(stage__kind=stage, kind__in=(RoundKind.MAIN, RoundKind.UPDATE))
    return [r for r in found.select_related("stage", "rules", "review") if not names or r.search_round.name in names]


def cells(review, rounds, arm=Arm.DATABASES):
    (pair,) = agreement.pairs(rounds, member=None, review=review, arm=arm)
    assert (pair.first.user.username, pair.second.user.username) == ("author1", "author2")
    return pair.cells()


@pytest.mark.filterwarnings("ignore")
def test_the_whole_story(settings):
    review = script.play(1)
    facts = check(review, 1)
    assert facts.databases.databases == {
        "Social Science Premium Collection": 1012,
        "CINAHL": 566,
        "PsycINFO": 655,
        "SweMed+": 97,
        "Idunn": 61,
    }

    script.play(2)
    check(review, 2)
    from screening.models import DuplicatePair, Merge

    assert Merge.objects.filter(by=None).count() >= 0.9 * 704
    for merge in Merge.objects.filter(by=None).select_related("child__source_record", "parent__source_record"):
        one, two = merge.child.source_record, merge.parent.source_record
        assert truth.same(truth.key_of(one.title, one.doi, one.accession), truth.key_of(two.title, two.doi, two.accession)), (
            "a wrong automatic merge"
        )

    script.play(3)
    check(review, 2)
    pilot = ScreeningRound.objects.get(review=review, kind=RoundKind.PILOT)
    kappa, unanimous, n = agreement.fleiss_of([pilot], member=None, review=review, people=4)
    assert (n, unanimous, round(kappa.value, 4)) == (25, expected.PILOT_UNANIMOUS, expected.PILOT_KAPPA)

    script.play(4)
    check(review, 4)
    main = rounds_of(review, StageKind.TITLE_ABSTRACT)[0]
    conflict = RoundRecord.objects.filter(round=main, outcome="conflict").select_related("record__review").first()
    fourth = Member.objects.get(review=review, user__username="author4")
    with pytest.raises(conflicts.NotYours):
        conflicts.rule(fourth, conflict.record, main, verdict=Verdict.INCLUDE, rationale="no right to")
    assert not visibility.decisions(fourth, round=main).exists()

    for step in (5, 6, 7):
        script.play(step)
        check(review, step)
    facts = check(review, 7)

    script.play(8)
    facts = check(review, 7)
    other = facts.other
    want = expected.OTHER_ARM
    assert sum(s.n for s in other.sources) == want["identified"]
    assert (other.also_in_databases, other.sought, other.not_retrieved, other.assessed) == (4, 2, 0, 2)
    assert other.excluded == {"Not relevant to the aims": 1, "Personal viewpoint": 1}
    assert other.included == 0

    for step in (9, 10):
        script.play(step)
        check(review, step)
    assert DuplicatePair.objects.filter(review=review, state="different").count() == 9

    script.play(12)
    facts = check(review, 10)
    flow = prisma.flow(facts)
    assert not flow.draft
    check_csv(flow)
    check_agreement(review)
    check_classification(review)
    check_charting(review)
    check_update_template(review)
    assert broken_links(review) == []
    assert differences(Record.objects.heads().filter(review=review).values_list("pk", flat=True)) == []

    assert not index.waiting(review), "without a worker too, the demo indexes what it made"

    seq = review.events.count()
    script.play()
    assert review.events.count() == seq, "running it again changed something"
    check_side_tests(review)


def check_csv(flow):
    as_json = interop.as_json(flow)
    for name, value in expected.CSV.items():
        got = as_json[name]
        if isinstance(got, dict):
            got = "; ".join(f"{key}, {n}" for key, n in got.items())
        assert got == value, name
    absent = {name for name, value in as_json.items() if value is None}
    assert absent == set(as_json) - set(expected.CSV) - {"draft", "waiting"}
    assert as_json["draft"] is False
    assert ",Research network," in interop.as_csv(flow) or "Research network" in interop.as_csv(flow)


def check_agreement(review):
    first, second = "Original search 2018", "Update 2020"
    for stage, word in ((StageKind.TITLE_ABSTRACT, "title_abstract"), (StageKind.FULL_TEXT, "full_text")):
        assert cells(review, rounds_of(review, stage, first)) == expected.AGREEMENT[f"{word}_1"]
        assert cells(review, rounds_of(review, stage, second)) == expected.AGREEMENT[f"{word}_2"]
        assert cells(review, rounds_of(review, stage)) == expected.AGREEMENT[f"{word}_all"]
    assert cells(review, rounds_of(review, StageKind.FULL_TEXT), Arm.OTHER) == expected.AGREEMENT["full_text_network"]
    everything = rules.two_by_two(*cells(review, rounds_of(review, StageKind.TITLE_ABSTRACT)))
    assert (round(everything.po, 4), round(everything.kappa.value, 4), round(everything.pabak, 4)) == (0.9827, 0.7296, 0.9655)
    assert (round(everything.kappa.interval.low, 4), round(everything.kappa.interval.high, 4)) == (0.6425, 0.8167)


def check_classification(review):
    agreed = {}
    for row in AgreedRating.objects.filter(review=review, superseded_at=None).select_related("scale", "report__record"):
        agreed.setdefault(row.report_id, {})[row.scale.key] = row.value
    assert len(agreed) == 55
    both = queries.Gathered(review, member=None)
    network = {r for pk, head in both.heads.items() if head.arm == Arm.OTHER for r, _s, _p in both.reports.get(pk, [])}
    matrix = Counter((v["relevance"], v["design"]) for report, v in agreed.items() if report not in network)
    rows = {3: (11, 9, 4, 2), 2: (4, 5, 7, 4), 1: (2, 3, 0, 0), 0: (0, 2, 0, 0)}
    assert {(r, d): matrix[r, d] for r in rows for d in range(4)} == {(r, 3 - i): n for r, row in rows.items() for i, n in enumerate(row)}
    assert sorted((v["relevance"], v["design"]) for report, v in agreed.items() if report in network) == [(1, 2), (2, 0)]


def check_charting(review):
    live = Placement.objects.filter(review=review, undone_at=None).select_related("theme__parent")
    primary = Counter(p.theme.label for p in live if p.is_primary)
    assert primary == {"a1": 7, "a2": 5, "a": 1, "b1": 12, "b2": 4}
    assert sum(n for label, n in primary.items() if label.startswith("a")) == 13
    assert sum(not p.is_primary for p in live) == 3
    answers = Answer.objects.filter(review=review, kind="agreed", superseded_at=None)
    values = lambda key: Counter(answers.filter(field_key=key).values_list("value", flat=True))  # noqa: E731
    assert sorted(values("design").values()) == [1, 1, 2, 3, 9, 13]
    assert values("design")["quantitative"] == 13
    assert values("keyword") == {"yes": 20, "no": 9}
    assert sorted(values("population").values()) == [4, 6, 19]
    assert values("year") == {
        "2005": 1,
        "2007": 1,
        "2008": 1,
        "2009": 2,
        "2010": 1,
        "2012": 1,
        "2013": 5,
        "2014": 1,
        "2015": 4,
        "2016": 3,
        "2017": 7,
        "2018": 1,
        "2019": 1,
    }
    assert values("country") == {
        "US": 9,
        "Norway": 5,
        "UK": 5,
        "Canada": 2,
        "Australia": 1,
        "China": 1,
        "Malaysia": 1,
        "Netherlands": 1,
        "Sweden": 1,
        "multi": 3,
    }


def check_update_template(review):
    update = SearchRound.objects.get(review=review, is_update=True)
    facts = queries.updated(review, update)
    want, arm = expected.UPDATED, facts.databases
    assert (facts.previous.studies, facts.previous.reports) == (want["previous_studies"], want["previous_reports"])
    assert (sum(arm.databases.values()), arm.duplicates, arm.removed_other, arm.screened, arm.excluded_human) == (428, 140, 1, 287, 282)
    assert (arm.sought, arm.not_retrieved, arm.assessed, sum(arm.excluded.values()), arm.included) == (5, 1, 4, 3, 1)
    flow = prisma.flow(facts)
    assert (flow.counts["total_studies"], flow.counts["total_reports"]) == (29, 29)
    assert all(identity.holds for identity in flow.identities)


def check_side_tests(review):
    owner = Member.objects.get(review=review, user__username="author1")
    first, second = StudyLink.objects.filter(review=review, undone_at=None).select_related("study", "report__record")[:2]
    studies.link(owner, second.report, first.study)
    facts = queries.all_facts(review)
    assert (facts.studies, facts.reports) == (28, 29)
    studies.unlink(owner, Report.objects.select_related("record").get(pk=second.report_id))
    facts = queries.all_facts(review)
    assert (facts.studies, facts.reports) == (29, 29)

    from screening.models import Merge

    edge = (
        Merge.objects.filter(review=review, undone_at=None, parent__report=None, child__round_records=None)
        .select_related("child", "parent")
        .order_by("number")
        .first()
    )
    edge = (
        edge
        or Merge.objects.filter(review=review, undone_at=None, parent__report=None, parent__followers__isnull=False)
        .order_by("number")
        .first()
    )
    merging.undo(edge, by=owner, why="A side test: one pair split.")
    facts = queries.all_facts(review)
    assert (facts.databases.duplicates, facts.databases.screened, waiting(facts)) == (843, 1970, 1)
    merging.merge(edge.parent, edge.child, by=owner)
    assert queries.all_facts(review).databases.duplicates == 844
