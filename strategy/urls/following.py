"""What follows a referral or a discussion."""

from django.urls import URLPattern, path

from strategy.views import following

urlpatterns: list[URLPattern] = [
    path("referrals/<int:pk>/assessment/", following.RecordAssessment.as_view(), name="assessment"),
    path("referrals/<int:pk>/assessment/date/", following.AgreeDate.as_view(), name="assessment_date"),
    path("deadlines/<int:pk>/not-needed/", following.NotNeeded.as_view(), name="clock_not_needed"),
    path("children/<int:pk>/power/", following.RecordPower.as_view(), name="record_power"),
    path("powers/<int:pk>/end/", following.EndPower.as_view(), name="end_power"),
    path("powers/<int:pk>/extend/", following.ExtendPower.as_view(), name="extend_power"),
    path("decisions/<int:pk>/later/", following.DecideLater.as_view(), name="decide_later"),
]
