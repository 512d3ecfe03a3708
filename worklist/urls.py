"""Addresses of the desk and the case."""

from django.urls import path

from worklist import views

app_name = "worklist"
urlpatterns = [
    path("", views.home, name="home"),
    path("team/", views.team, name="team"),
    path("queue/", views.queue, name="queue"),
    path("cases/", views.cases, name="cases"),
    path("cases/<str:reference>/", views.case, name="case"),
    path("cases/<str:reference>/people/", views.people, name="people"),
    path("cases/<str:reference>/discussions/", views.discussions, name="discussions"),
    path("cases/<str:reference>/actions/", views.actions, name="actions"),
    path("cases/<str:reference>/escalations/", views.escalations, name="escalations"),
    path("cases/<str:reference>/access-log/", views.access_log, name="access_log"),
    path("go/<str:subject>/", views.go, name="go"),
    path("letters/", views.letters, name="letters"),
    path("protocols/<int:pk>/try/", views.try_protocol, name="try_protocol"),
]
