"""Invitations, roles and the team's page."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from reviewapp.audit.models import Event
from reviewapp.reviews import actions
from reviewapp.reviews.models import Invitation, Member
from reviewapp.reviews.vocabulary import Role
from tests.factories import user

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(db):
    return user("guest")


@pytest.fixture
def door(world, guest):
    """An invitation for the guest and its address."""
    invitation, token = actions.invite(world.owner, email=f"{guest.email.upper()} ", roles=[Role.REVIEWER])
    return invitation, reverse("invitation", args=[token])


def test_the_invited_person_joins_once(world, guest, door, client):
    invitation, path = door
    client.force_login(guest)
    page = client.get(path)
    assert page.status_code == HTTPStatus.OK
    assert page["Referrer-Policy"] == "same-origin"
    assert client.post(path).url == reverse("overview", args=[world.review.slug])
    member = Member.objects.get(review=world.review, user=guest)
    assert (member.roles, member.author_number) == (["reviewer"], 4)
    assert client.get(path).status_code == HTTPStatus.NOT_FOUND
    assert client.post(path).status_code == HTTPStatus.NOT_FOUND
    assert Event.objects.filter(review=world.review, kind="member:joined").count() == 1
    with pytest.raises(actions.CannotJoin):
        actions.accept(invitation, guest)


def test_the_wrong_account_is_told_so_and_shown_the_way_out(world, guest, door, client):
    _invitation, path = door
    client.force_login(world.reviewer_a.user)
    page = client.get(path).content.decode()
    assert "sign_out" in page
    assert world.reviewer_a.user.email in page
    client.post(path)
    assert Invitation.objects.get().accepted_at is None
    assert client.post(path, {"sign_out": "1"}).url == path
    assert "_auth_user_id" not in client.session


def test_nobody_is_offered_to_sign_in_and_learns_the_review_only(door, client, world):
    _invitation, path = door
    page = client.get(path).content.decode()
    assert reverse("account_login") in page
    assert world.owner.user.email not in page
    client.post(path)
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize(
    "change", [{"expires_at": timezone.now() - timedelta(seconds=1)}, {"withdrawn_at": timezone.now()}], ids=["expired", "withdrawn"]
)
def test_a_door_that_is_shut_is_like_one_that_never_was(guest, door, client, change):
    _invitation, path = door
    Invitation.objects.update(**change)
    client.force_login(guest)
    shut, never = client.get(path), client.get(reverse("invitation", args=["no-such-token"]))
    assert shut.status_code == never.status_code == HTTPStatus.NOT_FOUND
    assert client.post(path).status_code == HTTPStatus.NOT_FOUND
    assert not Member.objects.filter(user=guest).exists()


@pytest.mark.parametrize("change", [{"expires_at": timezone.now() - timedelta(seconds=1)}, {"withdrawn_at": timezone.now()}])
def test_a_door_that_shuts_while_the_page_is_open_lets_nobody_in(guest, door, change):
    """The row at hand was read before; the door is asked again when it is opened."""
    invitation, _path = door
    Invitation.objects.update(**change)
    with pytest.raises(actions.CannotJoin):
        actions.accept(invitation, guest)


def test_an_invitation_to_a_deleted_review_opens_nothing(world, guest, door, client):
    actions.delete_review(world.owner, why="A try")
    client.force_login(guest)
    assert client.get(door[1]).status_code == HTTPStatus.NOT_FOUND


def test_the_token_is_kept_nowhere_and_a_second_invitation_ends_the_first(world, guest, door):
    _invitation, path = door
    token = path.rstrip("/").split("/")[-1]
    assert token not in str(Invitation.objects.values())
    actions.invite(world.owner, email=guest.email, roles=[Role.OBSERVER])
    assert actions.find_invitation(token) is None
    assert Invitation.objects.filter(withdrawn_at=None).count() == 1


def test_who_is_in_already_is_not_invited(world):
    with pytest.raises(actions.CannotJoin):
        actions.invite(world.owner, email=world.reviewer_a.user.email.upper(), roles=[Role.OBSERVER])


def test_who_comes_back_keeps_the_numbers(world, client):
    who = world.reviewer_b
    actions.end_membership(world.owner, who)
    invitation, _token = actions.invite(world.owner, email=who.user.email, roles=[Role.REVIEWER])
    back = actions.accept(invitation, who.user)
    assert (back.pk, back.number, back.author_number, back.ended_at) == (who.pk, who.number, who.author_number, None)


def test_the_last_owner_stays(world):
    with pytest.raises(actions.LastOwner):
        actions.end_membership(world.owner, world.owner)
    with pytest.raises(actions.LastOwner):
        actions.change_roles(world.owner, world.owner, roles=[Role.REVIEWER])
    actions.change_roles(world.owner, world.librarian, roles=[Role.OWNER, Role.LIBRARIAN])
    actions.end_membership(world.owner, world.owner)
    assert Member.objects.get(pk=world.owner.pk).ended_at is not None


def test_the_page_says_that_the_last_owner_stays_and_is_no_error(world, client):
    client.force_login(world.owner.user)
    answer = client.post(reverse("member_end", args=[world.review.slug, world.owner.number]))
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "at least one owner" in answer.content.decode()


def test_a_change_of_roles_keeps_from_and_to(world):
    actions.change_roles(world.owner, world.observer, roles=[Role.REVIEWER], why="Joins the screening")
    event = Event.objects.filter(review=world.review, kind="member:roles").get()
    assert (event.data["from"], event.data["to"], event.text.text) == (["observer"], ["reviewer"], "Joins the screening")
    assert Member.objects.get(pk=world.observer.pk).author_number == 4


def test_the_owner_invites_and_gets_a_link_shown_once(world, client):
    client.force_login(world.owner.user)
    path = reverse("team", args=[world.review.slug])
    answer = client.post(path, {"email": "new@example.org", "roles": ["reviewer"]})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert "/invitation/" in client.get(path).content.decode()
    assert "/invitation/" not in client.get(path).content.decode()
    assert client.post(path, {"email": "not an address", "roles": ["king"]}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize("who", ["reviewer_a", "adjudicator", "librarian", "observer"])
def test_others_see_the_team_and_invite_nobody(world, client, who):
    actions.invite(world.owner, email="new@example.org", roles=[Role.REVIEWER])
    client.force_login(getattr(world, who).user)
    path = reverse("team", args=[world.review.slug])
    page = client.get(path).content.decode()
    assert world.owner.user.display_name in page
    assert "new@example.org" not in page
    assert client.post(path, {"email": "x@example.org", "roles": ["owner"]}).status_code == HTTPStatus.FORBIDDEN
    assert Invitation.objects.count() == 1


def test_numbers_of_a_review_are_dense(world):
    from reviewapp.reviews import numbers

    first = numbers.take(world.review, "thing")
    assert (first, numbers.take(world.review, "thing", 3), numbers.take(world.review, "thing")) == (1, 2, 5)
