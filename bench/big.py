"""A large review under way, for the figures of screening: many records, a round, and votes that stand. Written by bulk."""
from dataclasses import dataclass
from typing import Any

INCLUDE = ["Adults with severe mental illness", "Support by peers or in the neighbourhood", "Any design with data of people"]
EXCLUDE = ["Opinion, editorial or letter", "Not about people living at home"]
REASONS = [("", "Not relevant"), ("", "Wrong population"), ("", "Wrong design")]
MARKED = (("inclusion", "in", "support\nrecovery*\npeer support\ncommunity"), ("exclusion", "out", "music\ngarden"))


@dataclass(frozen=True, slots=True)
class Big:
    """A review with its people and its round."""

    owner: Any
    first: Any
    second: Any
    search: Any
    round: Any
    votes: int


def fill(n: int, slug: str = "bench-big") -> Big:
    """Make a review of ``n`` records; one reviewer has voted on half of them, another on seven tenths."""
    from bench import data
    from screening.models import HighlightList
    from screening.stages import actions as stages
    from screening.vocabulary import CriterionChange, RoundKind, StageKind

    people = data.people(slug)
    owner, first, second = people["owner"], people["first"], people["second"]
    search = data.search_of(owner)
    data.file_with(owner, search, (data.fields_of(i) for i in range(n)))
    stages.publish_criteria(owner, include=INCLUDE, exclude=EXCLUDE, reasons=REASONS, change=CriterionChange.NEW)
    for number, (name, kind, words) in enumerate(MARKED, start=1):
        HighlightList.objects.create(review=owner.review, number=number, name=name, kind=kind, words=words)
    analyze()
    opened = stages.open_round(
        owner, kind=RoundKind.MAIN, stage=stages.stage_of(owner.review, StageKind.TITLE_ABSTRACT), name="Main", team=[first, second],
        search_round=search.search_round,
    )  # fmt: skip
    analyze()
    both = range(1, n // 2 + 1)
    standing = data.votes(first, opened, both, lambda number: "include" if number % 10 == 0 else "exclude", settled=False)
    alone = range(n // 2 + 1, n // 2 + n // 5 + 1)
    standing += data.votes(second, opened, alone, lambda number: "include" if number % 9 == 0 else "exclude", settled=False)
    standing += data.votes(second, opened, both, lambda number: "include" if number % 9 == 0 else "exclude")
    analyze()
    return Big(owner, first, second, search, opened, standing)


def analyze() -> None:
    """Let the database know its rows, as it does by itself some time after so many came."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" and not connection.in_atomic_block else "ANALYZE")


def crowd(owner: Any, round: Any, n: int) -> list[Any]:
    """Bring ``n`` more reviewers into the round's team."""
    from django.contrib.auth import get_user_model

    from reviewapp.reviews import numbers
    from reviewapp.reviews.models import Member
    from reviewapp.reviews.vocabulary import Role
    from screening.stages import actions as stages

    found, review = [], owner.review
    for place in range(n):
        name = f"{review.slug}-crowd-{place}"
        user = get_user_model().objects.create_user(username=name, email=f"{name}@example.org")
        number, author = numbers.take(review, "member"), numbers.take(review, "author")
        member = Member.objects.create(review=review, user=user, number=number, author_number=author, roles=[Role.REVIEWER.value])
        stages.join_team(round, member)
        found.append(member)
    return found
