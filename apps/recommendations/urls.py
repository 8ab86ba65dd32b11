from __future__ import annotations

from django.urls import path

from apps.recommendations.api import recommendations as api

urlpatterns = [
    path("recommendations/", api.Recommendations.as_view(), name="recommendations"),
    path("recommendations/why-not/", api.WhyNot.as_view(), name="why_not_recommended"),
    path("recommendations/settings/", api.Settings.as_view(), name="shelf_settings"),
]
