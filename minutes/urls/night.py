"""Addresses of what is entered afterwards, of a child who joins a request, and of the night."""

from django.urls import URLPattern, path

from minutes.views import concerned
from minutes.views.night import handover, held, night

urlpatterns: list[URLPattern] = [
    path("requests/<int:pk>/held/", held.EnterHeld.as_view(), name="enter_held"),
    path("requests/<int:pk>/concerned/", concerned.AddChild.as_view(), name="add_child"),
    path("requests/<int:pk>/concerned/<int:child>/", concerned.TakeOff.as_view(), name="take_child_off"),
    path("night/", handover.night, name="night"),
    path("night/new/", night.NightOfNewFamily.as_view(), name="night_new"),
    path("night/cases/<str:reference>/", night.NightOnCase.as_view(), name="night_on_case"),
    path("night/<int:pk>/", handover.TakeOver.as_view(), name="take_over"),
]
