"""Which role has which right. Pure."""

from collections.abc import Iterable

from reviewapp.reviews.vocabulary import Right, Role

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset({Right.READ, Right.MANAGE, Right.SEARCHES, Right.DUPLICATES, Right.REMOVE, Right.FULL_TEXTS, Right.EXPORT}),
    Role.REVIEWER: frozenset({Right.READ, Right.SCREEN, Right.SETTLE, Right.DUPLICATES, Right.FULL_TEXTS, Right.APPRAISE, Right.EXPORT}),
    Role.ADJUDICATOR: frozenset({Right.READ, Right.SETTLE, Right.EXPORT}),
    Role.LIBRARIAN: frozenset({Right.READ, Right.SEARCHES, Right.DUPLICATES, Right.REMOVE, Right.FULL_TEXTS, Right.EXPORT}),
    Role.OBSERVER: frozenset({Right.READ}),
}


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """Give the union of the rights of these roles."""
    return frozenset().union(*(RIGHTS[Role(role)] for role in roles))
