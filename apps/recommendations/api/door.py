"""A page's shelf, answered ahead of Django: a shopper waits for it."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import QueryDict
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from apps.accounts.services.origins import page_of
from apps.accounts.services.pages import page_caller
from apps.core.door import Answer, Meta
from apps.recommendations.api.asked import AskQuery
from apps.recommendations.api.recommendations import shelf_for
from apps.recommendations.services.door import headers_of, open_to, paced

PATH = "/api/v1/recommendations/"
# Shared: a form keeps nothing of what it checks. Making one copies all of its fields.
FORM = AskQuery()


def door(meta: Meta, stream: Any) -> Answer | None:
    return open_to(meta, answer)


def answer(meta: Meta, request_id: str) -> Answer | None:
    query = QueryDict(meta.get("QUERY_STRING", "").encode("latin-1"))
    shown = meta.get("HTTP_LUXEBRAIN_KEY") or query.get("key", "")
    if not shown.startswith("pk_") or "HTTP_AUTHORIZATION" in meta:
        return None
    # Before it counts: what is handed on is counted there.
    try:
        said = FORM.run_validation(query)
    except ValidationError:
        return None
    origin = page_of(meta)
    caller = page_caller(shown, origin)
    verdict = paced(meta, caller)
    if caller.store is None or verdict is None:
        return None
    body = shelf_for(caller, caller.store, said, timezone.now())
    headers = headers_of(origin, request_id, verdict)
    return Answer(200, msgspec.json.encode(body), headers)
