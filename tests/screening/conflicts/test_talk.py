"""In the room: change one's mind, name somebody, make a note to the criteria."""

from uuid import uuid4

import pytest

from reviewapp.audit.models import Event
from screening import visibility
from screening.conflicts import actions
from screening.models import CriteriaNote, Decision, Mention, RoundRecord
from screening.stages import actions as stages
from screening.vocabulary import Outcome, Verdict
from tests.fixtures import cast_vote, outcome
from tests.screening.settling import HTMX, Settling


def room(world, record, name="conflict"):
    return world.at(name, world.round.number, record.number)


def mind(world, record, member, **sent):
    mine = visibility.my_votes(member, world.round).get(record=record)
    return {"seen": mine.key, "key": uuid4().hex, "why": "The aims fit after all."} | sent


@pytest.fixture
def world(db):
    return Settling()


@pytest.fixture
def record(world):
    return world.clash()[0]


def test_a_changed_mind_asks_why_is_not_independent_and_may_end_the_conflict(client, world, record):
    client.force_login(world.reviewer_b.user)
    assert "I changed my mind" in client.get(room(world, record)).content.decode()
    url = room(world, record, "conflict_change")
    assert client.post(url, mind(world, record, world.reviewer_b, verdict="include", why=" ")).status_code == 422
    assert client.post(url, mind(world, record, world.reviewer_b, verdict="")).status_code == 422
    assert client.post(url, mind(world, record, world.reviewer_b, verdict="exclude", reason="1")).status_code == 422
    sent = mind(world, record, world.reviewer_b, verdict="include")
    answer = client.post(url, sent, headers=HTMX)
    assert answer.status_code == 200
    assert "There is no conflict on this record now" in answer.content.decode()
    vote = Decision.objects.get(record=record, reviewer=world.reviewer_b, superseded_at=None)
    assert (vote.verdict, vote.independent, vote.why) == ("include", False, "The aims fit after all.")
    assert outcome(record, world.round) == Outcome.GOES_ON
    text = client.get(room(world, record)).content.decode()
    assert "votes were open" in text
    assert "The aims fit after all." in text
    assert client.post(url, sent).status_code == 303  # the same click again changes nothing
    assert Decision.objects.filter(record=record, reviewer=world.reviewer_b).count() == 2


def test_a_mind_changed_on_an_old_page_changes_nothing(client, world, record):
    client.force_login(world.reviewer_b.user)
    old = mind(world, record, world.reviewer_b, verdict="include")
    cast_vote(world.reviewer_b, record, world.round, Verdict.MAYBE, why="elsewhere")
    assert client.post(room(world, record, "conflict_change"), old).status_code == 409
    assert Decision.objects.get(record=record, reviewer=world.reviewer_b, superseded_at=None).verdict == "maybe"


def test_a_mind_changed_after_the_final_decision_shows_and_blocks_the_close(client, world, record):
    actions.rule(world.adjudicator, record, world.round, verdict=Verdict.INCLUDE, rationale="fits")
    client.force_login(world.reviewer_b.user)
    assert "I changed my mind" in client.get(room(world, record)).content.decode()
    client.post(room(world, record, "conflict_change"), mind(world, record, world.reviewer_b, verdict="maybe"))
    assert RoundRecord.objects.get(record=record, round=world.round).vote_changed_after
    with pytest.raises(stages.CannotDo):
        stages.close_round(world.owner, world.round)


def test_nobody_changes_a_vote_in_a_closed_round_or_anothers(client, world, record):
    client.force_login(world.adjudicator.user)
    assert "I changed my mind" not in client.get(room(world, record)).content.decode()
    sent = mind(world, record, world.reviewer_b, verdict="include")
    assert client.post(room(world, record, "conflict_change"), sent).status_code == 403
    stages.close_round(world.owner, world.round)
    client.force_login(world.reviewer_b.user)
    assert "I changed my mind" not in client.get(room(world, record)).content.decode()
    assert client.post(room(world, record, "conflict_change"), sent).status_code == 409
    assert Decision.objects.filter(record=record, reviewer=world.reviewer_b, superseded_at=None).get().verdict == "exclude"


def test_whoever_is_named_is_told_at_home_until_they_look(client, world, record):
    actions.say(world.reviewer_a, record, world.round, text="@author 2 and @Third reviewer, see the aims. @Author 1 too.")
    named = set(Mention.objects.values_list("member", flat=True))
    assert named == {world.reviewer_b.pk, world.adjudicator.pk}
    client.force_login(world.reviewer_b.user)
    assert "message for you" in client.get("/").content.decode()
    client.get(room(world, record))
    assert "message for you" not in client.get("/").content.decode()
    client.force_login(world.adjudicator.user)
    assert room(world, record) in client.get("/").content.decode()


def test_to_whom_the_record_is_not_open_nothing_shows_until_it_is(client, world, record):
    actions.say(world.reviewer_a, record, world.round, text="@Author 3 what do you think")
    client.force_login(world.reviewer_c.user)
    assert "message for you" not in client.get("/").content.decode()
    stages.close_round(world.owner, world.round)
    assert "message for you" in client.get("/").content.decode()


def test_the_talk_becomes_a_note_to_the_criteria_that_names_nobody(client, world, record):
    actions.say(world.reviewer_a, record, world.round, text="@Author 2 Peer support counts as a service.")
    client.force_login(world.reviewer_b.user)
    url = room(world, record, "criteria_note")
    assert url in client.get(room(world, record)).content.decode()
    assert ">\nPeer support counts as a service.</textarea>" in client.get(url).content.decode()
    assert client.post(url, {"text": ""}).status_code == 422
    assert client.post(url, {"text": "Author 1 is right: it counts."}).status_code == 409
    assert client.post(url, {"text": "Peer support counts as a service <b>."}).status_code == 303
    note = CriteriaNote.objects.get()
    assert (note.criteria, note.record, note.by) == (world.criteria, record, world.reviewer_b)
    assert Event.objects.get(kind="criteria:noted").record_number is None
    mine, theirs = (client.get(world.at("criteria")).content.decode(), "")
    assert "Peer support counts as a service &lt;b&gt;." in mine
    assert f"record {record.number}" in mine
    client.force_login(world.reviewer_c.user)
    theirs = client.get(world.at("criteria")).content.decode()
    assert "Peer support counts as a service" in theirs
    assert f"record {record.number}" not in theirs


def test_the_note_stands_beside_the_criteria_while_one_votes(client, world, record):
    stages.note_criteria(world.reviewer_b, world.round, record, text="Peer support counts.")
    world.records(1)
    client.force_login(world.reviewer_a.user)
    assert "Peer support counts." in client.get(world.at("screen", world.round.number)).content.decode()
    before = CriteriaNote.objects.get()
    stages.publish_criteria(world.owner, include=["adults"], exclude=[], reasons=[("relevance", "No")], change="wording")
    assert "Peer support counts." not in client.get(world.at("screen", world.round.number)).content.decode()
    assert "Peer support counts." in client.get(world.at("criteria")).content.decode()
    assert before.criteria.number == 1


def test_who_has_not_the_record_open_writes_no_note_about_it(client, world, record):
    client.force_login(world.reviewer_c.user)
    assert client.get(room(world, record, "criteria_note")).status_code == 404
    client.force_login(world.owner.user)
    assert client.post(room(world, record, "criteria_note"), {"text": "x"}).status_code in (403, 404)
    assert not CriteriaNote.objects.exists()
