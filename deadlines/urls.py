"""Addresses of the calculator, and of the page that asks why something was late."""

from django.urls import path

from deadlines import views

app_name = "deadlines"
urlpatterns = [
    path("deadlines/calculator/", views.calculator, name="calculator"),
    path("deadlines/limit/", views.live_limit, name="live_limit"),
    path("deadlines/<int:pk>/late/", views.Explain.as_view(), name="explain"),
    path("system/closure-days/", views.ClosureDays.as_view(), name="closure_days"),
    path("system/closure-days/<int:pk>/remove/", views.RemoveClosureDay.as_view(), name="remove_closure_day"),
]
