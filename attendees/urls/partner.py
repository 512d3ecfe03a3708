"""What partners see: the neutral page behind a link, and the pages of one discussion."""

from django.urls import URLPattern, path

from attendees.views import partner

urlpatterns: list[URLPattern] = [
    path("p/<str:token>/", partner.link, name="link"),
    path("partner/", partner.home, name="partner_home"),
    path("partner/code/", partner.code, name="partner_code"),
    path("partner/leave/", partner.leave, name="partner_leave"),
    path("partner/left/", partner.left, name="partner_left"),
    path("partner/<int:pk>/", partner.discussion, name="partner_discussion"),
    path("partner/<int:pk>/reply/", partner.ReplyPage.as_view(), name="partner_reply"),
    path("partner/<int:pk>/information/", partner.InformationPage.as_view(), name="partner_information"),
]
