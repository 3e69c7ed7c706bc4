"""Append to a review's history. Call it last in the transaction: it locks the end of the chain until the commit."""

import secrets
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from reviewapp.audit.canonical import clean, digest, stamp, text_digest
from reviewapp.audit.models import Access, ChainHead, Event, EventText
from reviewapp.web.middleware import current_request_id


def log(
    kind: str,
    *,
    review: Any,
    actor: Any = None,
    round: Any = None,
    record: Any = None,
    data: dict[str, Any] | None = None,
    text: str = "",
) -> Event:
    """Append one Event to the review's chain, in the caller's transaction.

    ``actor`` is a Member (None: the software); ``round`` and ``record`` are named by their numbers in the review; ``data`` holds
    numbers and keys only; ``text`` is what a person wrote (a why), kept apart and hashed with a salt.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An event is written in the transaction of its action.")
    salt = secrets.token_hex(8) if text else ""
    seq, previous = _next(review.pk)
    event = Event(
        review_id=review.pk,
        seq=seq,
        at=datetime.now(UTC),
        kind=kind,
        actor_number=actor.number if actor is not None else None,
        round_number=round.number if round is not None else None,
        record_number=record.number if record is not None else None,
        data=clean(data or {}),
        request_id=current_request_id(),
        text_digest=text_digest(salt, text) if text else "",
        previous=previous,
    )
    event.hash = hash_of(event, review.uid)
    _append(event)
    if text:
        EventText.objects.create(event=event, salt=salt, text=text)
    return event


def _append(event: Event) -> None:
    """Insert the event and move the end of the chain to it: plain SQL, as every action of every person ends here."""
    fields = [field for field in Event._meta.local_concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(getattr(event, field.attname), connection) for field in fields]
    columns, places = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO audit_event ({columns}) VALUES ({places}) RETURNING id", values)  # noqa: S608 - names of the model
        event.pk = cursor.fetchone()[0]
        cursor.execute("UPDATE audit_chainhead SET hash = %s WHERE review_id = %s", [event.hash, event.review_id])
    event._state.adding, event._state.db = False, connection.alias


def _next(review_id: int) -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_chainhead SET seq = seq + 1 WHERE review_id = %s RETURNING seq, hash", [review_id])
        row = cursor.fetchone()
        if row is None:
            cursor.execute(
                "INSERT INTO audit_chainhead (review_id, seq, hash) VALUES (%s, 1, '') "
                "ON CONFLICT (review_id) DO UPDATE SET seq = audit_chainhead.seq + 1 RETURNING seq, hash",
                [review_id],
            )
            row = cursor.fetchone()
    return row[0], row[1]


def hash_of(event: Event, review_uid: Any) -> str:
    """Give the hash of an event: over its own fields, the review's uid and the hash before it."""
    return digest(
        {
            "review": str(review_uid),
            "seq": event.seq,
            "at": stamp(event.at),
            "kind": event.kind,
            "actor": event.actor_number,
            "round": event.round_number,
            "record": event.record_number,
            "data": event.data,
            "text": event.text_digest,
            "previous": event.previous,
        }
    )


def note_access(what: str, *, user: Any, review: Any, path: str) -> None:
    """Keep that somebody downloaded something, or asked for what is not theirs."""
    Access.objects.create(
        what=what, user=user if getattr(user, "pk", None) else None, review=review, path=path[:300], request_id=current_request_id()
    )


def broken_links(review: Any) -> list[str]:
    """Walk a review's chain and say every place where it does not hold."""
    found: list[str] = []
    previous, seq = "", 0
    for event in Event.objects.filter(review_id=review.pk).select_related("text").order_by("seq").iterator(chunk_size=2000):
        seq += 1
        if event.seq != seq:
            found.append(f"{review.slug}: event {event.seq} stands where {seq} should")
            seq = event.seq
        if event.previous != previous or event.hash != hash_of(event, review.uid):
            found.append(f"{review.slug}: event {event.seq} does not fit its hash")
        if event.text_digest and hasattr(event, "text") and event.text_digest != text_digest(event.text.salt, event.text.text):
            found.append(f"{review.slug}: the text of event {event.seq} was changed")
        previous = event.hash
    head = ChainHead.objects.filter(review_id=review.pk).first()
    if head is None and seq:
        found.append(f"{review.slug}: the chain has {seq} events and no head")
    if head is not None and (head.seq, head.hash) != (seq, previous):
        found.append(f"{review.slug}: the chain ends at event {seq}, its head says {head.seq}")
    return found
