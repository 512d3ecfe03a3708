"""What staff do: book, move, invite, record replies and information, shut links."""

from django.urls import URLPattern, path

from attendees.views import booking, discussion, following_up, forwarding, information, people, recording

ONE = "discussions/<int:pk>/invitations/<int:invitation>/"
urlpatterns: list[URLPattern] = [
    path("requests/<int:pk>/book/", booking.Book.as_view(), name="book"),
    path("requests/<int:pk>/forward/", forwarding.Forward.as_view(), name="forward"),
    path("requests/<int:pk>/follow-up/", following_up.FollowUp.as_view(), name="follow_up"),
    path("requests/<int:pk>/times/", people.StateTimes.as_view(), name="times"),
    path("requests/<int:pk>/no-lawful-time/", people.NoLawfulTime.as_view(), name="no_lawful_time"),
    path("discussions/<int:pk>/", discussion.discussion, name="discussion"),
    path("discussions/<int:pk>/replies/", discussion.replies, name="replies"),
    path("discussions/<int:pk>/move/", booking.Move.as_view(), name="move"),
    path("discussions/<int:pk>/chair/", people.ReplaceChair.as_view(), name="replace_chair"),
    path(
        "discussions/<int:pk>/minute-taker/",
        people.ReplaceMinuteTaker.as_view(),
        name="replace_minute_taker",
    ),
    path("discussions/<int:pk>/cancel/", recording.Cancel.as_view(), name="cancel"),
    path("discussions/<int:pk>/invite/", recording.InviteMore.as_view(), name="invite"),
    path("discussions/<int:pk>/information/", information.read, name="told"),
    path("discussions/<int:pk>/information/remind/", information.Chase.as_view(), name="chase"),
    path("discussions/<int:pk>/files/<uuid:file>/", information.file, name="file"),
    path(
        "discussions/<int:pk>/files/<uuid:file>/remove/", information.RemoveFile.as_view(), name="remove_file"
    ),
    path(f"{ONE}reply/", recording.RecordReply.as_view(), name="record_reply"),
    path(f"{ONE}information/", information.RecordInformation.as_view(), name="record_information"),
    path(f"{ONE}withdraw/", recording.Withdraw.as_view(), name="withdraw"),
    path(f"{ONE}deputy/", recording.InviteDeputy.as_view(), name="deputy"),
    path(f"{ONE}new-link/", recording.NewLink.as_view(), name="new_link"),
    path(f"{ONE}shut-link/", recording.shut_link, name="shut_link"),
]
