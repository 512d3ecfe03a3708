import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0001_initial'),
        ('strategy', '0006_officer_of_the_day'),
    ]

    operations = [
        migrations.AddField(
            model_name='policeforward',
            name='enclosure',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outbox.enclosure'),
        ),
        migrations.AddField(
            model_name='policeforward',
            name='failed_why',
            field=models.CharField(blank=True, help_text='Why no PDF could be made', max_length=300),
        ),
        migrations.AddField(
            model_name='policeforward',
            name='printed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='policeforward',
            name='way',
            field=models.CharField(choices=[('attached', 'Request attached as a PDF'), ('notice', 'Notice without names: the request is read to them by telephone')], default='notice', max_length=20),
        ),
        migrations.AddField(
            model_name='policeforward',
            name='why',
            field=models.CharField(blank=True, help_text='Why it went that way', max_length=200),
        ),
    ]
