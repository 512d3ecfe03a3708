import sys; sys.path.insert(0,"/tmp")
import pytest
from datetime import *
@pytest.mark.django_db(transaction=True)
def test_x(settings):
    settings.ROOT_URLCONF="b_urlconf"
    from b_world import world, NOW, booking
    from outbox.models import Letter
    from outbox.rendering import render
    from deadlines.models import Deadline
    from audit.models import Entry
    w = world()
    d = booking.book_and_invite(w["req"], format="face_to_face", place=w["room"], start=NOW+timedelta(hours=5), end=NOW+timedelta(hours=6), chair=w["tm"], minute_taker=w["bs"], professionals=w["pros"], by=w["bs"], at=NOW)
    for l in Letter.objects.all():
        print(l.kind, l.to_email, l.status, l.reply_to, l.key)
        if l.to_email:
            render(l, list(l.enclosed.select_related("enclosure")), NOW); 
            if l.to_name=="Pol": print(bytes(l.rendered).decode())
    for c in Deadline.objects.all(): print(c, c.owner, c.owner_team, c.verb, c.due_at)
    d = booking.reschedule(d, place=w["room"], start=NOW+timedelta(hours=7), end=NOW+timedelta(hours=8), chair=w["tm"], minute_taker=w["bs"], by=w["bs"], at=NOW)
    booking.cancel_booking(d, reason="x", by=w["bs"], at=NOW)
    for l in Letter.objects.all(): print(l.kind, l.to_email, l.status, l.key)
    for c in Deadline.objects.all(): print(c, c.owner, c.owner_team, c.verb, c.state)
    for e in Entry.objects.all(): print(e, e.data)
