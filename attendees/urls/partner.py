"""What partners see: the neutral page behind a link, the pages of one discussion, and an agency's desk."""

from django.urls import URLPattern, path

from attendees.views import answering, claiming, desk, partner

ONE, DESK = "partner/<int:pk>/", "partner/desk/<int:invitation>/"
urlpatterns: list[URLPattern] = [
    path("p/<str:token>/", partner.link, name="link"),
    path("partner/", partner.home, name="partner_home"),
    path("partner/code/", partner.code, name="partner_code"),
    path("partner/leave/", partner.leave, name="partner_leave"),
    path("partner/left/", partner.left, name="partner_left"),
    path("partner/desk/", desk.desk, name="desk"),
    path(f"{ONE}take-over/", claiming.TakeOver.as_view(), name="partner_take_over"),
    *(
        address
        for start, name, reply in (
            (ONE, "partner", answering.ReplyPage),
            (DESK, "desk", answering.DeskReplyPage),
        )
        for address in (
            path(start, partner.discussion, name=f"{name}_discussion"),
            path(f"{start}reply/", reply.as_view(), name=f"{name}_reply"),
            path(f"{start}information/", answering.InformationPage.as_view(), name=f"{name}_information"),
            path(f"{start}files/<uuid:file>/", answering.file, name=f"{name}_file"),
            path(
                f"{start}files/<uuid:file>/remove/",
                answering.RemoveFilePage.as_view(),
                name=f"{name}_remove_file",
            ),
        )
    ),
]
