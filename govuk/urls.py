"""Addresses of the look itself: staying signed in, and in development the style page."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from govuk.stay import stay

app_name = "govuk"
urlpatterns: list[URLPattern | URLResolver] = [path("stay/", stay, name="stay")]
if settings.DEBUG:
    urlpatterns.append(path("style/", include("govuk.style_urls")))
