"""Addresses of what is entered afterwards, and of the night."""

from django.urls import URLPattern, path

from minutes.views.night import handover, held, night

urlpatterns: list[URLPattern] = [
    path("requests/<int:pk>/held/", held.EnterHeld.as_view(), name="enter_held"),
    path("night/", handover.night, name="night"),
    path("night/new/", night.NightOfNewFamily.as_view(), name="night_new"),
    path("night/cases/<str:reference>/", night.NightOnCase.as_view(), name="night_on_case"),
    path("night/<int:pk>/", handover.TakeOver.as_view(), name="take_over"),
]
