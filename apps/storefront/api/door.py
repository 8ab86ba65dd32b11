"""A page's answer, given ahead of Django: shoppers wait for it (docs/decisions/0018).

Only what goes well is answered here; the view of the same address explains the rest. What
is the same for all is found by the address itself, unread.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from django.utils import timezone

from apps.accounts.services.origins import page_of
from apps.accounts.services.pages import page_caller
from apps.core.door import Answer, Meta
from apps.core.services.memory import Memory
from apps.recommendations.services.door import headers_of as page_headers
from apps.recommendations.services.door import open_to, paced
from apps.storefront.api.asked import visit_of
from apps.storefront.api.page import headers_of, is_known
from apps.storefront.services.page.answer import Copy, answer

PATH = "/api/v1/storefront/page"
MOST_LETTERS = 6_000
# By who asks and what was asked, letter by letter.
KNOWN: Memory[tuple[str, str, str], Copy] = Memory(30.0, most=5_000)


def door(meta: Meta, stream: Any) -> Answer | None:
    return open_to(meta, found)


def found(meta: Meta, request_id: str) -> Answer | None:
    query, origin = meta.get("QUERY_STRING", ""), page_of(meta)
    shown = meta.get("HTTP_LUXEBRAIN_KEY", "")
    if "HTTP_AUTHORIZATION" in meta or len(query) > MOST_LETTERS:
        return None
    name = (shown, origin, query)
    copy = KNOWN.get(name)
    said = dict(parse_qsl(query, keep_blank_values=True)) if copy is None else {}
    key = shown or (said.get("key", "") if copy is None else key_in(query))
    if not key.startswith("pk_"):
        return None
    caller = page_caller(key, origin)
    if caller.store is None:
        return None
    now = timezone.now()
    if copy is not None and not copy.holds(caller.store, now):
        copy, said = None, dict(parse_qsl(query, keep_blank_values=True))
    visit = visit_of(caller.store, said, now) if copy is None else None
    verdict = paced(meta, caller)
    if verdict is None:
        return None
    if visit is not None:
        copy = answer(caller.store, visit, now)
        if copy.tag:
            KNOWN.put(name, copy)
    assert copy is not None
    headers = page_headers(origin, request_id, verdict)
    headers |= headers_of(copy, is_named=not shown)
    if is_known(copy, meta.get("HTTP_IF_NONE_MATCH", "")):
        return Answer(304, b"", headers)
    return Answer(200, copy.body, headers)


def key_in(query: str) -> str:
    return next((part[4:] for part in query.split("&") if part[:4] == "key="), "")
