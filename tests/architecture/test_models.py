"""What every model keeps to, walked over all of them (I2, I3)."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from reviewapp.audit import triggers
from reviewapp.db.constraints import SameReview
from reviewapp.reviews.owned import ReviewOwned

OURS = {"reviews", "jobs", "audit", "accounts", "screening", "charting"}
#: Facts of people: never updated nor deleted.
FACTS = {
    "audit.Event", "screening.Decision", "screening.Resolution", "screening.Merge", "screening.SourceRecord", "screening.Entry",
    "screening.UploadStep", "screening.ResolutionStep", "screening.FieldEdit", "charting.Rating",
}  # fmt: skip


def owned_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, ReviewOwned)]


def inside_keys(model: type[models.Model]) -> list[models.ForeignKey]:
    return [field for field in model._meta.concrete_fields if field.is_relation and issubclass(field.remote_field.model, ReviewOwned)]


@pytest.mark.parametrize("model", owned_models(), ids=lambda model: model._meta.label)
def test_both_ends_of_every_key_belong_to_one_review(model):
    tied = {constraint.field for constraint in model._meta.constraints if isinstance(constraint, SameReview)}
    assert {field.name for field in inside_keys(model)} == tied


@pytest.mark.parametrize("model", owned_models(), ids=lambda model: model._meta.label)
def test_every_model_of_a_review_can_be_tied_to(model):
    unique = {tuple(c.fields) for c in model._meta.constraints if isinstance(c, models.UniqueConstraint) and c.condition is None}
    assert ("review", "id") in unique


@pytest.mark.parametrize("model", owned_models(), ids=lambda model: model._meta.label)
def test_nothing_inside_a_review_takes_something_else_along_when_it_goes(model):
    loose = [f.name for f in inside_keys(model) if f.remote_field.on_delete is not models.RESTRICT]
    assert not loose
    assert model._meta.get_field("review").remote_field.on_delete is models.CASCADE


def test_whatever_points_into_a_review_belongs_to_it():
    """A table of ours with a key to something of a review, and no review of its own, could mix two."""
    loose = {
        f"{model._meta.label}.{field.name}" for model in apps.get_models()
        if model._meta.app_label in OURS and not issubclass(model, ReviewOwned)
        for field in inside_keys(model)
    }  # fmt: skip
    assert loose <= {"jobs.Job.asked_by"}, loose  # a job may be the server's own and then has no review


def test_facts_are_append_only():
    assert {model._meta.label for model in triggers.append_only_models()} >= FACTS


@pytest.mark.django_db
def test_every_trigger_stands():
    assert triggers.missing(connection) == []


@pytest.mark.django_db
def test_the_database_itself_refuses_a_key_into_another_review():
    """The constraint in the tables, not only in the models."""
    with connection.cursor() as cursor:
        for model in owned_models():
            if connection.vendor == "sqlite":  # introspection there knows no composite keys: the table's own words do
                cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [model._meta.db_table])
                text = cursor.fetchone()[0].replace('"', "")
                assert all(f"FOREIGN KEY (review_id, {f.column}" in text for f in inside_keys(model)), model._meta.label
            else:
                question = "SELECT count(*) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f' AND cardinality(conkey) > 1"
                cursor.execute(question, [model._meta.db_table])
                assert cursor.fetchone()[0] == len(inside_keys(model)), model._meta.label


@pytest.mark.django_db
def test_the_migrations_make_these_models():
    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out, stderr=out)
    except SystemExit:
        pytest.fail("models without a migration:\n" + out.getvalue())
