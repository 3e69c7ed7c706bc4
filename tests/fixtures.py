"""Fixtures over the factories, and the shortest ways to vote and to look."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from screening import visibility
from screening.decisions import actions as decisions
from screening.models import Record, RoundRecord
from screening.vocabulary import Outcome, Verdict
from tests.factories import World, user


@pytest.fixture(autouse=True)
def silent_jobs(settings: Any) -> None:
    settings.JOBS_SILENT = True


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def outsider(db: None) -> Any:
    return user("outsider")


@pytest.fixture
def vote() -> Callable[..., Any]:
    return cast_vote


def cast_vote(member: Any, record: Record, round: Any, verdict: Verdict, **kwargs: Any) -> Any:
    """Vote as the page would: it knows the vote that stands."""
    record.refresh_from_db()
    mine = visibility.my_votes(member, round).filter(record__in=[record.pk, record.head_id or record.pk]).first()
    kwargs.setdefault("seen", mine.pk if mine else None)
    return decisions.cast(member=member, record=record, round=round, verdict=verdict, key=kwargs.pop("key", uuid4().hex), **kwargs)


def outcome(record: Record, round: Any) -> Outcome:
    record.refresh_from_db()
    return Outcome(RoundRecord.objects.get(round=round, record_id=record.head_id or record.pk).outcome)
