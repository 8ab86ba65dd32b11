from __future__ import annotations

from django.urls import path

from apps.privacy.api import EraseDetail, EraseView, ExportView

urlpatterns = [
    path("privacy/export/", ExportView.as_view(), name="privacy_export"),
    path("privacy/erase/", EraseView.as_view(), name="privacy_erase"),
    path("privacy/erase/<int:pk>/", EraseDetail.as_view(), name="privacy_erasing"),
]
