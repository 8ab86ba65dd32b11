from __future__ import annotations

from django.urls import path

from apps.recommendations.api import recommendations as api
from apps.recommendations.api import what_if

urlpatterns = [
    path("recommendations/", api.Recommendations.as_view(), name="recommendations"),
    path("recommendations/why-not/", api.WhyNot.as_view(), name="why_not_recommended"),
    path("recommendations/what-if/", what_if.WhatIfList.as_view(), name="what_ifs"),
    path(
        "recommendations/what-if/<int:pk>/",
        what_if.WhatIfDetail.as_view(),
        name="what_if",
    ),
    path("recommendations/settings/", api.Settings.as_view(), name="shelf_settings"),
]
