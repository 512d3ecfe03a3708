"""Addresses of the look itself: staying signed in, and in development the style page."""

from django.conf import settings
from django.urls import path

from govuk import style
from govuk.stay import stay

app_name = "govuk"
urlpatterns = [path("stay/", stay, name="stay")]
if settings.DEBUG:
    urlpatterns += [
        path("style/", style.StylePage.as_view(), name="style"),
        path("style/form/", style.StyleForm.as_view(), name="style_form"),
        path("style/rows/", style.StyleRows.as_view(), name="style_rows"),
        path("style/save/", style.save, name="style_save"),
        path("style/now/", style.now, name="style_now"),
    ]
