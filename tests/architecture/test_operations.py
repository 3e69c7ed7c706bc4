"""Adding constraints to several models at once does what AddConstraint does, and can be taken back."""

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations import AddConstraint, CreateModel
from django.db.migrations.state import ProjectState

from reviewapp.db.operations import AddConstraints

SHELF = CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True)), ("place", models.IntegerField())])
BOOK = CreateModel("Book", [("id", models.BigAutoField(primary_key=True)), ("place", models.IntegerField()), ("lent", models.BooleanField())])
POSITIVE = models.CheckConstraint(condition=models.Q(place__gt=0), name="library_shelf_positive")
ONE_PLACE = models.UniqueConstraint(fields=["place"], condition=models.Q(lent=False), name="library_book_one_place")
NOT_FAR = models.CheckConstraint(condition=models.Q(place__lt=100), name="library_book_not_far")
MANY = AddConstraints({"Shelf": [POSITIVE], "Book": [ONE_PLACE, NOT_FAR]})


@pytest.fixture
def library(transactional_db):
    """Two tables without constraints, and the state that knows them."""
    state = ProjectState()
    for operation in (SHELF, BOOK):
        state = forwards(operation, state)
    yield state
    with connection.schema_editor() as editor:
        for name in ("shelf", "book"):
            editor.delete_model(state.apps.get_model("library", name))


def forwards(operation, state):
    after = state.clone()
    operation.state_forwards("library", after)
    with connection.schema_editor() as editor:
        operation.database_forwards("library", editor, state, after)
    return after


def refused(model, **values):
    try:
        with transaction.atomic():
            model.objects.create(**values)
    except IntegrityError:
        return True
    return False


def what_is_refused(state):
    shelf, book = (state.apps.get_model("library", name) for name in ("shelf", "book"))
    book.objects.create(place=1, lent=False)
    found = (
        refused(shelf, place=0), refused(shelf, place=1), refused(book, place=1, lent=False), refused(book, place=1, lent=True),
        refused(book, place=100, lent=False),
    )  # fmt: skip
    book.objects.all().delete()
    shelf.objects.all().delete()
    return found


def test_all_of_them_hold_and_the_state_is_that_of_one_after_the_other(library):
    after = forwards(MANY, library)
    assert what_is_refused(after) == (True, False, True, False, True)

    single = library.clone()
    for name, one in (("shelf", POSITIVE), ("book", ONE_PLACE), ("book", NOT_FAR)):
        AddConstraint(name, one).state_forwards("library", single)
    assert after.models["library", "book"] == single.models["library", "book"]
    assert after.models["library", "shelf"] == single.models["library", "shelf"]


def test_taken_back_none_of_them_holds(library):
    after = forwards(MANY, library)
    with connection.schema_editor() as editor:
        MANY.database_backwards("library", editor, after, library)
    assert what_is_refused(library) == (False, False, False, False, False)
