"""Facts that the database itself keeps: never updated, never deleted, on both engines (I2)."""

import pytest
from django.db import DatabaseError, connection, transaction

from reviewapp.audit import actions as audit
from reviewapp.audit import triggers
from reviewapp.audit.models import Event
from reviewapp.audit.triggers import maintenance
from tests.factories import review

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(db):
    return audit.log("round:opened", review=review())


def refused(statement: str) -> bool:
    """Say whether the database refuses, and that nothing of the statement stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return True
    return False


def test_update_and_delete_are_refused(event):
    assert refused("UPDATE audit_event SET kind = 'x'")
    assert refused("DELETE FROM audit_event")
    assert Event.objects.get().kind == "round:opened"


@pytest.mark.pg
def test_truncate_is_refused(event):
    assert refused("TRUNCATE audit_event CASCADE")
    assert Event.objects.exists()


def test_every_table_of_facts_has_its_triggers():
    wanted = triggers.expected(connection)
    kinds = 3 if connection.vendor == "postgresql" else 2
    assert len(wanted) == kinds * len(triggers.append_only_models())


def test_a_column_may_go_once_from_nothing_to_a_value(world):
    from django.utils import timezone

    from screening.models import Decision
    from screening.vocabulary import Verdict
    from tests.fixtures import cast_vote

    round_ = world.open_round()
    vote = cast_vote(world.reviewer_a, world.record(), round_, Verdict.INCLUDE)
    Decision.objects.filter(pk=vote.pk).update(superseded_at=timezone.now())
    for change in ({"superseded_at": None}, {"superseded_at": timezone.now()}, {"note": "other"}, {"verdict": "exclude"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Decision.objects.filter(pk=vote.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=vote.pk)._raw_delete("default")


def test_maintenance_belongs_to_the_outermost_and_ends_with_it(event):
    with maintenance("outer"):
        with maintenance("inner"):
            Event.objects.update(kind="a")
        Event.objects.update(kind="b")
    assert refused("UPDATE audit_event SET kind = 'c'")
    assert Event.objects.get().kind == "b"


def test_maintenance_that_fails_leaves_the_guard_standing(event):
    with pytest.raises(ZeroDivisionError), maintenance("failing"):
        Event.objects.update(kind="a")
        raise ZeroDivisionError
    assert refused("UPDATE audit_event SET kind = 'c'")
    assert Event.objects.get().kind == "round:opened"


def test_a_trigger_that_is_missing_or_was_changed_is_found_and_put_back():
    name = next(iter(triggers.expected(connection)))
    table = name.rsplit("__", 1)[0]
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"' + (f' ON "{table}"' if connection.vendor == "postgresql" else ""))
    assert triggers.missing(connection) == [name]
    triggers.install()
    assert triggers.missing(connection) == []
