from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("screening", "0006_reads"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("head", None), ("is_parked", False), ("is_removed", False)),
                fields=["review", "id"],
                name="screening_record_counted",
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("head", None)), fields=["review", "language", "number"], name="screening_record_by_language"
            ),
        ),
        migrations.AddIndex(
            model_name="sourcerecord", index=models.Index(fields=["upload", "record"], name="screening_sourcerecord_of_file")
        ),
    ]
