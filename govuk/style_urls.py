"""Addresses of the style page, in development and tests."""

from django.urls import path

from govuk import style

app_name = "style"
urlpatterns = [
    path("", style.StylePage.as_view(), name="page"),
    path("form/", style.StyleForm.as_view(), name="form"),
    path("rows/", style.StyleRows.as_view(), name="rows"),
    path("save/", style.save, name="save"),
    path("now/", style.now, name="now"),
]
