from __future__ import annotations

from django.urls import path

from apps.outcomes.api import outcomes as api

urlpatterns = [
    path("outcomes/credit/", api.CreditOfChannels.as_view(), name="outcomes_credit"),
    path("outcomes/journey/", api.JourneyOfOrder.as_view(), name="outcomes_journey"),
]
