"""System checks that refuse a production start with unsafe settings.

They speak only where LUXEBRAIN_DEPLOYMENT=production; the embedded way runs on one
machine for its owner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

TAG = "luxebrain"


def is_production() -> bool:
    return bool(settings.DEPLOYMENT == "production")


def is_reachable() -> bool:
    """Whoever has an https address has visitors, whatever the deployment is called."""
    return is_production() or bool(settings.IS_HTTPS)


def check_deployment_name(**_: Any) -> list[checks.CheckMessage]:
    if settings.DEPLOYMENT in {"embedded", "production"}:
        return []
    hint = "Set LUXEBRAIN_DEPLOYMENT to embedded or production."
    return [error(f"Unknown deployment {settings.DEPLOYMENT!r}.", hint, "E006")]


def check_debug(**_: Any) -> list[checks.CheckMessage]:
    if not (is_production() and settings.DEBUG):
        return []
    return [error("DEBUG is on: errors would show secrets.", "Set DEBUG=0.", "E001")]


def check_secret(**_: Any) -> list[checks.CheckMessage]:
    key = settings.SECRET_KEY
    is_weak = key == settings.DEFAULT_SECRET_KEY or len(key) < 40
    if not (is_reachable() and is_weak):
        return []
    hint = "Set SECRET_KEY to 50 random characters."
    return [error("SECRET_KEY is the default one or too short.", hint, "E002")]


def check_https(**_: Any) -> list[checks.CheckMessage]:
    if not (is_production() and not settings.IS_HTTPS):
        return []
    hint = "Set PUBLIC_URL to the https:// address that people use."
    return [error("PUBLIC_URL is not https.", hint, "E003")]


def check_hosts(**_: Any) -> list[checks.CheckMessage]:
    hosts = settings.ALLOWED_HOSTS
    is_open = not hosts or any(host.strip() in {"*", "."} for host in hosts)
    if not (is_production() and is_open):
        return []
    hint = "Set ALLOWED_HOSTS to the names that this server answers to."
    return [error("ALLOWED_HOSTS is empty or a wildcard.", hint, "E004")]


def check_field_keys(**_: Any) -> list[checks.CheckMessage]:
    from cryptography.fernet import Fernet

    hint = "Set FIELD_KEYS to the output of `manage.py new_field_key`."
    try:
        [Fernet(key) for key in settings.FIELD_KEYS]
    except ValueError:
        return [error("FIELD_KEYS holds no valid Fernet key.", hint, "E005")]
    is_default = settings.DEFAULT_FIELD_KEY in settings.FIELD_KEYS
    if not settings.FIELD_KEYS or (is_reachable() and is_default):
        return [error("FIELD_KEYS is empty or the default.", hint, "E005")]
    return []


def check_events_engine(**_: Any) -> list[checks.CheckMessage]:
    hint = "Set EVENTS_ENGINE to database, or to clickhouse with a CLICKHOUSE_URL."
    engine, url = settings.EVENTS_ENGINE, settings.CLICKHOUSE_URL
    if engine not in {"database", "clickhouse"}:
        return [error(f"Unknown EVENTS_ENGINE {engine!r}.", hint, "E007")]
    if engine == "database" or url.startswith(("http://", "https://")):
        return []
    # chdb is one process's own: a worker would not see what the web wrote.
    if url.startswith("chdb:///") and not is_production():
        return []
    return [error("CLICKHOUSE_URL is not that of a server.", hint, "E007")]


def error(message: str, hint: str, number: str) -> checks.Error:
    return checks.Error(message, hint=hint, id=f"luxebrain.{number}")


CHECKS: Sequence[Callable[..., list[checks.CheckMessage]]] = (
    check_deployment_name,
    check_debug,
    check_secret,
    check_https,
    check_hosts,
    check_field_keys,
    check_events_engine,
)


def register_all() -> None:
    for check in CHECKS:
        checks.register(check, TAG)


def refuse_unsafe_start() -> None:
    """Raise when a check of ours finds an error; servers call this before serving."""
    if found := checks.run_checks(tags=[TAG]):
        raise ImproperlyConfigured("\n".join(str(message) for message in found))
