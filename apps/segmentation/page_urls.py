"""Pages of the admin that are about no table. Before the admin's own addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from apps.segmentation.views import cohorts, kinds, rfm, segments, story

page = admin.site.admin_view

urlpatterns = [
    path("rfm/", page(rfm.page), name="rfm_grid"),
    path("cohorts/", page(cohorts.page), name="cohorts"),
    path("customer/<int:pk>/", page(story.page), name="customer_story"),
    path("preview/", page(segments.preview), name="segment_look"),
    path("names/", page(segments.names), name="segment_names"),
    path("cohorts.csv", page(cohorts.file), name="cohorts_file"),
    path("kinds/", page(kinds.page), name="kinds"),
    path("kinds/<slug:code>.csv", page(kinds.file), name="kind_file"),
    path("kinds/<slug:code>/", page(kinds.members), name="kind_members"),
]
