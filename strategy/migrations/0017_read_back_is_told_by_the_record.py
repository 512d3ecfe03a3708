from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("strategy", "0016_consent"), ("minutes", "0018_why_not_read_back")]

    operations = [migrations.RemoveField(model_name="enteredafterwards", name="not_read_back")]
