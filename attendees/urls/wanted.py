"""Pages of a request that show professionals, and of who referred, who may be one of them."""

from django.urls import URLPattern, path

from attendees.views import referral
from attendees.views import wanted as views

urlpatterns: list[URLPattern] = [
    path("referrals/<int:pk>/correct/", referral.CorrectReferral.as_view(), name="correct_referral"),
    path("requests/<int:pk>/professionals/", views.WantedPage.as_view(), name="wanted"),
    path("requests/<int:pk>/copy-last/", views.CopyLast.as_view(), name="copy_last"),
    path("requests/<int:pk>/check/", views.CheckAnswers.as_view(), name="check"),
    path("requests/<int:pk>/not-applicable/", views.NotApplicable.as_view(), name="not_applicable"),
    path("requests/<int:pk>/sheet/", views.sheet, name="sheet"),
    path("requests/<int:pk>/authorise/", views.AuthoriseRequest.as_view(), name="authorise"),
]
