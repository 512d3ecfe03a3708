"""References are counted by a sequence: two cases opened at once never get the same one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE cases_reference START 1", "DROP SEQUENCE cases_reference"),
    ]
