"""Addresses of the meeting room."""

from django.urls import URLPattern, path

from minutes.views.meeting import (
    acting,
    blank,
    deciding,
    history,
    live,
    people,
    room,
    running,
    sharing,
    signing,
    usual,
)

R = "discussions/<int:pk>/record/"

urlpatterns: list[URLPattern] = [
    path("discussions/blank-form/", blank.blank, name="blank_form"),
    path(R, room.room, name="room"),
    path(f"{R}open/", room.open_record, name="open_record"),
    path(f"{R}checked/", room.checked, name="checked_before"),
    path(f"{R}right-meeting/", room.right_meeting, name="right_meeting"),
    path(f"{R}steps/<slug:step>/", room.step, name="save_step"),
    path(f"{R}steps/<slug:step>/tick/", room.tick, name="tick_step"),
    path(f"{R}texts/", live.texts, name="texts"),
    path(f"{R}side/", live.side, name="side"),
    path(f"{R}sections/<int:section>/", live.save, name="save_section"),
    path(f"{R}sections/<int:section>/marking/", live.mark, name="mark_section"),
    path(f"{R}sections/<int:section>/typing/", live.typing, name="typing"),
    path(f"{R}sections/<int:section>/versions/", history.History.as_view(), name="section_versions"),
    path(f"{R}attendance/", people.RecordAttendance.as_view(), name="attendance"),
    path(f"{R}dial/", people.DialList.as_view(), name="dial"),
    path(f"{R}attendance/join/", people.Arrive.as_view(), name="arrive"),
    path(f"{R}attendance/<int:attendance>/leave/", people.Leave.as_view(), name="leave"),
    path(f"{R}start/", running.Start.as_view(), name="start"),
    path(f"{R}close/", running.Close.as_view(), name="close"),
    path(f"{R}allocated/", running.Allocate.as_view(), name="allocate"),
    path(f"{R}decisions/<int:child>/", deciding.Decide.as_view(), name="decide"),
    path(f"{R}arrangements/", deciding.Arrange.as_view(), name="arrange"),
    path(f"{R}arrangements/<int:arrangement>/", deciding.Rearrange.as_view(), name="rearrange"),
    path(f"{R}family/", sharing.ShareWithFamily.as_view(), name="family_sharing"),
    path(f"{R}sharing/", acting.Share.as_view(), name="share"),
    path(f"{R}information/", acting.NeedInformation.as_view(), name="need_information"),
    path(f"{R}actions/usual/", usual.usual, name="usual_actions"),
    path(f"{R}actions/line/", acting.add_line, name="add_line"),
    path(f"{R}actions/", acting.AddAction.as_view(), name="add_action"),
    path(f"{R}actions/<int:action>/", acting.EditAction.as_view(), name="edit_action"),
    path(f"{R}actions/<int:action>/strike/", acting.StrikeAction.as_view(), name="strike_action"),
    path(f"{R}actions/<int:action>/move/", acting.move, name="move_action"),
    path(f"{R}sign/", signing.sign, name="signing"),
    path(f"{R}sign/<int:log>/<int:attendance>/", signing.SignAs.as_view(), name="sign_for"),
]
