"""Pages of the admin that are about no table. Before the admin's own addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from apps.backoffice.views import home, sign_in, two_step

page = admin.site.admin_view

urlpatterns = [
    path("login/", sign_in.sign_in, name="sign_in"),
    path("login/code/", sign_in.ask_code, name="two_step_code"),
    path("two-step/", page(two_step.two_step), name="two_step"),
    path("home/cards/", page(home.choose_cards), name="home_cards"),
]
