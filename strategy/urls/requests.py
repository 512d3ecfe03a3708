"""The request and what is done for the child at once."""

from django.urls import URLPattern, path

from strategy.views import answers, children, circumstances, enquiries, protecting, requests, verbal

urlpatterns: list[URLPattern] = [
    path("requests/<int:pk>/", requests.request_page, name="request"),
    path("requests/<int:pk>/children/", children.Children.as_view(), name="children"),
    path("requests/<int:pk>/children/add/", children.AddChild.as_view(), name="add_child"),
    path("requests/<int:pk>/children/<int:child_pk>/", children.ChangeChild.as_view(), name="change_child"),
    path("requests/<int:pk>/family/add/", children.AddFamily.as_view(), name="add_family"),
    path("requests/<int:pk>/what-happened/", requests.WhatHappened.as_view(), name="what_happened"),
    path("requests/<int:pk>/circumstances/", circumstances.Circumstances.as_view(), name="circumstances"),
    path("requests/<int:pk>/circumstances/limit/", circumstances.limit, name="limit"),
    path("requests/<int:pk>/format/", requests.HowHeld.as_view(), name="format"),
    path("requests/<int:pk>/availability/", requests.Availability.as_view(), name="availability"),
    path("requests/<int:pk>/on-behalf/", requests.OnBehalf.as_view(), name="on_behalf"),
    path("requests/<int:pk>/withdraw/", requests.Withdraw.as_view(), name="withdraw"),
    path("requests/<int:pk>/return/", answers.ReturnRequest.as_view(), name="return"),
    path("requests/<int:pk>/not-needed/", answers.DecideNotNeeded.as_view(), name="not_needed"),
    path("requests/<int:pk>/protection/", protecting.DecideProtection.as_view(), name="protection"),
    path("requests/<int:pk>/verbal/", verbal.WriteDownWord.as_view(), name="verbal"),
    path("requests/<int:pk>/countersign/", verbal.Countersign.as_view(), name="countersign"),
    path("requests/<int:pk>/authorisation/", verbal.Settle.as_view(), name="settle"),
    path("requests/<int:pk>/call/", protecting.LogCall.as_view(), name="call"),
    path(
        "requests/<int:pk>/call/<int:call>/conference/",
        protecting.MakeConference.as_view(),
        name="conference_of_call",
    ),
    path("children/<int:pk>/seen/", protecting.SeeChild.as_view(), name="child_seen"),
    path("enquiries/<int:pk>/", enquiries.enquiry_page, name="enquiry"),
    path("enquiries/<int:pk>/conference/", enquiries.RecordConference.as_view(), name="conference"),
    path(
        "enquiries/<int:pk>/confirm/", enquiries.ConfirmNoConference.as_view(), name="confirm_no_conference"
    ),
    path("enquiries/<int:pk>/no-conference/", enquiries.NoConference.as_view(), name="no_conference"),
    path("enquiries/<int:pk>/delay/", enquiries.AgreeDelay.as_view(), name="conference_delay"),
    path("enquiries/<int:pk>/police/", enquiries.NamePoliceLead.as_view(), name="police_lead"),
    path("enquiries/<int:pk>/kind/", enquiries.ChangeKind.as_view(), name="enquiry_kind"),
    path("enquiries/<int:pk>/close/", enquiries.CloseEnquiry.as_view(), name="close_enquiry"),
]
