from __future__ import annotations

from django.urls import path

from apps.decisions.api import feedback, log, suggestions

SUGGESTION = "decisions/suggestions/<int:pk>/"

urlpatterns = [
    path("decisions/", log.DecisionList.as_view(), name="decisions"),
    path(
        "decisions/<uuid:decision_id>/", log.DecisionDetail.as_view(), name="decision"
    ),
    path(
        "decisions/suggestions/",
        suggestions.SuggestionList.as_view(),
        name="suggestions",
    ),
    path(
        "decisions/suggestions/feedback/",
        feedback.Opinions.as_view(),
        name="feedback_on_suggestions",
    ),
    path(
        "decisions/suggestions/labels/",
        feedback.Labels.as_view(),
        name="labels_of_suggestions",
    ),
    path(SUGGESTION, suggestions.SuggestionDetail.as_view(), name="suggestion"),
    path(
        f"{SUGGESTION}approve/",
        suggestions.Approve.as_view(),
        name="approve_suggestion",
    ),
    path(
        f"{SUGGESTION}reject/", suggestions.Reject.as_view(), name="reject_suggestion"
    ),
    path(
        f"{SUGGESTION}schedule/",
        suggestions.Schedule.as_view(),
        name="schedule_suggestion",
    ),
    path(f"{SUGGESTION}edit/", suggestions.Edit.as_view(), name="edit_suggestion"),
    path(
        f"{SUGGESTION}revert/", suggestions.Revert.as_view(), name="revert_suggestion"
    ),
    path(
        f"{SUGGESTION}feedback/",
        suggestions.Feedback.as_view(),
        name="suggestion_feedback",
    ),
]
