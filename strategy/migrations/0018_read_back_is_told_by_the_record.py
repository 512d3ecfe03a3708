from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("strategy", "0017_what_the_police_were_told"), ("minutes", "0019_why_not_read_back")]

    operations = [migrations.RemoveField(model_name="enteredafterwards", name="not_read_back")]
