"""Every address of the house."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve

api = [
    path("", include("apps.core.api_urls")),
    path("", include("apps.accounts.urls")),
    path("", include("apps.shop.urls")),
    path("", include("apps.events.urls")),
    path("", include("apps.features.urls")),
    path("", include("apps.sync.urls")),
    path("", include("apps.inventory.urls")),
    path("", include("apps.decisions.urls")),
    path("", include("apps.registry.urls")),
    path("", include("apps.experiments.urls")),
    path("", include("apps.recommendations.urls")),
    path("", include("apps.storefront.urls")),
    path("", include("apps.privacy.urls")),
    path("", include("apps.outcomes.urls")),
    path("", include("apps.segmentation.urls")),
]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("", include("apps.core.urls")),
    path("", include("apps.accounts.page_urls")),
    path("", include("apps.sync.page_urls")),
    path("admin/", include("apps.backoffice.urls")),
    path("admin/analytics/", include("apps.events.page_urls")),
    path("admin/picks/", include("apps.recommendations.page_urls")),
    path("admin/shop-pages/", include("apps.storefront.page_urls")),
    path("admin/results/", include("apps.outcomes.page_urls")),
    path("admin/results/", include("apps.experiments.page_urls")),
    path("admin/segments/", include("apps.segmentation.page_urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    path("demo/", include("apps.demo.urls")),
    # Pictures of the folder backend; with S3 the storage's own URLs are used.
    re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}),
]
handler400 = "apps.core.views.bad_request"
handler404 = "apps.core.views.not_found"
handler500 = "apps.core.views.server_error"
