"""Pages of the admin that are about no table. Before the admin's own addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from apps.outcomes.views import journey, results

page = admin.site.admin_view

urlpatterns = [
    path("", page(results.page), name="what_brought_it"),
    path("order/<int:pk>/", page(journey.page), name="order_journey"),
]
