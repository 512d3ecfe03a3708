"""Addresses of the style page, in development and tests."""

from django.urls import path

from govuk import style

urlpatterns = [
    path("", style.StylePage.as_view(), name="style_page"),
    path("form/", style.StyleForm.as_view(), name="style_form"),
    path("rows/", style.StyleRows.as_view(), name="style_rows"),
    path("save/", style.save, name="style_save"),
    path("now/", style.now, name="style_now"),
]
