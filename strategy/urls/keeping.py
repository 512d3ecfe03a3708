"""Addresses of duty lines and places, as the system's pages keep them, and of places out of use."""

from django.urls import URLPattern, path

from strategy.views import keeping as views
from strategy.views import places

urlpatterns: list[URLPattern] = [
    path("system/duty-lines/", views.duty_lines, name="duty_lines"),
    path("system/duty-lines/add/", views.AddLine.as_view(), name="add_line"),
    path("system/duty-lines/<int:pk>/", views.ChangeLine.as_view(), name="change_line"),
    path("system/places/", views.places, name="places"),
    path("system/places/add/", views.AddPlace.as_view(), name="add_place"),
    path("system/places/paste/", views.PastePlaces.as_view(), name="paste_places"),
    path("system/places/<int:pk>/", views.ChangePlace.as_view(), name="change_place"),
    path("system/places/<int:pk>/retire/", views.RetirePlace.as_view(), name="retire_place"),
    path("system/places/<int:pk>/bring-back/", views.BringBackPlace.as_view(), name="bring_back_place"),
    path("places/out-of-use/", places.out_of_use, name="out_of_use"),
    path("places/<int:pk>/out-of-use/", places.BlockPlace.as_view(), name="block_place"),
    path("places/<int:pk>/out-of-use/<int:block_pk>/", places.LiftBlock.as_view(), name="lift_block"),
]
