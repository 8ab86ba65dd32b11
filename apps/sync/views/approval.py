"""What a shop sends after an approval: the keys by POST, the merchant by redirect."""

from __future__ import annotations

import json
import time
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.services import limits
from apps.core.client import network_of
from apps.core.errors import LuxeBrainError
from apps.sync.services import connect

log = structlog.get_logger(__name__)
# Five short fields.
LONGEST_BODY = 8 * 1024


@csrf_exempt
@require_POST
def receive_keys(request: HttpRequest) -> HttpResponse:
    """From the shop's server, which has no cookie; the one-time state is its pass.

    WooCommerce takes nothing but a 200 for a yes.
    """
    rate = settings.RATE_LIMITS["ip"]
    if not limits.spend("keys", network_of(request), rate, time.time()).is_allowed:
        return HttpResponse(status=429)
    try:
        connect.receive_keys(body_of(request), timezone.now())
    except LuxeBrainError as error:
        log.info("sync.keys_refused", code=error.code)
        return HttpResponse(status=error.status)
    transaction.on_commit(nudge, robust=True)
    return HttpResponse("ok", content_type="text/plain")


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Nothing of it, where it is not what WooCommerce sends."""
    if len(request.body) > LONGEST_BODY:
        return {}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def nudge() -> None:
    """The first sync, and the webhooks, which a task makes."""
    current_app.send_task("sync.work")
    current_app.send_task("sync.watch_hooks")


@require_GET
@login_required
def come_back(request: HttpRequest) -> HttpResponse:
    """The merchant's browser; the keys were sent before it was let go."""
    if request.GET.get("success") == "1":
        text = "Your shop is connected. The first sync begins in a moment."
        messages.success(request, text)
    else:
        connect.end_attempt(request.GET.get("user_id", "")[:200], timezone.now())
        messages.warning(
            request, "You did not approve, so nothing is connected. You can try again."
        )
    return redirect("admin:sync_connection_changelist")
