"""Health, metrics and error pages."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.module_loading import import_string
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from apps.core import health
from apps.core.rest import problem_page

# A queue older than this is reported; pulses go out every 15 seconds.
SLOW_QUEUE_SECONDS = 120


def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """The process can serve.

    A slow queue is told but is no reason for 503: taking the web away because a
    worker lags would turn late jobs into a closed shop window.
    """
    parts = health.ask_all()
    ages = health.queue_ages(timezone.now())
    is_up = all(answer == "ok" for answer in parts.values())
    is_slow = any(age > SLOW_QUEUE_SECONDS for age in ages.values())
    status = "down" if not is_up else "slow" if is_slow else "ok"
    body = {"status": status, "parts": parts, "queue_age_seconds": ages}
    return JsonResponse(body, status=200 if is_up else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' page: django-prometheus' figures and the age of each queue."""
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    if settings.METRICS_TOKEN and not hmac.compare_digest(
        given.encode(), wanted.encode()
    ):
        raise Http404
    response: HttpResponse = ExportToDjangoView(request)
    registry = CollectorRegistry()
    gauge = Gauge(
        "luxebrain_queue_age_seconds",
        "How long the oldest pulse waits",
        ["queue"],
        registry=registry,
    )
    for queue, age in health.queue_ages(timezone.now()).items():
        gauge.labels(queue).set(age)
    for source in settings.METRIC_SOURCES:
        for name, (says, value) in import_string(source)(timezone.now()).items():
            Gauge(name, says, registry=registry).set(value)
    response.content += generate_latest(registry)
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_page(request, 404, "not_found", "Not found.")
    return render(request, "404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, 400, "bad_request", "The request is malformed.")


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_page(request, 500, "server_error", "Something broke.")
    return render(request, "500.html", status=500)
