"""Addresses of the local procedure."""

from django.urls import path

from protocols import views

app_name = "protocols"
urlpatterns = [
    path("protocols/", views.protocols, name="protocols"),
    path("protocols/file/", views.FromFile.as_view(), name="from_file"),
    path("protocols/<int:pk>/", views.protocol, name="protocol"),
    path("protocols/<int:pk>/draft/", views.Draft.as_view(), name="draft"),
    path("protocols/<int:pk>/download/", views.download, name="download"),
    path("protocols/<int:pk>/publish/", views.Publish.as_view(), name="publish"),
]
