"""Addresses of the room: the meeting, and the days after it."""

from django.urls import URLPattern

from minutes.urls import after, meeting, night

app_name = "minutes"
urlpatterns: list[URLPattern] = [*meeting.urlpatterns, *after.urlpatterns, *night.urlpatterns]
