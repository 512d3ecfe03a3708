from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("minutes", "0025_when_more_time_was_given")]

    operations = [
        migrations.AddField(
            model_name="section",
            name="merged_with",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Whose words the last save was merged with; the version before is what was sent",
                max_length=200,
            ),
        ),
    ]
