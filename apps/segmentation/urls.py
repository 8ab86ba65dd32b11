from __future__ import annotations

from django.urls import path

from apps.segmentation.api import cohorts, kinds, purchase, rfm, segments, value

urlpatterns = [
    path("segmentation/rfm/", rfm.RfmGrid.as_view(), name="segmentation_rfm"),
    path(
        "segmentation/rfm/<int:pk>/",
        rfm.RfmOfCustomer.as_view(),
        name="segmentation_rfm_customer",
    ),
    path(
        "segmentation/kinds/", kinds.KindsOfStore.as_view(), name="segmentation_kinds"
    ),
    path(
        "segmentation/customers/<int:pk>/kind/",
        kinds.KindOfCustomer.as_view(),
        name="customer_kind",
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
    path("segmentation/purchase/", purchase.Purchase.as_view(), name="purchase"),
    path("segmentation/values/", value.CustomerValues.as_view(), name="values"),
    path(
        "segmentation/customers/<int:pk>/value/",
        value.ValueOfCustomer.as_view(),
        name="customer_value",
    ),
    path("segmentation/segments/", segments.Segments.as_view(), name="segments"),
    path(
        "segmentation/segments/preview/",
        segments.PreviewSegment.as_view(),
        name="segment_preview",
    ),
    path(
        "segmentation/segments/<int:pk>/",
        segments.SegmentDetail.as_view(),
        name="segment",
    ),
    path(
        "segmentation/segments/<int:pk>/duplicate/",
        segments.DuplicateSegment.as_view(),
        name="segment_duplicate",
    ),
    path(
        "segmentation/segments/<int:pk>/members/",
        segments.SegmentMembers.as_view(),
        name="segment_members",
    ),
    path(
        "segmentation/segments/<int:pk>/history/",
        segments.SegmentHistory.as_view(),
        name="segment_history",
    ),
    path(
        "segmentation/customers/<int:pk>/segments/",
        segments.CustomerSegments.as_view(),
        name="customer_segments",
    ),
    path(
        "segmentation/conditions/",
        segments.ConditionWords.as_view(),
        name="condition_words",
    ),
]
