from __future__ import annotations

from django.urls import path

from apps.events.api import track

urlpatterns = [path("events/track", track.view, name="events_track")]
