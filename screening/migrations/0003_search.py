import django.db.models.deletion
from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Left, Lower

import reviewapp.db.constraints
import screening.models.search


def add_gin(apps, schema_editor):
    """PostgreSQL's index of the tokens. SQLite's table is made by screening.search.engine.install after each migrate."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE INDEX screening_searchtext_tokens ON screening_searchtext USING gin (tokens)")


def ask_for_index(apps, schema_editor):
    """What is there already is indexed by jobs, which the sweeper rings for, not while the tables are locked."""
    Job, Record = apps.get_model("jobs", "Job"), apps.get_model("screening", "Record")
    for review in Record.objects.order_by().values_list("review", flat=True).distinct():
        Job.objects.create(review_id=review, kind="index", key=f"review:{review}", state="queued")


class Migration(migrations.Migration):

    dependencies = [("jobs", "0001_initial"), ("reviews", "0001_initial"), ("screening", "0002_labels")]

    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_stale", models.BooleanField(default=True)),
                ("tokens", screening.models.search.TokensField(default="")),
                (
                    "record",
                    models.OneToOneField(on_delete=django.db.models.deletion.RESTRICT, related_name="search_text", to="screening.record"),
                ),
                ("review", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reviews.review")),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(is_stale=True), fields=["review", "record"], name="screening_searchtext_stale")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["review", "id"], name="screening_searchtext_review_id"),
                    reviewapp.db.constraints.SameReview(field="record", name="screening_searchtext_record_same_review"),
                ],
            },
        ),
        migrations.RunPython(add_gin, migrations.RunPython.noop, elidable=False),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                models.F("review"), Coalesce("year", 0), models.F("number"), condition=models.Q(head=None), name="screening_record_by_year"
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                models.F("review"), Lower(Left("title", 80)), models.F("number"), condition=models.Q(head=None),
                name="screening_record_by_title",
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                models.F("review"), Lower(Left(Coalesce(KeyTextTransform("0", "authors"), models.Value("")), 60)), models.F("number"),
                condition=models.Q(head=None), name="screening_record_by_author",
            ),
        ),
        migrations.RunPython(ask_for_index, migrations.RunPython.noop),
    ]
