from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def name_people(apps: Any, schema_editor: Any) -> None:
    """The history knows who said the last word on each."""
    suggestions = apps.get_model("decisions", "Suggestion")
    steps = apps.get_model("decisions", "SuggestionStep").objects
    said = steps.filter(suggestion=OuterRef("pk"), verb="feedback").order_by("-pk")
    suggestions.objects.exclude(feedback="").update(
        feedback_by=Subquery(said.values("actor")[:1])
    )


class Migration(migrations.Migration):
    # By itself: PostgreSQL adds no foreign key to rows that the same transaction changed.
    dependencies = [("decisions", "0002_feedback_by")]

    operations = [migrations.RunPython(name_people, migrations.RunPython.noop)]
