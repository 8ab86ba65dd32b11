from __future__ import annotations

from django.urls import path

from apps.events.api import analytics, live, people, track

urlpatterns = [
    path("events/track", track.view, name="events_track"),
    path("events/people/<int:customer>/", people.DeviceList.as_view(), name="devices"),
    path("analytics/metrics/", analytics.Metrics.as_view(), name="analytics_metrics"),
    path("analytics/funnel/", analytics.Funnel.as_view(), name="analytics_funnel"),
    path("analytics/cohorts/", analytics.Cohorts.as_view(), name="analytics_cohorts"),
    path(
        "analytics/trending/", analytics.Trending.as_view(), name="analytics_trending"
    ),
    path(
        "analytics/sessions/",
        analytics.SessionList.as_view(),
        name="analytics_sessions",
    ),
    path("analytics/heatmap/", analytics.Heatmap.as_view(), name="analytics_heatmap"),
    path(
        "analytics/searches/", analytics.Searches.as_view(), name="analytics_searches"
    ),
    path("analytics/live/", live.Live.as_view(), name="analytics_live"),
]
