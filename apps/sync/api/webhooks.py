"""Where WooCommerce delivers. Plain Django: no parser may touch the signed bytes."""

from __future__ import annotations

import time

import structlog
from celery import current_app
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.accounts.services import limits
from apps.core.client import network_of
from apps.core.errors import LuxeBrainError
from apps.sync.services.receive import BadSignatureError, Letter, is_ping, receive

log = structlog.get_logger(__name__)
# Of one network. The shop's own deliveries are signed, and are not counted.
MOST_UNSIGNED = "60/min"


@csrf_exempt
@require_POST
def deliver(request: HttpRequest, topic: str) -> HttpResponse:
    """`topic` as in the address: order-created.

    Exactly 200 for whatever was understood: to WooCommerce anything else is a failure,
    and after the seventh in a row it stops sending.
    """
    letter = Letter(
        token=request.GET.get("to", "")[:64],
        topic=topic.replace("-", ".", 1).replace("-", "_"),
        signature=request.headers.get("X-WC-Webhook-Signature", "")[:200],
        body=request.body,
    )
    if is_ping(letter):
        return JsonResponse({"ok": True})
    try:
        delivery = receive(letter, timezone.now())
    except LuxeBrainError as error:
        return refuse(request, error)
    nudge(delivery.pk)
    return JsonResponse({"ok": True})


def nudge(pk: int) -> None:
    """The row is the promise: without a broker the sweep finds it."""
    try:
        current_app.send_task("sync.apply", args=[pk], expires=60)
    except Exception:
        log.warning("sync.nudge_lost", exc_info=True)


def refuse(request: HttpRequest, error: LuxeBrainError) -> HttpResponse:
    status = error.status
    if isinstance(error, BadSignatureError):
        who = network_of(request)
        verdict = limits.spend("webhooks", who, MOST_UNSIGNED, time.time())
        status = error.status if verdict.is_allowed else 429
    return JsonResponse(
        {"title": error.message, "status": status, "code": error.code},
        status=status,
        content_type="application/problem+json",
    )
