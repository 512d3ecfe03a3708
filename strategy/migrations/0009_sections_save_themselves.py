"""Sections save themselves, each with a version of its own; what does not apply is said with its reason."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("strategy", "0008_hours_by_weekday_and_carriers")]

    operations = [
        migrations.AddField(
            model_name="strategyrequest",
            name="section_saves",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Section to [how often it was saved, by which printed form last]",
            ),
        ),
        migrations.AddField(
            model_name="strategyrequest",
            name="not_applicable",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="What the procedure asks and does not apply here, to the reason",
            ),
        ),
    ]
