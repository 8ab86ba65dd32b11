"""Pages of the admin that are about no table. Before the admin's own addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from apps.recommendations.views import board, preview, what_if, why

page = admin.site.admin_view

urlpatterns = [
    path("board/", page(board.page), name="picks_board"),
    path("try/", page(preview.page), name="try_a_shelf"),
    path("what-if/", page(what_if.page), name="what_if_page"),
    path("what-if/<int:pk>/", page(what_if.answer), name="what_if_answer"),
    path("why/customer/<int:pk>/", page(why.customer), name="why_customer"),
    path("why/product/<int:pk>/", page(why.product), name="why_product"),
]
