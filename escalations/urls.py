"""Addresses of escalations: staff's pages and partners'."""

from django.urls import URLPattern, path

from escalations.views import partner, printed, staff

app_name = "escalations"
E = "escalations/<int:pk>/"
P = "partner/escalations/<int:pk>/"
R = "partner/referrals/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("escalations/", staff.escalations, name="escalations"),
    path("escalations/overview/", staff.overview, name="overview"),
    path("cases/<str:reference>/escalate/", staff.Raise.as_view(), name="raise"),
    path(E, staff.escalation, name="escalation"),
    path(f"{E}form/", printed.form, name="form"),
    path(f"{E}answer/", staff.Answer.as_view(), name="answer"),
    path(f"{E}move-up/", staff.MoveUp.as_view(), name="move_up"),
    path(f"{E}resolve/", staff.Resolve.as_view(), name="resolve"),
    path(f"{E}withdraw/", staff.Withdraw.as_view(), name="withdraw"),
    path("partner/escalations/", partner.home, name="partner_home"),
    path("partner/<int:pk>/escalations/", partner.of_discussion, name="partner_of_discussion"),
    path("partner/<int:pk>/escalate/", partner.RaiseHere.as_view(), name="partner_raise"),
    path(R, partner.referral, name="partner_referral"),
    path(f"{R}escalate/", partner.RaiseFor.as_view(), name="partner_raise_for"),
    path(P, partner.escalation, name="partner_escalation"),
    path(f"{P}form/", printed.partner_form, name="partner_form"),
    path(f"{P}answer/", partner.Answer.as_view(), name="partner_answer"),
    path(f"{P}move-up/", partner.MoveUp.as_view(), name="partner_move_up"),
    path(f"{P}resolve/", partner.Resolve.as_view(), name="partner_resolve"),
    path(f"{P}withdraw/", partner.Withdraw.as_view(), name="partner_withdraw"),
]
