from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from apps.decisions.models import Suggestion


class NoteForm(forms.Form):
    note = forms.CharField(
        label="Why? (if you like)",
        required=False,
        max_length=1_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class ScheduleForm(forms.Form):
    scheduled_for = forms.DateTimeField(
        label="When",
        help_text="In your store's time zone.",
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M"],
    )


class FeedbackForm(NoteForm):
    feedback = forms.ChoiceField(
        label="Was it useful?",
        choices=Suggestion.Feedback.choices,
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("feedback", "note")


def edit_form(change: Any) -> type[forms.Form]:
    """One field for each plain value of what will be done."""
    after = change.get("after") if isinstance(change, Mapping) else None
    values = after if isinstance(after, Mapping) else {"after": after}
    fields = {
        str(name): forms.CharField(
            label="New value"
            if name == "after"
            else str(name).replace("_", " ").capitalize(),
            initial=value,
            max_length=1_000,
            widget=UnfoldAdminTextInputWidget,
        )
        for name, value in values.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    }
    return type("EditForm", (forms.Form,), fields)


def edited(change: Any, values: Mapping[str, str]) -> dict[str, Any]:
    """The change with the new values, each in its old type.

    Raises ValueError where a number became something else.
    """
    after = change.get("after")
    if not isinstance(after, Mapping):
        return {**change, "after": like(after, values["after"])}
    new = {name: like(after[name], text) for name, text in values.items()}
    return {**change, "after": {**after, **new}}


def like(old: Any, text: str) -> Any:
    if isinstance(old, int | float):
        number = float(text)
        return int(number) if isinstance(old, int) and number == int(number) else number
    return text
