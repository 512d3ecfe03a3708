import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attendees', '0002_duty_contacts_and_duplicates'),
        ('strategy', '0004_places_and_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='StatedTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('can_come', models.BooleanField()),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('how', models.CharField(help_text='By telephone, with the reply, on the request', max_length=120)),
                ('by_ref', models.CharField(help_text='Who wrote it down', max_length=60)),
                ('at', models.DateTimeField()),
                ('professional', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stated_times', to='attendees.professional')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stated_times', to='strategy.strategyrequest')),
            ],
            options={
                'ordering': ['during', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='stated_time_lasts')],
            },
        ),
    ]
