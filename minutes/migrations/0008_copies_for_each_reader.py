"""Which copy of a version each reader has. Until now every file was of the whole record."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WHOLE = """
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO minutes_rendition (version_id, kind, child_id, sha256, filename, failed_why)
SELECT DISTINCT circulation.version_id, 'whole', NULL::bigint, '', 'Minutes.pdf', ''
FROM minutes_circulation circulation
WHERE NOT EXISTS (SELECT FROM minutes_rendition made WHERE made.version_id = circulation.version_id);
UPDATE minutes_rendition made SET sha256 = version.sha256
FROM minutes_minutesversion version WHERE version.id = made.version_id;
UPDATE minutes_recipient copy SET rendition_id = made.id
FROM minutes_circulation circulation, minutes_rendition made
WHERE circulation.id = copy.circulation_id AND made.version_id = circulation.version_id;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_ties"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("minutes", "0007_kinds_of_action"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="rendition", name="rendition_once"),
        migrations.AlterField(
            model_name="rendition",
            name="kind",
            field=models.CharField(
                choices=[
                    ("whole", "Whole record"),
                    ("partner", "Copy without marked passages"),
                    ("family", "Copy for the family"),
                ],
                default="whole",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="rendition",
            name="child",
            field=models.ForeignKey(
                blank=True,
                help_text="Of whom alone it is",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.child",
            ),
        ),
        migrations.AddField(
            model_name="rendition",
            name="sha256",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Of what this copy holds of the record",
                max_length=64,
            ),
        ),
        migrations.AddConstraint(
            model_name="rendition",
            constraint=models.UniqueConstraint(
                fields=("version", "kind", "child"), name="rendition_once", nulls_distinct=False
            ),
        ),
        migrations.AddField(
            model_name="recipient",
            name="rendition",
            field=models.ForeignKey(
                help_text="Which copy of the version",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="copies",
                to="minutes.rendition",
            ),
        ),
        migrations.RunSQL(WHOLE, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="recipient",
            name="rendition",
            field=models.ForeignKey(
                help_text="Which copy of the version",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="copies",
                to="minutes.rendition",
            ),
        ),
        migrations.CreateModel(
            name="FamilyHanding",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("handed_to", models.CharField(max_length=120)),
                (
                    "how",
                    models.CharField(help_text="Where and how the copy was handed over", max_length=200),
                ),
                ("handed_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rendition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handings",
                        to="minutes.rendition",
                    ),
                ),
            ],
            options={"ordering": ["handed_at", "pk"]},
        ),
    ]
