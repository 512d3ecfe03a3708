"""Addresses of the room: booking and the discussion's page for staff, the partner's pages."""

from django.urls import URLPattern

from attendees.urls import booking, directory, partner, wanted

app_name = "attendees"
urlpatterns: list[URLPattern] = [
    *booking.urlpatterns,
    *directory.urlpatterns,
    *partner.urlpatterns,
    *wanted.urlpatterns,
]
