from __future__ import annotations

from django.urls import path

from apps.segmentation.api import cohorts, rfm

urlpatterns = [
    path("segmentation/rfm/", rfm.RfmGrid.as_view(), name="segmentation_rfm"),
    path(
        "segmentation/rfm/<int:pk>/",
        rfm.RfmOfCustomer.as_view(),
        name="segmentation_rfm_customer",
    ),
    path(
        "segmentation/cohorts/",
        cohorts.CohortsOfStore.as_view(),
        name="segmentation_cohorts",
    ),
    path(
        "segmentation/acquisition/",
        cohorts.AcquisitionOfStore.as_view(),
        name="segmentation_acquisition",
    ),
]
