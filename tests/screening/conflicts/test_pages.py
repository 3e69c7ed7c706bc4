"""The conflict pages: who sees what, the ways to settle, and that the rest of the world cannot tell that there is a conflict."""

import pytest

from screening.conflicts import actions
from screening.models import Opened, Proposal, Report, Resolution, RoundRecord
from screening.stages import actions as stages
from screening.vocabulary import Outcome, ProposalState, RoundKind, StudyStatus, Verdict
from tests.factories import World
from tests.fixtures import cast_vote, outcome
from tests.screening.settling import HTMX, Settling

POSTS = [
    "conflict_propose",
    "conflict_agree",
    "conflict_withdraw_proposal",
    "conflict_hand_on",
    "conflict_rule",
    "conflict_say",
    "conflict_reopen",
    "conflict_confirm",
]


def room(world, record, name="conflict"):
    return world.at(name, world.round.number, record.number)


@pytest.fixture
def record(world):
    return world.clash()[0]


def test_both_voters_and_the_third_reviewer_see_the_list_and_the_room(client, world, record):
    for member in (world.reviewer_a, world.reviewer_b, world.adjudicator):
        client.force_login(member.user)
        text = client.get(world.at("conflicts")).content.decode()
        assert "Open <b>1</b>" in text
        assert record.title in text
        text = client.get(room(world, record)).content.decode()
        assert "A says yes" in text
        assert "B says no" in text
        assert Opened.objects.filter(member=member, record=record).exists()


def test_whoever_did_not_vote_finds_no_room_and_no_count(client, world, record):
    for member in (world.owner, world.librarian, world.observer, world.reviewer_c):
        client.force_login(member.user)
        assert "Open <b>0</b>" in client.get(world.at("conflicts")).content.decode()
        assert client.get(room(world, record)).status_code == 404


def test_a_reviewer_of_the_round_who_has_not_voted_cannot_tell(client, db):
    world = Settling(three=True)
    record = world.clash()[0]
    other = world.records(1)[0]
    client.force_login(world.reviewer_c.user)
    assert "Open <b>0</b>" in client.get(world.at("conflicts")).content.decode()
    for one in (record, other):
        assert client.get(room(world, one)).status_code == 404
        assert {client.post(room(world, one, name), {"verdict": "include"}).status_code for name in POSTS} == {404}


def test_outsiders_other_reviews_wrong_roles_and_methods(client, world, record, outsider):
    client.force_login(outsider)
    assert client.get(world.at("conflicts")).status_code == 404
    assert client.get(room(world, record)).status_code == 404
    elsewhere = World("elsewhere")
    client.force_login(elsewhere.reviewer_a.user)
    assert client.get(room(world, record)).status_code == 404
    stages.reveal_round(world.owner, world.round, why="shown early")
    for member in (world.owner, world.librarian, world.observer):
        client.force_login(member.user)
        assert client.get(room(world, record)).status_code == 200
        assert {client.post(room(world, record, name)).status_code for name in POSTS} == {403}
    client.force_login(world.reviewer_a.user)
    assert {client.get(room(world, record, name)).status_code for name in POSTS} == {405}
    assert client.post(world.at("conflicts")).status_code == 405
    client.force_login(world.reviewer_c.user)
    assert client.post(room(world, record, "conflict_propose"), {"verdict": "include"}).status_code == 403
    assert client.post(room(world, record, "conflict_rule"), {"verdict": "include", "text": "so"}).status_code == 403


def test_one_proposes_and_the_other_agrees_on_plain_forms(client, world):
    first, second = world.clash(2)
    client.force_login(world.reviewer_a.user)
    answer = client.post(room(world, first, "conflict_propose"), {"verdict": "include", "text": "It fits."})
    assert (answer.status_code, answer["Location"]) == (303, room(world, first))
    proposal = Proposal.objects.get()
    assert "You propose" in client.get(room(world, first)).content.decode()
    client.force_login(world.reviewer_b.user)
    text = client.get(room(world, first)).content.decode()
    assert "Agree to include" in text
    assert "proposal for you" in client.get(world.at("conflicts")).content.decode()
    assert "For you <b>1</b>" in client.get(world.at("conflicts")).content.decode()
    answer = client.post(room(world, first, "conflict_agree"), {"proposal": proposal.number})
    assert (answer.status_code, answer["Location"]) == (303, room(world, second))
    assert outcome(first, world.round) == Outcome.GOES_ON
    assert Report.objects.filter(record=first).exists()


def test_settling_by_htmx_gives_the_next_room_and_its_address(client, world):
    first, second = world.clash(2)
    actions.propose(world.reviewer_a, first, world.round, verdict=Verdict.EXCLUDE)
    client.force_login(world.reviewer_b.user)
    number = Proposal.objects.get().number
    answer = client.post(room(world, first, "conflict_agree"), {"proposal": number}, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert answer["HX-Push-Url"] == room(world, second)
    assert second.title in text
    assert 'id="list" hx-swap-oob="innerHTML"' in text
    assert "<html" not in text
    assert outcome(first, world.round) == Outcome.EXCLUDED
    again = client.post(room(world, first, "conflict_agree"), {"proposal": number}, headers=HTMX)
    assert again.status_code == 409


def test_the_third_reviewer_decides_with_a_why(client, world, record):
    client.force_login(world.adjudicator.user)
    assert client.post(room(world, record, "conflict_rule"), {"verdict": "include"}).status_code == 409
    answer = client.post(room(world, record, "conflict_rule"), {"verdict": "include", "text": "The aims fit."})
    assert (answer.status_code, answer["Location"]) == (303, world.at("conflicts"))
    assert Resolution.objects.get().rationale == "The aims fit."
    assert "Settled <b>1</b>" in client.get(world.at("conflicts")).content.decode()
    assert "The aims fit." in client.get(room(world, record)).content.decode()


def test_where_only_the_third_reviewer_settles_every_conflict_waits_for_them(client, db):
    world = Settling(who_settles="third")
    record = world.clash()[0]
    client.force_login(world.adjudicator.user)
    assert "For you <b>1</b>" in client.get(world.at("conflicts")).content.decode()
    client.force_login(world.reviewer_a.user)
    text = client.get(room(world, record)).content.decode()
    assert "A says yes" in text
    assert "Propose" not in text
    assert client.post(room(world, record, "conflict_propose"), {"verdict": "include"}).status_code == 403


def test_nobody_may_decide_alone_but_the_third_reviewer(client, world, record):
    client.force_login(world.reviewer_a.user)
    answer = client.post(room(world, record, "conflict_rule"), {"verdict": "include", "text": "mine"}, headers=HTMX)
    assert answer.status_code == 403
    assert not Resolution.objects.exists()


def test_messages_handing_on_and_taking_back(client, world, record):
    client.force_login(world.reviewer_a.user)
    assert client.post(room(world, record, "conflict_say"), {"text": "Look at the aims <b>again</b>"}, headers=HTMX).status_code == 200
    assert "Look at the aims &lt;b&gt;again&lt;/b&gt;" in client.get(room(world, record)).content.decode()
    assert client.post(room(world, record, "conflict_say"), {"text": " "}).status_code == 409
    client.post(room(world, record, "conflict_propose"), {"verdict": "include"})
    client.post(room(world, record, "conflict_withdraw_proposal"), {"proposal": Proposal.objects.get().number})
    assert Proposal.objects.get().state == ProposalState.WITHDRAWN
    assert client.post(room(world, record, "conflict_hand_on"), {"text": "We do not agree."}).status_code == 303
    assert "handed to the third reviewer" in client.get(world.at("conflicts")).content.decode()
    assert "Handed this to the third reviewer" in client.get(room(world, record)).content.decode()
    client.force_login(world.adjudicator.user)
    assert "handed to you" in client.get(world.at("conflicts")).content.decode()
    text = client.get(world.at("conflicts") + "?show=mine").content.decode()
    assert record.title in text


def test_a_vote_changed_after_the_decision_is_listed_until_somebody_looks(client, world, record):
    actions.rule(world.adjudicator, record, world.round, verdict=Verdict.INCLUDE, rationale="fits")
    cast_vote(world.reviewer_b, record, world.round, Verdict.INCLUDE, why="second thoughts")
    assert RoundRecord.objects.get(record=record, round=world.round).vote_changed_after
    client.force_login(world.adjudicator.user)
    assert record.title in client.get(world.at("conflicts") + "?show=changed").content.decode()
    text = client.get(room(world, record) + "?show=changed").content.decode()
    assert "after the decision" in text
    assert "Let it stand" in text
    client.post(room(world, record, "conflict_confirm") + "?show=changed", {"text": "It stands."})
    assert "Changed <b>" not in client.get(world.at("conflicts")).content.decode()


def test_a_final_decision_can_be_taken_back_with_a_why(client, world, record):
    actions.rule(world.adjudicator, record, world.round, verdict=Verdict.INCLUDE, rationale="fits")
    client.force_login(world.reviewer_a.user)
    assert client.post(room(world, record, "conflict_reopen"), {"text": ""}).status_code == 409
    client.post(room(world, record, "conflict_reopen"), {"text": "The full text says otherwise."})
    assert outcome(record, world.round) == Outcome.CONFLICT


def test_full_text_exclusions_name_a_reason_and_conflicts_of_reasons_are_called_so(client, world):
    (report,) = world.on()
    record, round = report.record, world.full_text_round
    cast_vote(world.reviewer_a, record, round, Verdict.EXCLUDE, reason=world.reason("relevance"))
    cast_vote(world.reviewer_b, record, round, Verdict.EXCLUDE, reason=world.reason("design"))
    url = world.at("conflict_propose", round.number, record.number)
    client.force_login(world.reviewer_a.user)
    text = client.get(world.at("conflict", round.number, record.number)).content.decode()
    assert "Conflict of reasons" in text
    assert "Propose include" not in text
    assert client.post(url, {"verdict": "exclude"}).status_code == 409
    assert client.post(url, {"verdict": "exclude", "reason": "99"}).status_code == 422
    assert client.post(url, {"verdict": "exclude", "reason": "3"}).status_code == 303
    assert Proposal.objects.get().primary_reason == world.reason("design")


def test_a_ruling_at_full_text_can_await_classification(client, world):
    (report,) = world.on()
    record, round = report.record, world.full_text_round
    cast_vote(world.reviewer_a, record, round, Verdict.INCLUDE)
    cast_vote(world.reviewer_b, record, round, Verdict.EXCLUDE, reason=world.reason("design"))
    client.force_login(world.adjudicator.user)
    sent = {"verdict": "include", "text": "wait for the author", "study_status": "awaiting", "reason": "2"}
    assert client.post(world.at("conflict_rule", round.number, record.number), sent).status_code == 303
    assert Resolution.objects.get().study_status == StudyStatus.AWAITING
    assert Resolution.objects.get().primary_reason is None


def test_kinds_are_filters_and_nonsense_in_the_address_is_ignored(client, world, record):
    client.force_login(world.reviewer_a.user)
    assert record.title in client.get(world.at("conflicts") + "?kind=verdicts").content.decode()
    assert record.title not in client.get(world.at("conflicts") + "?kind=reasons").content.decode()
    assert client.get(world.at("conflicts") + "?kind=zzz&show=%00&after=!!").status_code == 200


def test_the_empty_list_says_what_comes(client, world):
    client.force_login(world.reviewer_a.user)
    assert "No conflict is open to you" in client.get(world.at("conflicts")).content.decode()


def test_queries_do_not_grow_with_the_list(client, world, django_assert_max_num_queries):
    record, *_rest = world.clash(4)
    client.force_login(world.reviewer_a.user)
    client.get(room(world, record))
    with django_assert_max_num_queries(48):
        client.get(room(world, record), headers=HTMX)
    world.clash(12)
    with django_assert_max_num_queries(48):
        client.get(room(world, record), headers=HTMX)


def test_what_a_pilot_differed_on_is_talked_about_and_not_settled(client, world):
    records = world.records(2)
    pilot = world.open_round(kind=RoundKind.PILOT, record_ids=[record.pk for record in records])
    for who, verdict in ((world.reviewer_a, Verdict.INCLUDE), (world.reviewer_b, Verdict.EXCLUDE)):
        cast_vote(who, records[0], pilot, verdict)
        cast_vote(who, records[1], pilot, Verdict.INCLUDE)
    client.force_login(world.reviewer_a.user)
    stages.close_round(world.owner, pilot)
    text = client.get(world.at("conflicts")).content.decode()
    assert "Open <b>0</b>" in text
    assert "Pilot <b>1</b>" in text
    text = client.get(world.at("conflicts") + "?show=pilot").content.decode()
    assert records[0].title in text
    assert records[1].title not in text
    place = [pilot.number, records[0].number]
    text = client.get(world.at("conflict", *place) + "?show=pilot").content.decode()
    assert "These votes decide nothing" in text
    assert "Propose include" not in text
    assert world.at("criteria_note", *place) in text
    assert client.post(world.at("conflict_say", *place), {"text": "Because of the age"}).status_code == 303
    assert "Because of the age" in client.get(world.at("conflict", *place)).content.decode()
    assert client.post(world.at("conflict_propose", *place), {"verdict": "include"}).status_code in (409, 422)
    client.force_login(world.adjudicator.user)
    assert client.post(world.at("conflict_rule", *place), {"verdict": "include", "text": "so"}).status_code in (409, 422)
    assert not Resolution.objects.exists()
