"""The family, from its case."""

from django.urls import URLPattern, path

from strategy.views import family, merging

urlpatterns: list[URLPattern] = [
    path("cases/<str:reference>/children/add/", family.AddCaseChild.as_view(), name="add_child"),
    path("cases/<str:reference>/family/add/", family.AddCaseMember.as_view(), name="add_member"),
    path("cases/<str:reference>/worker-safety/", family.WorkerSafety.as_view(), name="worker_safety"),
    path("children/<int:pk>/", family.ChangeCaseChild.as_view(), name="child"),
    path("children/<int:pk>/born/", family.Born.as_view(), name="born"),
    path("children/<int:pk>/same/", family.SameForAll.as_view(), name="same_for_all"),
    path("children/<int:pk>/remove/", family.RemoveChild.as_view(), name="remove_child"),
    path("children/<int:pk>/merge/", merging.WhichChild.as_view(), name="which_child"),
    path("children/<int:pk>/merge/<int:other>/", merging.MergeChild.as_view(), name="merge_child"),
    path("cases/<str:reference>/merge/", merging.WhichCase.as_view(), name="which_case"),
    path("cases/<str:reference>/merge/<str:other>/", merging.MergeCase.as_view(), name="merge_case"),
    path("family/<int:pk>/", family.ChangeMember.as_view(), name="member"),
    path("family/<int:pk>/children/", family.Ties.as_view(), name="ties"),
    path("family/<int:pk>/remove/", family.RemoveMember.as_view(), name="remove_member"),
]
