"""Labels: private or the team's; found again, renamed, merged, taken off; and never a way to learn of another's judgement."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reviewapp.web.errors import Invalid
from screening import visibility
from screening.labels import actions, queries
from screening.models import Label
from screening.outcomes import merging
from screening.vocabulary import LabelColour, LabelUse, Verdict
from tests.factories import World
from tests.fixtures import cast_vote


def names(member: Any, record: Any) -> list[str]:
    return [one.label.name for one in queries.worn(member, [record]).get(record.pk, [])]


def client_of(member: Any) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def test_a_private_label_is_seen_by_its_owner_only(world: World) -> None:
    record = world.record()
    mine = actions.make(world.reviewer_a, name="Read again")
    actions.put(world.reviewer_a, mine, [record])
    assert names(world.reviewer_a, record) == ["Read again"]
    for other in (world.reviewer_b, world.owner, world.librarian, world.adjudicator):
        assert names(other, record) == []
        assert mine not in queries.labels(other)
        with pytest.raises(Invalid):
            actions.put(other, mine, [record])


def test_what_another_puts_on_a_record_shows_to_a_voter_once_it_is_open(world: World) -> None:
    record = world.record()
    round = world.open_round()
    shared = actions.make(world.owner, name="Children", shared=True)
    actions.put(world.reviewer_a, shared, [record])
    assert names(world.reviewer_b, record) == []
    assert names(world.librarian, record) == ["Children"], "who does not vote there may see it"
    cast_vote(world.reviewer_a, record, round, Verdict.INCLUDE)
    cast_vote(world.reviewer_b, record, round, Verdict.INCLUDE)
    assert names(world.reviewer_b, record) == ["Children"]


def test_a_name_is_taken_once_whatever_its_case(world: World) -> None:
    actions.make(world.owner, name="Children", shared=True)
    with pytest.raises(actions.NameTaken):
        actions.make(world.reviewer_a, name="children", shared=True)
    actions.make(world.reviewer_a, name="children")
    actions.make(world.reviewer_b, name="children")


def test_renamed_and_merged_labels_keep_their_records(world: World) -> None:
    one, two, three = world.records(3)
    kids, children = (actions.make(world.owner, name=name, shared=True) for name in ("Kids", "Children"))
    actions.put(world.librarian, kids, [one, two])
    actions.put(world.librarian, children, [two, three])
    assert actions.merge(world.owner, kids, children) == 2
    actions.change(world.owner, children, name="Young people", colour=LabelColour.RED)
    assert [names(world.owner, record) for record in (one, two, three)] == [["Young people"]] * 3
    assert queries.counts(world.owner) == {children.pk: 3}


def test_a_merged_group_wears_the_labels_of_all_its_records_and_gives_them_back(world: World) -> None:
    one, two = world.records(2)
    label = actions.make(world.owner, name="Children", shared=True)
    actions.put(world.owner, label, [two])
    made = merging.merge(two, one, by=world.owner)
    assert names(world.owner, one) == ["Children"]
    merging.undo(made, by=world.owner, why="Two papers")
    assert names(world.owner, one) == []
    assert names(world.owner, two) == ["Children"]


def test_who_put_a_label_takes_it_off_and_an_owner_takes_off_any(world: World) -> None:
    record = world.record()
    label = actions.make(world.owner, name="Children", shared=True)
    actions.put(world.reviewer_a, label, [record])
    assert actions.take(world.librarian, label, [record]) == 0
    assert names(world.owner, record) == ["Children"]
    assert actions.take(world.owner, label, [record]) == 1
    assert names(world.owner, record) == []


def test_putting_twice_is_putting_once(world: World) -> None:
    record = world.record()
    label = actions.make(world.owner, name="Children", shared=True)
    assert [actions.put(world.owner, label, [record]) for _ in range(2)] == [1, 0]
    assert visibility.labellings(world.owner).count() == 1


def test_to_discuss_collects_an_agenda_with_the_notes_one_may_read(world: World) -> None:
    record = world.record("A hard one")
    label = actions.to_discuss(world.review)
    assert actions.to_discuss(world.review) == label
    assert label.use == LabelUse.DISCUSS
    actions.put(world.reviewer_a, label, [record])
    (point,) = queries.agenda(world.owner)
    assert (point.record, point.by) == (record, [world.reviewer_a.label])
    page = client_of(world.owner).get(reverse("agenda", args=[world.review.slug])).content.decode()
    assert "A hard one" in page
    client_of(world.librarian).post(reverse("record_labels", args=[world.review.slug, record.number]), {"discuss": "1", "off": "1"})
    assert queries.agenda(world.owner) == []


def test_the_page_makes_renames_merges_and_ends(world: World) -> None:
    client, slug = client_of(world.reviewer_a), world.review.slug
    for name in ("One", "Two", "Three"):
        assert client.post(reverse("labels", args=[slug]), {"name": name, "colour": "green", "shared": "team"}).status_code == 303
    again = client.post(reverse("labels", args=[slug]), {"name": "one", "colour": "green", "shared": "team"})
    assert again.status_code == 422
    assert "There is a label of this name already" in again.content.decode()
    one, two, three = Label.objects.for_review(world.review).order_by("number")
    client.post(reverse("label_change", args=[slug, one.number]), {"name": "First", "colour": "red"})
    client.post(reverse("label_merge", args=[slug, two.number]), {"into": str(one.number)})
    client.post(reverse("label_end", args=[slug, three.number]))
    assert [str(label) for label in queries.labels(world.reviewer_b)] == ["First"]


def test_a_record_gets_a_label_by_its_part_and_by_many_at_once(world: World) -> None:
    one, two = world.records(2)
    client, slug = client_of(world.reviewer_a), world.review.slug
    there = reverse("record_labels", args=[slug, one.number])
    part = client.post(there, {"name": "New one"}, headers={"HX-Request": "true"}).content.decode()
    assert 'aria-pressed="true"' in part
    assert f'id="record-labels-{one.number}"' in part
    label = queries.labels(world.reviewer_a).get()
    back = f"/r/{slug}/records/?year=2015"
    sent = {"record": [one.number, two.number], "label": label.number, "next": back}
    answer = client.post(reverse("labels_bulk", args=[slug]), sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, back)
    assert names(world.reviewer_a, two) == ["New one"]
    client.post(reverse("labels_bulk", args=[slug]), {**sent, "off": "1", "next": "https://elsewhere.example/r/"})
    assert names(world.reviewer_a, one) == names(world.reviewer_a, two) == []


def test_a_name_that_is_taken_is_said_beside_the_field(world: World) -> None:
    record = world.record()
    actions.make(world.owner, name="Children", shared=True)
    there = reverse("record_labels", args=[world.review.slug, record.number])
    part = client_of(world.reviewer_a).post(there, {"name": "CHILDREN", "shared": "team"}, headers={"HX-Request": "true"})
    assert part.status_code == 422
    assert 'value="CHILDREN"' in part.content.decode()
    assert "There is a label of this name already" in part.content.decode()


def test_the_list_finds_by_label_what_one_may_see_and_labels_what_is_chosen(world: World) -> None:
    one, two, three = world.records(3)
    world.open_round()
    label = actions.make(world.owner, name="Peer support", shared=True)
    actions.put(world.reviewer_a, label, [one])
    for who, n in ((world.reviewer_a, 1), (world.librarian, 1), (world.reviewer_b, 0)):
        page = client_of(who).get(reverse("records", args=[world.review.slug]), {"q": 'label:"peer support"'}).content.decode()
        assert (f"/records/{one.number}/" in page) is bool(n), who
    page = client_of(world.librarian).get(reverse("records_counts", args=[world.review.slug])).content.decode()
    assert "Peer support" in page
    chosen = {"record": [two.number, three.number], "act": "label", "label": label.number, "next": "/"}
    assert client_of(world.librarian).post(reverse("records_chosen", args=[world.review.slug]), chosen).status_code in (200, 303)
    assert names(world.librarian, two) == names(world.librarian, three) == ["Peer support"]


def test_nobody_uses_the_label_of_another_review(world: World) -> None:
    other = World("other")
    label = actions.make(other.owner, name="Foreign", shared=True)
    record = world.record()
    sent = client_of(world.owner).post(reverse("record_labels", args=[world.review.slug, record.number]), {"label": label.number + 50})
    assert sent.status_code == 404


def test_to_discuss_can_be_asked_for_before_anybody_used_it(world: World) -> None:
    world.records(2)
    page = client_of(world.reviewer_a).get(reverse("records", args=[world.review.slug]), {"q": 'label:"to discuss"'}).content.decode()
    assert "There is no label" not in page
    assert "No record fits" in page
