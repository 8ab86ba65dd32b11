from __future__ import annotations

from django.urls import path

from apps.registry import api

urlpatterns = [
    path("models/", api.VersionList.as_view(), name="models"),
    path("models/rollback/", api.Rollback.as_view(), name="rollback_model"),
    path("models/<int:pk>/", api.VersionDetail.as_view(), name="model"),
    path("models/<int:pk>/promote/", api.Promote.as_view(), name="promote_model"),
    path("trainings/", api.RunList.as_view(), name="trainings"),
    path("trainings/<int:pk>/", api.RunDetail.as_view(), name="training"),
]
