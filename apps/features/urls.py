from __future__ import annotations

from django.urls import path

from apps.features.api import served

urlpatterns = [
    path("features/", served.Definitions.as_view(), name="features"),
    path(
        "features/customers/",
        served.CustomerNumbersList.as_view(),
        name="customer_numbers",
    ),
    path(
        "features/customers/<int:pk>/",
        served.CustomerNumbersDetail.as_view(),
        name="customer_number",
    ),
    path(
        "features/products/",
        served.ProductNumbersList.as_view(),
        name="product_numbers",
    ),
    path(
        "features/products/<int:pk>/",
        served.ProductNumbersDetail.as_view(),
        name="product_number",
    ),
]
