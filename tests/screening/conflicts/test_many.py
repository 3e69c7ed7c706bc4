"""Many conflicts at once: groups that look alike, one act on all, the way back; and the agenda of a meeting."""

from io import BytesIO
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest

from reviewapp.audit.models import Event
from screening.conflicts import actions, meeting, together
from screening.labels import actions as labels
from screening.models import Opened, Proposal, Resolution
from screening.stages import actions as stages
from screening.vocabulary import Outcome, ProposalState, RoundKind, Verdict
from tests.fixtures import cast_vote, outcome
from tests.screening.settling import Settling

I, E, M = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE


@pytest.fixture
def world(db):
    return Settling()


def go(world, group):
    return world.at("conflicts_together") + "?" + urlencode({"round": group.round.number, "alike": group.key})


def other(world, n=2):
    """Conflicts of another pattern: maybe against exclude without a reason."""
    found = world.records(n)
    for record in found:
        cast_vote(world.reviewer_a, record, world.round, M)
        cast_vote(world.reviewer_b, record, world.round, E)
    return found


def test_conflicts_are_grouped_by_their_votes_and_reasons(world):
    alike, more = world.clash(3), other(world)
    (alone,) = world.records(1)
    cast_vote(world.reviewer_a, alone, world.round, E)
    cast_vote(world.reviewer_b, alone, world.round, I)
    found = together.groups(world.adjudicator)
    assert [(group.n, group.act) for group in found] == [(3, "rule"), (2, "rule")]
    assert [row.record for row in found[0].rows] == alike
    assert [row.record for row in found[1].rows] == more
    assert [(voice.verdict, voice.reason) for voice in found[0].voices] == [("exclude", "Not relevant"), ("include", "")]
    assert [group.act for group in together.groups(world.reviewer_a)] == ["propose", "propose"]
    assert together.groups(world.reviewer_c) == together.groups(world.owner) == []


def test_the_third_reviewer_decides_all_that_are_ticked_and_each_has_its_own_history(client, world):
    records = world.clash(3)
    (group,) = together.groups(world.adjudicator)
    client.force_login(world.adjudicator.user)
    text = client.get(go(world, group)).content.decode()
    assert all(record.title in text for record in records)
    assert Opened.objects.filter(member=world.adjudicator).count() == 3
    sent = {"record": [r.number for r in records[:2]], "verdict": "exclude", "reason": "2", "text": "Both are opinions."}
    assert client.post(go(world, group), sent | {"text": ""}).status_code == 409
    assert client.post(go(world, group), sent | {"verdict": ""}).status_code == 422
    answer = client.post(go(world, group), sent)
    assert answer.status_code == 303
    assert [outcome(r, world.round) for r in records] == [Outcome.EXCLUDED, Outcome.EXCLUDED, Outcome.CONFLICT]
    assert {r.rationale for r in Resolution.objects.all()} == {"Both are opinions."}
    assert {r.primary_reason.key for r in Resolution.objects.all()} == {"viewpoint"}
    assert set(Event.objects.filter(kind="conflict:settled").values_list("record_number", flat=True)) == {r.number for r in records[:2]}
    back = client.get(answer["Location"]).content.decode()
    assert records[0].title in back
    assert records[2].title not in back
    rows = [f"{world.round.number}-{r.number}" for r in records[:1]]
    assert client.post(answer["Location"], {"record": rows, "text": ""}).status_code == 409
    assert client.post(answer["Location"], {"record": rows, "text": "One is not."}).status_code == 303
    assert [outcome(r, world.round) for r in records] == [Outcome.CONFLICT, Outcome.EXCLUDED, Outcome.CONFLICT]


def test_the_two_propose_and_agree_on_all(client, world):
    records = world.clash(3)
    client.force_login(world.reviewer_a.user)
    (group,) = together.groups(world.reviewer_a)
    sent = {"record": [r.number for r in records], "verdict": "include", "text": "The aims fit."}
    assert client.post(go(world, group), sent).status_code == 303
    assert Proposal.objects.filter(state=ProposalState.OPEN, by=world.reviewer_a).count() == 3
    assert together.groups(world.reviewer_a) == []
    client.force_login(world.reviewer_b.user)
    (group,) = together.groups(world.reviewer_b)
    assert (group.act, group.proposal) == ("agree", ("include", ""))
    assert "agree to the proposal" in client.get(world.at("conflicts_together")).content.decode()
    assert client.post(go(world, group), {"record": [r.number for r in records]}).status_code == 303
    assert {outcome(r, world.round) for r in records} == {Outcome.GOES_ON}


def test_proposals_are_taken_back_without_a_why(client, world):
    records = world.clash(2)
    for record in records:
        actions.propose(world.reviewer_a, record, world.round, verdict=I)
    client.force_login(world.reviewer_a.user)
    rows = [f"{world.round.number}-{r.number}" for r in records]
    assert client.post(world.at("conflicts_back"), {"record": rows}).status_code == 303
    assert not Proposal.objects.filter(state=ProposalState.OPEN).exists()
    client.force_login(world.reviewer_b.user)
    assert client.post(world.at("conflicts_back"), {"record": rows, "text": "mine"}).status_code == 422


def test_a_group_that_changed_meanwhile_is_not_acted_on(client, world):
    records = world.clash(2)
    (group,) = together.groups(world.adjudicator)
    address = go(world, group)
    actions.rule(world.adjudicator, records[0], world.round, verdict=I, rationale="fits")
    client.force_login(world.adjudicator.user)
    assert "not there any more" in client.get(address).content.decode()
    answer = client.post(address, {"record": [r.number for r in records], "verdict": "include", "text": "all"})
    assert answer.status_code == 422
    assert outcome(records[1], world.round) == Outcome.CONFLICT


def test_one_that_is_refused_does_not_stop_the_others(world):
    records = world.clash(3)
    (group,) = together.groups(world.adjudicator)
    actions.rule(world.adjudicator, records[1], world.round, verdict=I, rationale="fits")
    done = together.end(world.adjudicator, group, [r.number for r in records], verdict=E, reason=None, why="all")
    assert done.records == [records[0].number, records[2].number]
    assert [number for number, _why in done.refused] == [records[1].number]
    assert outcome(records[1], world.round) == Outcome.GOES_ON


def test_what_is_not_open_is_in_no_group_and_cannot_be_named(client, db):
    world = Settling(three=True)
    records = world.clash(2)
    client.force_login(world.reviewer_c.user)
    text = client.get(world.at("conflicts_together")).content.decode()
    assert "No conflicts look alike" in text
    assert records[0].title not in client.get(world.at("conflicts_back") + f"?records={records[0].number}").content.decode()


def test_at_most_two_hundred(world, monkeypatch):
    monkeypatch.setattr(together, "AT_ONCE", 2)
    records = world.clash(3)
    (group,) = together.groups(world.adjudicator)
    assert len(group.shown) == 2
    with pytest.raises(actions.CannotSettle):
        together.end(world.adjudicator, group, [r.number for r in records], verdict=E, reason=None, why="all")


def words(content):
    with ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        assert not [name for name in names if "vba" in name.lower()]
        return archive.read("word/document.xml").decode()


def test_the_agenda_holds_conflicts_and_what_is_to_be_discussed_with_open_votes_only(client, world):
    (clash,) = world.clash(title="A conflict")
    pilot = world.open_round(kind=RoundKind.PILOT, record_ids=[clash.pk])
    cast_vote(world.reviewer_a, clash, pilot, E, note="said in the pilot")
    stages.close_round(world.owner, pilot)
    (asked,) = world.records(1, title="To be talked about")
    cast_vote(world.reviewer_a, asked, world.round, I, note="my own secret")
    labels.put(world.reviewer_a, labels.to_discuss(world.review), [asked])
    client.force_login(world.reviewer_a.user)
    text = client.get(world.at("meeting")).content.decode()
    assert all(one in text for one in ("A conflict", "To be talked about", "A says yes", "B says no", "Not relevant"))
    assert "said in the pilot" not in text
    assert "my own secret" not in text, "a vote of one's own that is not open would tell the meeting"
    answer = client.get(world.at("meeting_file"))
    inside = words(answer.content)
    assert all(one in inside for one in ("A conflict", "To be talked about", "B says no", "Outcome"))
    assert "my own secret" not in inside
    assert "instrText" not in inside
    assert "fldSimple" not in inside
    assert Opened.objects.filter(member=world.reviewer_a, record=clash).exists()
    client.force_login(world.reviewer_c.user)
    text = client.get(world.at("meeting")).content.decode()
    assert "A conflict" not in text


def test_text_that_looks_like_a_formula_or_markup_stays_text(world):
    world.clash(title="=HYPERLINK(1) <w:fldSimple/>")
    inside = words(meeting.as_docx("Agenda", meeting.agenda(world.adjudicator)))
    assert "&lt;w:fldSimple/&gt;" in inside
    assert "<w:fldSimple" not in inside


def test_too_many_conflicts_are_left_out_and_counted(world, monkeypatch):
    monkeypatch.setattr(meeting, "AT_MOST", 2)
    world.clash(3)
    found = meeting.agenda(world.adjudicator)
    assert (len(found.points), found.left_out) == (2, 1)


def test_queries_of_the_agenda_do_not_grow(world, django_assert_max_num_queries):
    world.clash(3)
    with django_assert_max_num_queries(24):
        meeting.agenda(world.adjudicator)
    world.clash(6)
    with django_assert_max_num_queries(24):
        meeting.agenda(world.adjudicator)
