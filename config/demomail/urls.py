"""Addresses of the demonstration's mailboxes."""

from django.urls import path

from config.demomail import views

app_name = "demomail"
urlpatterns = [
    path("", views.index, name="index"),
    path("<str:address>/", views.mailbox, name="mailbox"),
    path("<str:address>/<str:name>/", views.letter, name="letter"),
    path("<str:address>/<str:name>/formatted/", views.formatted, name="formatted"),
    path("<str:address>/<str:name>/<int:number>/", views.file, name="file"),
]
