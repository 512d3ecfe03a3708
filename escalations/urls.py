"""Addresses of escalations."""

from django.http import HttpResponse
from django.urls import URLPattern, path

app_name = "escalations"
urlpatterns: list[URLPattern] = [
    path("escalations/<int:pk>/", lambda r, pk: HttpResponse(""), name="escalation"),
    path("partner/escalations/<int:pk>/", lambda r, pk: HttpResponse(""), name="partner_escalation"),
]
