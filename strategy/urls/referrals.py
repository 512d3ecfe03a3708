"""Recording what came in. The pages stand in this room, since they start its clocks."""

from django.urls import URLPattern, path

from strategy.views import referrals as views
from strategy.views import seeking, unasked

urlpatterns: list[URLPattern] = [
    path("new/", seeking.Search.as_view(), name="new"),
    path("new/family/", views.NewFamily.as_view(), name="new_family"),
    path("new/<str:reference>/", views.OnCase.as_view(), name="on_case"),
    path("new/<str:reference>/high-rating/", unasked.RecordHighRating.as_view(), name="high_rating"),
    path("<int:pk>/answer/", unasked.AnswerReferral.as_view(), name="answer"),
    path("<int:pk>/times/", views.CorrectTimes.as_view(), name="times"),
]
