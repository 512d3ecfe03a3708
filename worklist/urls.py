"""Addresses of the desk, the case, and the system's pages."""

from django.urls import path

from worklist import views

app_name = "worklist"
urlpatterns = [
    path("", views.home, name="home"),
    path("team/", views.team, name="team"),
    path("team/left/", views.left, name="left"),
    path("team/unallocated/", views.unallocated, name="unallocated"),
    path("cases/<str:reference>/allocate/", views.AllocateCase.as_view(), name="allocate_case"),
    path("deadlines/<int:pk>/allocate/", views.AllocateClock.as_view(), name="allocate_clock"),
    path("actions/", views.tracker, name="tracker"),
    path("actions/file/", views.tracker_sheet, name="tracker_sheet"),
    path("actions/remind/", views.chase_shown, name="chase_shown"),
    path("queue/", views.queue, name="queue"),
    path("cases/", views.cases, name="cases"),
    path("cases/<str:reference>/", views.case, name="case"),
    path("cases/<str:reference>/timeline/", views.timeline, name="timeline"),
    path("cases/<str:reference>/timeline/print/", views.chronology, name="chronology"),
    path("cases/<str:reference>/people/", views.people, name="people"),
    path("cases/<str:reference>/discussions/", views.discussions, name="discussions"),
    path("cases/<str:reference>/actions/", views.actions, name="actions"),
    path("cases/<str:reference>/escalations/", views.escalations, name="escalations"),
    path("cases/<str:reference>/access-log/", views.access_log, name="access_log"),
    path("go/<str:subject>/", views.go, name="go"),
    path("letters/", views.letters, name="letters"),
    path("letters/<int:pk>/", views.RepairLetter.as_view(), name="letter"),
    path("protocols/<int:pk>/try/", views.try_protocol, name="try_protocol"),
    path("system/", views.system_home, name="system"),
    path("system/people/", views.staff, name="staff"),
    path("system/people/add/", views.AddPerson.as_view(), name="add_person"),
    path("system/people/<int:pk>/", views.ChangePerson.as_view(), name="change_person"),
    path("system/people/<int:pk>/close/", views.CloseAccount.as_view(), name="close_account"),
    path("system/people/<int:pk>/open-again/", views.ReopenAccount.as_view(), name="reopen_account"),
    path("people/<int:pk>/hand-over/", views.HandOver.as_view(), name="hand_over"),
    path("system/agencies/", views.agencies, name="agencies"),
    path("system/agencies/add/", views.AddAgency.as_view(), name="add_agency"),
    path("system/agencies/<int:pk>/", views.ChangeAgency.as_view(), name="change_agency"),
    path("system/agencies/<int:pk>/add-team/", views.AddTeam.as_view(), name="add_team"),
    path("system/teams/<int:pk>/", views.ChangeTeam.as_view(), name="change_team"),
    path("absences/", views.absences, name="absences"),
    path("absences/name/", views.NameDeputy.as_view(), name="name_deputy"),
    path("absences/<int:pk>/end/", views.EndCover.as_view(), name="end_cover"),
    path("directory/duplicates/", views.duplicates, name="duplicates"),
    path("directory/<int:pk>/merge/", views.Merge.as_view(), name="merge"),
]
