from __future__ import annotations

from django.urls import path

from apps.inventory import api

urlpatterns = [
    path("inventory/suppliers/", api.SupplierList.as_view(), name="suppliers"),
    path(
        "inventory/suppliers/<int:pk>/", api.SupplierDetail.as_view(), name="supplier"
    ),
    path("inventory/terms/", api.TermList.as_view(), name="supply_terms"),
    path("inventory/terms/<int:pk>/", api.TermDetail.as_view(), name="supply_term"),
]
