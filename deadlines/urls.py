"""Addresses of the calculator."""

from django.urls import path

from deadlines import views

app_name = "deadlines"
urlpatterns = [
    path("deadlines/calculator/", views.calculator, name="calculator"),
    path("deadlines/limit/", views.live_limit, name="live_limit"),
]
