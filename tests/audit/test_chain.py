"""The chain of events: fixed bytes, every break found, and what may not enter it (I22)."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.db import connection, transaction

from reviewapp.audit import actions as audit
from reviewapp.audit.canonical import clean, digest, stamp, text_digest
from reviewapp.audit.models import ChainHead, Event, EventText
from reviewapp.audit.triggers import maintenance
from tests.factories import review

VECTOR = {"key": "ÅngstrO\u0308m", "emoji": "🧪", "list": [3, True, None], "nested": {"b": 2, "a": "e\u0301"}}


def test_the_canonical_form_is_fixed():
    """Change this and no chain of any installation holds any more."""
    assert digest(VECTOR) == "1adde3bfa95ea057b377e240e2268b2372fc42e166141ce3c35902538774a3ed"
    assert digest(VECTOR) == digest({"nested": {"a": "é", "b": 2}, "list": (3, True, None), "emoji": "🧪", "key": "ÅngstrÖm"})
    assert stamp(datetime(2026, 1, 31, 11, 20, 30, 1, tzinfo=timezone(timedelta(hours=1)))) == "2026-01-31T10:20:30.000001Z"
    assert text_digest("salt", "e\u0301") == text_digest("salt", "é") != text_digest("other", "é")


def test_the_hash_of_an_event_is_fixed():
    event = Event(
        seq=7, at=datetime(2026, 1, 31, 10, 20, 30, 1, tzinfo=UTC), kind="decision:cast", actor_number=2, round_number=1, record_number=14,
        data={"verdict": "include"}, text_digest="", previous="0" * 64,
    )  # fmt: skip
    assert audit.hash_of(event, UUID(int=1)) == "466c5ff3ac73d4c5846dc5b2f1776afa6413ec71dfab8638d44dbfdd2c8abe64"


@pytest.mark.parametrize("value", [1.5, float("nan"), {"a": b"x"}, "a\x00b", "\ud800", {"a": {"b": object()}}])
def test_what_the_engines_would_store_differently_is_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011 - a lone surrogate raises a subclass with words of its own
        clean(value)


@pytest.fixture
def chain(db):
    of = review()
    for n in range(5):
        audit.log("round:opened", review=of, data={"n": n, "text": "Ålesund 🧪"}, text="because" if n == 2 else "")
    assert audit.broken_links(of) == []
    return of


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_a_fault_of_the_code():
    with pytest.raises(transaction.TransactionManagementError):
        audit.log("round:opened", review=review())
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "round:closed"}, "event 3 does not fit"),
        ({"data": {"n": 9}}, "event 3 does not fit"),
        ({"actor_number": 4}, "event 3 does not fit"),
        ({"record_number": 4}, "event 3 does not fit"),
        ({"text_digest": "0" * 64}, "event 3 does not fit"),
        ({"seq": 99}, "event 4 stands where 3 should"),
    ],
)
def test_a_changed_event_is_found(chain, change, says):
    with maintenance("test"):
        Event.objects.filter(review=chain, seq=3).update(**change)
    assert any(says in found for found in audit.broken_links(chain))


def test_a_missing_event_is_found_in_the_middle_and_at_the_end(chain):
    with maintenance("test"):
        Event.objects.filter(review=chain, seq=2).delete()
    assert audit.broken_links(chain)


def test_a_chain_cut_at_its_end_is_found(chain):
    with maintenance("test"):
        Event.objects.filter(review=chain, seq=5).delete()
    assert any("its head says 5" in found for found in audit.broken_links(chain))


def test_a_changed_text_is_found_and_an_erased_one_leaves_the_chain_whole(chain):
    EventText.objects.filter(event__review=chain).update(text="something else")
    assert any("text of event 3" in found for found in audit.broken_links(chain))
    EventText.objects.filter(event__review=chain).delete()
    assert audit.broken_links(chain) == []


def test_an_event_of_another_review_does_not_fit(chain):
    other = review()
    with maintenance("test"):
        Event.objects.filter(review=chain).update(review=other)
    assert audit.broken_links(other)


def test_a_lost_head_does_not_begin_the_chain_anew(chain):
    """Whoever takes the head row away must not get a second event 1."""
    ChainHead.objects.filter(review=chain).delete()
    try:
        with transaction.atomic():
            audit.log("round:opened", review=chain)
    except Exception:  # refused by UNIQUE(review, seq): also good
        connection.check_constraints()
    assert Event.objects.filter(review=chain, seq=1).count() == 1


def test_a_head_that_is_gone_is_found(chain):
    ChainHead.objects.filter(review=chain).delete()
    assert audit.broken_links(chain)
