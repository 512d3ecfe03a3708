"""Addresses of the room: what came in, the request and the manager's answer."""

from django.urls import URLPattern, URLResolver, include, path

from strategy.urls import booking, family, following, keeping, referrals, requests

urlpatterns: list[URLPattern | URLResolver] = [
    path("referrals/", include((referrals.urlpatterns, "referrals"))),
    path("", include((family.urlpatterns, "family"))),
    path(
        "",
        include(
            (
                [
                    *requests.urlpatterns,
                    *booking.urlpatterns,
                    *following.urlpatterns,
                    *keeping.urlpatterns,
                ],
                "strategy",
            )
        ),
    ),
]
