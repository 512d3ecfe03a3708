"""Addresses of the directory of professionals."""

from django.urls import URLPattern, path

from attendees.views import directory as views

urlpatterns: list[URLPattern] = [
    path("directory/", views.directory, name="directory"),
    path("directory/add/", views.AddProfessional.as_view(), name="add_professional"),
    path("directory/paste/", views.PasteProfessionals.as_view(), name="paste_professionals"),
    path("directory/<int:pk>/", views.ChangeProfessional.as_view(), name="change_professional"),
    path("directory/<int:pk>/retire/", views.RetireProfessional.as_view(), name="retire_professional"),
    path("directory/<int:pk>/back/", views.BringBackProfessional.as_view(), name="bring_back_professional"),
]
