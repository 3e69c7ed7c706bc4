"""Re-looks and practice: which records, what is shown before, what the round does, and that practice counts nowhere."""

import pytest
from django.urls import reverse

from screening.conflicts import actions as conflicts
from screening.labels import actions as labels
from screening.models import Report, RoundRecord, ScreeningRound
from screening.outcomes.settle import differences
from screening.stages import actions as stages
from screening.stages import again
from screening.vocabulary import CriterionChange, Opens, Outcome, RoundKind, Verdict
from tests.fixtures import cast_vote, outcome
from tests.screening.settling import Settling

I, E = Verdict.INCLUDE, Verdict.EXCLUDE


def at(world, name, *args):
    return reverse(name, args=[world.review.slug, *args])


@pytest.fixture
def world(db):
    return Settling()


def decide(world, verdict, n=1, reason=None):
    found = world.records(n)
    for record in found:
        for who in (world.reviewer_a, world.reviewer_b):
            cast_vote(who, record, world.round, verdict, reason=reason)
    return found


def sent(world, **more):
    team = [str(world.reviewer_a.number), str(world.reviewer_b.number)]
    return {"stage": "1", "which": "excluded", "shows": "hidden", "team": team, "name": "Again"} | more


def ids(rows):
    return [record.pk for record in rows]


def test_each_choice_takes_its_records_and_nothing_else(world):
    out, other, on = decide(world, E, 2, world.reason()), decide(world, E, 1, world.reason("design")), decide(world, I)
    world.records(1)
    (clash,) = world.clash()
    who, stage = world.owner, world.abstracts
    assert again.relook(who, stage, "excluded").ids == ids(out + other)
    assert again.relook(who, stage, "included").ids == ids(on)
    found = again.relook(who, stage, "reason", reason=world.reason("design"))
    assert (found.ids, found.unsettled, found.versions) == (ids(other), 2, [(1, 1)])
    conflicts.rule(world.adjudicator, clash, world.round, verdict=E, reason=world.reason("design"), rationale="no")
    assert again.relook(who, stage, "reason", reason=world.reason("design")).ids == ids([*other, clash])


def test_a_label_takes_the_decided_records_that_wear_it(world):
    out, on = decide(world, E, 2), decide(world, I)
    (waiting,) = world.records(1)
    mine = labels.make(world.owner, name="Ask again", shared=True)
    labels.put(world.owner, mine, [out[0], on[0], waiting])
    theirs = labels.make(world.reviewer_a, name="Odd")
    labels.put(world.reviewer_a, theirs, [out[1]])
    assert again.relook(world.owner, world.abstracts, "label", label=mine).ids == ids([out[0], on[0]])
    assert again.relook(world.owner, world.abstracts, "label", label=theirs).ids == []
    assert again.relook(world.owner, world.abstracts, "label").ids == []


def test_the_wizard_opens_a_relook_by_label(world, client):
    out = decide(world, E, 2)
    label = labels.make(world.owner, name="Ask again", shared=True)
    labels.put(world.owner, label, out[:1])
    client.force_login(world.owner.user)
    values = sent(world, which="label")
    assert client.post(at(world, "relook"), values).status_code == 422
    values["label"] = str(label.number)
    assert "Open the round with 1 record" in client.post(at(world, "relook"), values).content.decode()
    client.post(at(world, "relook"), values | {"open": "1"})
    round = ScreeningRound.objects.get(kind=RoundKind.RELOOK)
    assert list(RoundRecord.objects.filter(round=round).values_list("record", flat=True)) == [out[0].pk]


def test_a_share_is_the_same_at_the_preview_and_at_the_opening(world):
    decide(world, E, 6)
    first = again.relook(world.owner, world.abstracts, "excluded", sample=3, seed="a")
    assert (first.n, first.matching) == (3, 6)
    assert again.relook(world.owner, world.abstracts, "excluded", sample=3, seed="a").ids == first.ids


@pytest.mark.parametrize("rules", [{"opens_after_minutes": 10}, {"opens": Opens.AT_CLOSE}])
def test_what_is_not_open_to_everybody_is_in_no_relook(db, rules):
    world = Settling(**rules)
    decide(world, E)
    assert again.relook(world.owner, world.abstracts, "excluded").ids == []
    stages.close_round(world.owner, world.round)
    assert again.relook(world.owner, world.abstracts, "excluded").n == 1


def test_the_wizard_shows_counts_before_it_opens_the_round(client, world):
    out = decide(world, E, 2)
    client.force_login(world.owner.user)
    answer = client.post(at(world, "relook"), sent(world))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Open the round with 2 records" in text
    assert out[0].title in text
    assert not ScreeningRound.objects.filter(kind=RoundKind.RELOOK).exists()
    assert client.post(at(world, "relook"), sent(world, which="reason")).status_code == 422
    assert "choose at least as many people" in client.post(at(world, "relook"), sent(world, team=["2"])).content.decode()
    assert client.post(at(world, "relook"), sent(world, which="included", open="1")).status_code == 409
    assert client.post(at(world, "relook"), sent(world, open="1")).status_code == 303
    round = ScreeningRound.objects.get(kind=RoundKind.RELOOK)
    assert (round.name, round.shows_own_votes) == ("Again", False)
    assert set(RoundRecord.objects.filter(round=round).values_list("record", flat=True)) == set(ids(out))
    assert "are in an open re-look already" in client.post(at(world, "relook"), sent(world)).content.decode()


def test_a_relook_decides_when_it_is_settled_and_not_before(world):
    (record,) = decide(world, E)
    round = stages.open_round(
        world.owner, kind=RoundKind.RELOOK, stage=world.abstracts, name="Again", team=[world.reviewer_a, world.reviewer_b],
        record_ids=[record.pk],
    )  # fmt: skip
    cast_vote(world.reviewer_a, record, round, I)
    assert not Report.objects.filter(record=record).exists()
    cast_vote(world.reviewer_b, record, round, I)
    assert RoundRecord.objects.get(round=round, record=record).decides
    assert Report.objects.filter(record=record).exists()
    assert outcome(record, world.round) == Outcome.EXCLUDED, "the earlier votes stay as they were"
    assert not differences([record.pk])


@pytest.mark.parametrize("shows", ["hidden", "shown"])
def test_ones_own_earlier_vote_is_on_the_card_only_where_the_round_says_so(client, world, shows):
    (record,) = world.records(1)
    cast_vote(world.reviewer_a, record, world.round, E, reason=world.reason("design"), note="mine before")
    cast_vote(world.reviewer_b, record, world.round, E, reason=world.reason("viewpoint"), note="theirs before")
    client.force_login(world.owner.user)
    client.post(at(world, "relook"), sent(world, shows=shows, open="1"))
    round = ScreeningRound.objects.get(kind=RoundKind.RELOOK)
    client.force_login(world.reviewer_a.user)
    text = client.get(at(world, "screen", round.number)).content.decode()
    assert record.title in text
    assert ("You voted before" in text) is (shows == "shown")
    assert ("mine before" in text) is (shows == "shown")
    assert "theirs before" not in text


def test_a_narrower_version_points_to_what_goes_on_until_a_relook_is_opened(client, world):
    decide(world, I, 2)
    client.force_login(world.owner.user)
    assert "Look at them again" not in client.get(at(world, "criteria")).content.decode()
    stages.publish_criteria(world.owner, include=["adults"], exclude=[], reasons=[("relevance", "No")], change=CriterionChange.NARROWER)
    decide(world, I)  # under the new version: not concerned
    found = again.relook(world.owner, world.abstracts, "included")
    assert found.versions == [(1, 2), (2, 1)]
    assert again.relook(world.owner, world.abstracts, "included", before=stages.criteria_of(world.review).at).n == 2
    text = client.get(at(world, "criteria")).content.decode()
    assert "2 records go on by an earlier version" in text
    assert "?which=included" in text
    client.post(at(world, "relook"), sent(world, which="included", earlier="on", open="1"))
    assert RoundRecord.objects.filter(round__kind=RoundKind.RELOOK).count() == 2
    assert "Look at them again" not in client.get(at(world, "criteria")).content.decode()
    client.force_login(world.reviewer_a.user)
    assert "Look at them again" not in client.get(at(world, "criteria")).content.decode()


def test_practice_counts_nowhere(client, world):
    (record,) = decide(world, E)
    client.force_login(world.owner.user)
    answer = client.post(at(world, "practice"), {"n": "5", "source": "settled", "team": [str(world.reviewer_c.number)], "name": "Practice"})
    assert answer.status_code == 303
    round = ScreeningRound.objects.get(kind=RoundKind.PRACTICE)
    assert RoundRecord.objects.get(round=round).needed == 1
    cast_vote(world.reviewer_c, record, round, I)
    assert not RoundRecord.objects.get(round=round).decides
    assert not Report.objects.filter(record=record).exists()
    assert outcome(record, world.round) == Outcome.EXCLUDED
    assert client.get(at(world, "practised", round.number)).status_code == 404
    stages.close_round(world.owner, round)
    (score,), (line,) = again.practised(world.owner, ScreeningRound.objects.get(pk=round.pk))
    assert (score.member, score.voted, score.same, score.compared) == (world.reviewer_c, 1, 0, 1)
    assert (line.outcome, line.votes) == ("excluded", [("include", False)])
    assert "differs" in client.get(at(world, "practised", round.number)).content.decode()
    assert client.get(at(world, "practised", world.round.number)).status_code == 404
    client.get(at(world, "rounds"))  # says that it is open
    assert "Practice" not in client.get(at(world, "agreement")).content.decode()
    assert not differences([record.pk])


def test_practice_without_records_is_refused(client, world):
    client.force_login(world.owner.user)
    answer = client.post(at(world, "practice"), {"n": "5", "source": "settled", "team": [str(world.reviewer_c.number)], "name": "Practice"})
    assert answer.status_code == 409
    assert not ScreeningRound.objects.filter(kind=RoundKind.PRACTICE).exists()
