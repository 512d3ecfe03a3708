import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Whose clocks run is asked through two indexes of their own; those of the foreign keys were only written."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("accounts", "0002_directory_of_people"),
        ("deadlines", "0003_closure_days"),
    ]

    operations = [
        migrations.AlterField(
            model_name="deadline",
            name="owner",
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="deadlines", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="owner_team",
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="deadlines", to="accounts.team"),
        ),
    ]
