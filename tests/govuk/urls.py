"""The look's own pages, the style page and form pages made for tests."""

from django.urls import include, path

from config.urls import urlpatterns as everything
from govuk.stay import stay
from tests.govuk import pages

urlpatterns = [
    path(
        "",
        include(([path("style/", include("govuk.style_urls")), path("stay/", stay, name="stay")], "govuk")),
    ),
    path("add/", pages.AddAgency.as_view()),
    path("note/", pages.EditNote.as_view()),
    path("people/", pages.NamePeople.as_view()),
    path("close/", pages.close),
    path("shut/", pages.shut),
    *everything,  # the navigation of signed-in people names the rooms
]
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
