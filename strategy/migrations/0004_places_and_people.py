import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A booking occupies its place with the time kept free around it; people are booked in rows of their
    own."""

    dependencies = [
        ('strategy', '0003_planning_by_several_and_what_is_new'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BookedPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('released_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'booked people',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='PlaceBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('reason', models.CharField(help_text='No child data: everybody who books reads it', max_length=200)),
                ('at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['during'],
            },
        ),
        migrations.CreateModel(
            name='PlaceHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(help_text='Monday is 0')),
                ('is_closed', models.BooleanField(default=False)),
                ('opens_at', models.TimeField(blank=True, null=True)),
                ('closes_at', models.TimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'place hours',
                'ordering': ['place', 'weekday'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='booking',
            name='place_never_booked_twice',
        ),
        migrations.RemoveConstraint(
            model_name='booking',
            name='chair_never_booked_twice',
        ),
        migrations.RemoveConstraint(
            model_name='booking',
            name='minute_taker_never_booked_twice',
        ),
        migrations.AddField(
            model_name='booking',
            name='occupied',
            field=django.contrib.postgres.fields.ranges.DateTimeRangeField(null=True),
        ),
        migrations.RunSQL("UPDATE strategy_booking SET occupied = during", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='booking',
            name='occupied',
            field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
        ),
        migrations.AddField(
            model_name='place',
            name='buffer_after',
            field=models.PositiveSmallIntegerField(default=0, help_text='Minutes kept free after each booking, to clear it', validators=[django.core.validators.MaxValueValidator(240)]),
        ),
        migrations.AddField(
            model_name='place',
            name='buffer_before',
            field=models.PositiveSmallIntegerField(default=0, help_text='Minutes kept free before each booking, to make it ready', validators=[django.core.validators.MaxValueValidator(240)]),
        ),
        migrations.AddField(
            model_name='place',
            name='capacity',
            field=models.PositiveSmallIntegerField(blank=True, help_text='How many it holds', null=True),
        ),
        migrations.AddField(
            model_name='place',
            name='is_hospital',
            field=models.BooleanField(default=False, help_text='In a hospital: a child who is in it can be discussed there (row W36)'),
        ),
        migrations.AddField(
            model_name='place',
            name='on_bank_holidays',
            field=models.BooleanField(default=True, help_text='Open on bank holidays too'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('cancelled_at__isnull', True)), expressions=[('place', '='), ('occupied', '&&')], name='place_never_booked_twice'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('occupied__contains', models.F('during'))), name='booking_occupies_its_own_time'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.CheckConstraint(condition=models.Q(('buffer_after__lte', 240), ('buffer_before__lte', 240)), name='place_buffers_in_bounds'),
        ),
        migrations.AddField(
            model_name='bookedperson',
            name='booking',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='people', to='strategy.booking'),
        ),
        migrations.AddField(
            model_name='bookedperson',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='booked_times', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='placeblock',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='placeblock',
            name='lifted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='placeblock',
            name='place',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='strategy.place'),
        ),
        migrations.AddField(
            model_name='placehours',
            name='place',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='strategy.place'),
        ),
        migrations.AddConstraint(
            model_name='bookedperson',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('released_at__isnull', True)), expressions=[('person', '='), ('during', '&&')], name='person_never_booked_twice'),
        ),
        migrations.AddConstraint(
            model_name='bookedperson',
            constraint=models.UniqueConstraint(fields=('booking', 'person'), name='person_once_in_a_booking'),
        ),
        migrations.AddConstraint(
            model_name='placeblock',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='place_block_says_why'),
        ),
        migrations.AddConstraint(
            model_name='placeblock',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='place_block_lifted_has_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='placehours',
            constraint=models.UniqueConstraint(fields=('place', 'weekday'), name='place_hours_once_a_weekday'),
        ),
        migrations.AddConstraint(
            model_name='placehours',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='place_hours_of_a_weekday'),
        ),
        migrations.AddConstraint(
            model_name='placehours',
            constraint=models.CheckConstraint(condition=models.Q(('opens_at__isnull', True), ('closes_at__isnull', True), ('closes_at__gt', models.F('opens_at')), _connector='OR'), name='place_hours_close_after_opening'),
        ),
    ]
