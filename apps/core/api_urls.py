from __future__ import annotations

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path(
        "docs/",
        # Its answer is a page: OPTIONS would try to print that as JSON.
        SpectacularSwaggerSplitView.as_view(
            url_name="api_schema", http_method_names=["get", "head"]
        ),
        name="api_docs",
    ),
]
