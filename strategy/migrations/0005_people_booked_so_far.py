from django.db import migrations

# Whoever is booked twice already, once to chair and once to minute, keeps the first: a person must look.
PEOPLE = """
INSERT INTO strategy_bookedperson (booking_id, person_id, during, released_at)
SELECT booking.id, person.id, booking.during, booking.cancelled_at
  FROM strategy_booking AS booking
 CROSS JOIN LATERAL (SELECT booking.chair_id UNION SELECT booking.minute_taker_id) AS person (id)
 ORDER BY booking.id
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    """Chairs and minute-takers of the bookings made before their time was kept in rows."""

    dependencies = [("strategy", "0004_places_and_people")]

    operations = [migrations.RunSQL(PEOPLE, migrations.RunSQL.noop)]
