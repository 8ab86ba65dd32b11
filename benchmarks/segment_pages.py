"""How long a merchant waits for the pages of segmentation in the big shop of
benchmarks.rescore, by Django's own client."""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

REPEATS = 3


def slowest(store: Any) -> dict[str, float]:
    """Seconds: of each page the median, of the segments' the slowest one's."""
    from django.urls import reverse

    from apps.segmentation.models import CustomerValue, Segment
    from benchmarks.segment_members import SEGMENTS

    signed_in = merchant()
    ids = Segment.objects.of(store).values_list("pk", flat=True)
    pages = [reverse("admin:segmentation_segment_change", args=[pk]) for pk in ids]
    buyer = CustomerValue.objects.of(store).order_by("-orders", "pk").first()
    assert buyer
    look, asked = reverse("segment_look"), [json.dumps(one) for one in SEGMENTS]
    single = {
        "kinds": reverse("kinds"),
        "rfm": reverse("rfm_grid"),
        "story": reverse("customer_story", args=[buyer.customer_id]),
        "list": reverse("admin:segmentation_segment_changelist"),
    }
    return {
        "segment": max(seconds(signed_in.get, path) for path in pages),
        "look": max(seconds(signed_in.post, look, {"conditions": a}) for a in asked),
        **{name: seconds(signed_in.get, path) for name, path in single.items()},
    }


def merchant() -> Any:
    from django.test import Client

    from apps.accounts.models import User

    signed_in = Client(HTTP_HOST="localhost")
    person = User.objects.create_superuser("merchant@bench.example", "?")
    signed_in.force_login(person)
    return signed_in


def seconds(ask: Any, *what: Any) -> float:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        answer = ask(*what)
        times.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer
    return statistics.median(times)
