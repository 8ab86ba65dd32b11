from __future__ import annotations

from django.urls import path

from apps.storefront.api import merchant, page, picture

urlpatterns = [
    path("storefront/placements/", merchant.Placements.as_view(), name="placements"),
    path(
        "storefront/placements/<slug:place>/",
        merchant.PlacementDetail.as_view(),
        name="placement",
    ),
    path("storefront/rules/", merchant.Rules.as_view(), name="storefront_rules"),
    path(
        "storefront/rules/<int:pk>/",
        merchant.RuleDetail.as_view(),
        name="storefront_rule",
    ),
    path("storefront/banners/", merchant.Banners.as_view(), name="banners"),
    path(
        "storefront/banners/<int:pk>/",
        merchant.BannerDetail.as_view(),
        name="banner",
    ),
    path("storefront/page", page.PageView.as_view(), name="storefront_page"),
    path("storefront/pages", page.PagesView.as_view(), name="storefront_pages"),
    path(
        "visual-search/search",
        picture.SearchByPicture.as_view(),
        name="search_by_picture",
    ),
    path(
        "visual-search/similar/<int:product>",
        picture.SimilarByPicture.as_view(),
        name="similar_by_picture",
    ),
]
