"""What business support does before it books."""

from django.urls import URLPattern, path

from strategy.views import booking

urlpatterns: list[URLPattern] = [
    path("queue/officer/", booking.Officer.as_view(), name="officer"),
    path(
        "requests/<int:pk>/forward/<int:forward_pk>/",
        booking.PoliceReference.as_view(),
        name="police_reference",
    ),
    path("requests/<int:pk>/receipt-call/", booking.ReceiptCallPage.as_view(), name="receipt_call"),
]
