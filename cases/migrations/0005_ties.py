"""Who was said to be what to “the children” is that to each of them."""

from django.db import migrations

FORWARD = """
INSERT INTO cases_tie (child_id, member_id, relationship, has_parental_responsibility)
SELECT child.id, member.id, member.relationship, member.has_parental_responsibility
FROM cases_familymember member JOIN cases_child child USING (case_id)
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_family_and_finding")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
