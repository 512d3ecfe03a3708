from django.db import migrations, models


def carry_over(apps, schema_editor):
    """Why a discussion entered afterwards was not read back stood beside it: now its record tells it."""
    minutes = apps.get_model("minutes", "Minutes")
    for one in apps.get_model("strategy", "EnteredAfterwards").objects.exclude(not_read_back=""):
        minutes.objects.filter(discussion=one.discussion_id).update(not_read_back=one.not_read_back)


class Migration(migrations.Migration):
    dependencies = [("minutes", "0018_let_through_for_the_family"), ("strategy", "0016_consent")]

    operations = [
        migrations.AddField(
            model_name="minutes",
            name="not_read_back",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Why decisions and actions were not read back at the end; empty when they were",
                max_length=300,
            ),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
