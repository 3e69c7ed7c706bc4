"""Make a review, bring people in, change what they may do, let them go."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from reviewapp.accounts.models import User
from reviewapp.audit import actions as audit
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Invitation, Member, Review
from reviewapp.reviews.vocabulary import ReviewKind, Role
from reviewapp.web.errors import DomainError

INVITATION_LASTS = timedelta(days=14)
SLUG_LETTERS = 60


class CannotJoin(DomainError):
    """The invitation does not open this door, or not for this person."""


class LastOwner(DomainError):
    """A review keeps at least one owner."""


@transaction.atomic
def create_review(user: User, *, title: str, slug: str = "", kind: ReviewKind = ReviewKind.SCOPING, roles: Iterable[Role] = (Role.OWNER,),
                  question: str = "", framework: str = "", aims: Iterable[str] = (), is_demo: bool = False) -> Member:  # fmt: skip
    """Make a review with its first member; slugs end in random letters, so that nobody guesses one."""
    slug = slug or f"{slugify(title)[:SLUG_LETTERS] or 'review'}-{secrets.token_hex(3)}"
    review = Review.objects.create(
        title=title,
        slug=slug,
        kind=kind,
        question=question,
        framework=framework,
        aims=[aim for aim in aims if aim.strip()],
        is_demo=is_demo,
    )
    member = _add_member(review, user, roles)
    audit.log("review:created", review=review, actor=member)
    return member


def _add_member(review: Review, user: User, roles: Iterable[Role]) -> Member:
    named = [Role(role).value for role in roles]
    author = numbers.take(review, "author") if Role.REVIEWER in named else None
    return Member.objects.create(review=review, user=user, number=numbers.take(review, "member"), author_number=author, roles=named)


@transaction.atomic
def change_review(member: Member, *, title: str, question: str, framework: str, aims: Iterable[str], author_word: str, kind: str) -> None:
    """Change how the review describes itself."""
    Review.objects.filter(pk=member.review_id).update(
        title=title, question=question, framework=framework, aims=list(aims), author_word=author_word, kind=kind
    )
    audit.log("review:changed", review=member.review, actor=member)


@transaction.atomic
def delete_review(member: Member, *, why: str) -> None:
    """Take a review out of everybody's sight. It can be brought back by whoever runs the server (manage.py restore_review)."""
    Review.objects.filter(pk=member.review_id).update(deleted_at=timezone.now())
    audit.log("review:deleted", review=member.review, actor=member, text=why)


@transaction.atomic
def bring_back_review(review: Review) -> None:
    """Undo a deletion."""
    Review.objects.filter(pk=review.pk).update(deleted_at=None)
    audit.log("review:brought_back", review=review)


@transaction.atomic
def invite(member: Member, *, email: str, roles: Iterable[Role]) -> tuple[Invitation, str]:
    """Open a door for one address; gives the invitation and the token, which is kept nowhere else. An open one for the address ends."""
    email = User.objects.normalize_email(email.strip())
    if Member.objects.filter(review=member.review, user__email__iexact=email, ended_at=None).exists():
        raise CannotJoin(_("%(email)s is in this review already.") % {"email": email})
    Invitation.objects.for_review(member.review).filter(email__iexact=email, accepted_at=None, withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        review=member.review, number=numbers.take(member.review, "invitation"), email=email, roles=[Role(r).value for r in roles],
        token_digest=digest(token), invited_by=member, expires_at=timezone.now() + INVITATION_LASTS,
    )  # fmt: skip
    audit.log("invitation:made", review=member.review, actor=member, data={"invitation": invitation.number, "roles": invitation.roles})
    return invitation, token


def digest(token: str) -> str:
    """Give what is kept of a token."""
    return sha256(token.encode()).hexdigest()


def find_invitation(token: str) -> Invitation | None:
    """Give the open invitation of a token; None when there is none, or it is used, withdrawn or too old."""
    found: Invitation | None = (
        Invitation.objects.filter(
            token_digest=digest(token), accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now(), review__deleted_at=None
        )
        .select_related("review", "invited_by__user")
        .first()
    )
    return found


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Member:
    """Let the invited person in; many at once with one token let one in. Raises CannotJoin for another address."""
    if user.email.casefold() != invitation.email.casefold():
        raise CannotJoin(_("The invitation was made out to another e-mail."))
    moment = timezone.now()
    still = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None, expires_at__gt=moment)
    # own columns only: with a join the update would become a sub-select, and many would get in at once
    if not still.update(accepted_at=moment) or Review.objects.filter(pk=invitation.review_id).exclude(deleted_at=None).exists():
        raise CannotJoin(_("This invitation was used or withdrawn already. Ask for a new one."))
    member = Member.objects.filter(review=invitation.review, user=user).first()
    if member is None:
        member = _add_member(invitation.review, user, [Role(role) for role in invitation.roles])
    else:
        _set_roles(member, invitation.roles, ended=False)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=member)
    audit.log("member:joined", review=invitation.review, actor=member, data={"invitation": invitation.number, "roles": invitation.roles})
    return member


@transaction.atomic
def withdraw_invitation(member: Member, invitation: Invitation) -> None:
    """Close an open door."""
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())
    audit.log("invitation:withdrawn", review=member.review, actor=member, data={"invitation": invitation.number})


@transaction.atomic
def change_roles(by: Member, member: Member, *, roles: Iterable[Role], why: str = "") -> None:
    """Give a member other roles, from the next request on."""
    named = [Role(role).value for role in roles]
    if not named:
        raise LastOwner(_("Choose at least one role."))
    _keep_an_owner(member, named)
    before = member.roles
    _set_roles(member, named, ended=False)
    audit.log("member:roles", review=by.review, actor=by, data={"member": member.number, "from": before, "to": named}, text=why)


@transaction.atomic
def end_membership(by: Member, member: Member, *, why: str = "") -> None:
    """Let a person go, from the next request on. Their votes stay, under their number."""
    _keep_an_owner(member, [])
    Member.objects.filter(pk=member.pk).update(ended_at=timezone.now())
    audit.log("member:ended", review=by.review, actor=by, data={"member": member.number}, text=why)


def _set_roles(member: Member, roles: list[str], *, ended: bool) -> None:
    member.roles = roles
    member.ended_at = None if not ended else member.ended_at
    if Role.REVIEWER in roles and member.author_number is None:
        member.author_number = numbers.take(member.review, "author")
    member.save(update_fields=["roles", "ended_at", "author_number"])


def _keep_an_owner(member: Member, roles: Iterable[str]) -> None:
    if Role.OWNER in roles or not member.has_role(Role.OWNER):
        return
    everybody = Member.objects.for_review(member.review).filter(ended_at=None)
    held = list(everybody.select_for_update(no_key=True).order_by("pk"))  # in one order, so that two who let each other go take turns
    if not any(other.has_role(Role.OWNER) for other in held if other.pk != member.pk):
        raise LastOwner(_("A review keeps at least one owner. Make somebody else owner first."))
