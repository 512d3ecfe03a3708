from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("minutes", "0003_round_ended")]

    operations = [
        migrations.AddField(
            model_name="minutes",
            name="beside",
            field=models.PositiveIntegerField(default=1, db_default=1, help_text="Rises with every change but that of a text: people, actions, status"),
        ),
        migrations.AddField(
            model_name="section",
            name="page",
            field=models.CharField(blank=True, db_default="", help_text="The open page that saved it last, by a random name", max_length=40),
        ),
        migrations.AddField(
            model_name="section",
            name="turn",
            field=models.PositiveIntegerField(default=0, db_default=0, help_text="Which of that page’s saves it was"),
        ),
    ]
