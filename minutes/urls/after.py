"""Addresses of the days after a discussion: staff's pages and partners'."""

from django.urls import URLPattern, path

from minutes.views.after import check, circulate, copies, filing, partner, people, read, told, tracking

D = "discussions/<int:pk>/"
P = "partner/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path(f"{D}minutes/", read.read, name="read"),
    path(f"{D}minutes/changes/", read.changes, name="changes"),
    path(f"{D}minutes/<int:number>/pdf/", read.pdf, name="pdf"),
    path(f"{D}minutes/<int:number>/pdf/again/", read.print_again, name="print_again"),
    path(f"{D}minutes/agreement/", people.round_page, name="round"),
    path(f"{D}minutes/agreement/<int:attendance>/", told.AnswerFor.as_view(), name="answer_for"),
    path(f"{D}minutes/agree/", people.Agree.as_view(), name="agree"),
    path(f"{D}minutes/sign/", people.Sign.as_view(), name="sign"),
    path(f"{D}minutes/acknowledge/", people.acknowledge, name="acknowledge"),
    path(f"{D}minutes/answers/<int:agreement>/", check.Resolve.as_view(), name="resolve"),
    path(f"{D}times/", check.CorrectTimes.as_view(), name="correct_times"),
    path(f"{D}finish/", check.Finish.as_view(), name="finish"),
    path(f"{D}check/", check.Check.as_view(), name="check"),
    path(f"{D}check/<int:section>/", check.Amend.as_view(), name="amend"),
    path(f"{D}check/return/", check.Return.as_view(), name="return"),
    path(f"{D}correct/", check.Correct.as_view(), name="correct"),
    path(f"{D}circulate/", circulate.Circulate.as_view(), name="circulate"),
    path(f"{D}proof/", circulate.proof, name="proof"),
    path(f"{D}proof/table/", circulate.proof_table, name="proof_table"),
    path(f"{D}minutes/copies/", copies.copies_page, name="copies"),
    path(f"{D}minutes/copies/<slug:code>/", copies.copy_page, name="copy"),
    path(f"{D}minutes/copies/<slug:code>/make/", copies.make, name="copy_make"),
    path(f"{D}minutes/copies/<slug:code>/pdf/", copies.copy_pdf, name="copy_pdf"),
    path(f"{D}minutes/copies/<slug:code>/family/", copies.HandFamily.as_view(), name="copy_family"),
    path(f"{D}copies/<int:copy>/hand/", circulate.Hand.as_view(), name="hand"),
    path(f"{D}copies/<int:copy>/acknowledged/", told.AcknowledgedFor.as_view(), name="acknowledged_for"),
    path(f"{D}copies/<int:copy>/again/", circulate.Again.as_view(), name="again"),
    path(f"{D}copies/<int:copy>/revoke/", circulate.Revoke.as_view(), name="revoke"),
    path(f"{D}file/", filing.File.as_view(), name="file"),
    path(f"{D}file/try/", filing.try_now, name="deliver_now"),
    path(f"{D}minutes/<int:number>/bundle/", filing.bundle, name="bundle"),
    path(f"{D}actions/", people.actions, name="actions"),
    path(f"{D}actions/<int:action>/done/", people.Done.as_view(), name="action_done"),
    path(f"{D}actions/<int:action>/blocked/", people.Block.as_view(), name="action_blocked"),
    path(f"{D}actions/<int:action>/remind/", tracking.Chase.as_view(), name="action_chased"),
    path(f"{D}actions/<int:action>/more-time/", tracking.GiveTime.as_view(), name="action_extended"),
    path(f"{D}actions/<int:action>/taken-up/", people.TakeUp.as_view(), name="action_taken_up"),
    path(f"{P}minutes/", partner.minutes, name="partner_minutes"),
    path(f"{P}minutes/pdf/", partner.minutes_pdf, name="partner_pdf"),
    path(f"{P}minutes/acknowledge/", partner.Acknowledge.as_view(), name="partner_acknowledge"),
    path(f"{P}minutes/given/", partner.given, name="partner_given"),
    path(f"{P}agree/", partner.Agree.as_view(), name="partner_agree"),
    path(f"{P}sign/", partner.Sign.as_view(), name="partner_sign"),
    path(f"{P}actions/", partner.actions, name="partner_actions"),
    path(f"{P}actions/<int:action>/done/", partner.Done.as_view(), name="partner_action_done"),
    path(f"{P}actions/<int:action>/blocked/", partner.Block.as_view(), name="partner_action_blocked"),
]
