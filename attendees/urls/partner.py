"""What partners see: the neutral page behind a link, and the pages of one discussion."""

from django.http import HttpResponse
from django.urls import URLPattern, path

stub = lambda request, **k: HttpResponse("")
urlpatterns: list[URLPattern] = [
    path("p/<str:token>/", stub, name="link"),
]
