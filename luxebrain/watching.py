"""Sentry and OpenTelemetry: silent unless the environment names where to send."""

from __future__ import annotations

from django.conf import settings


def start() -> None:
    if settings.SENTRY_DSN:
        start_sentry(settings.SENTRY_DSN)
    if settings.OTEL_ENDPOINT:
        start_tracing()


def start_sentry(dsn: str) -> None:
    import sentry_sdk

    # No request bodies and no user: a stack trace must not carry a shopper's data.
    sentry_sdk.init(dsn=dsn, send_default_pii=False, max_request_body_size="never")


def start_tracing() -> None:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "luxebrain"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument()
