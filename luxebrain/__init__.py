"""Wiring only: settings, urls, celery, wsgi, checks. Nobody imports it."""

from __future__ import annotations

from luxebrain.celery import app as celery_app

__all__ = ["celery_app"]
