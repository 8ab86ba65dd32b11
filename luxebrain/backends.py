"""Which engine stands behind each part, read from a URL in the environment."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import environ

# WAL lets readers go on while one writes; IMMEDIATE takes the write lock at BEGIN, so
# that a transaction waits for its turn instead of failing halfway.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;"
    ),
}
# A database that is gone without a word is noticed within seconds, not a quarter of an hour.
ALIVE = {
    "tcp_user_timeout": 5_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
METRIC_ENGINES = {
    "django.db.backends.sqlite3": "django_prometheus.db.backends.sqlite3",
    "django.db.backends.postgresql": "django_prometheus.db.backends.postgresql",
}


def database(env: environ.Env, folder: Path) -> dict[str, Any]:
    config = dict(env.db_url("DATABASE_URL", f"sqlite:///{folder}/luxebrain.sqlite3"))
    config["ENGINE"] = METRIC_ENGINES.get(config["ENGINE"], config["ENGINE"])
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = dict(SQLITE_OPTIONS)
    else:
        pool = {
            "min_size": env.int("DB_POOL_MIN", 2),
            "max_size": env.int("DB_POOL_MAX", 10),
            "timeout": 10,
        }
        # Statements that are bound by the server are planned once in a connection, after
        # so many times. 0, never, behind a pooler that shares connections.
        planned = env.int("DB_PREPARE_AFTER", 5) or None
        config["OPTIONS"] = {
            **ALIVE, **config.get("OPTIONS", {}), "pool": pool,
            "prepare_threshold": planned,
        }  # fmt: skip
    return config


def caches(env: environ.Env) -> dict[str, Any]:
    url = env.str("CACHE_URL", "locmem://")
    if url.startswith("redis"):
        return {
            "default": {
                "BACKEND": "django_redis.cache.RedisCache",
                "LOCATION": url,
                "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 2, "SOCKET_TIMEOUT": 2},
                "KEY_PREFIX": "luxebrain",
            }
        }
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "luxebrain",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }


def storages(env: environ.Env, folder: Path) -> dict[str, Any]:
    files: dict[str, Any] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder / "media")},
    }
    # Apart from media, which the web serves: nobody downloads a model by its URL.
    artefacts: dict[str, Any] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder / "artefacts")},
    }
    if bucket := env.str("S3_BUCKET", ""):
        files = {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": bucket,
                "endpoint_url": env.str("S3_ENDPOINT_URL", "") or None,
                "file_overwrite": True,
                "default_acl": None,
            },
        }
        artefacts = {**files, "OPTIONS": {**files["OPTIONS"], "location": "artefacts"}}
    # The manifest does not exist yet while it is being made.
    is_collecting = "collectstatic" in sys.argv
    static = (
        "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if (folder / "static" / "staticfiles.json").exists() or is_collecting
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    return {
        "default": files,
        "artefacts": artefacts,
        "staticfiles": {"BACKEND": static},
    }


def broker(env: environ.Env, folder: Path) -> dict[str, Any]:
    """Celery's broker: a folder by default, Redis or RabbitMQ by URL."""
    url = env.str("BROKER_URL", "filesystem://")
    if not url.startswith("filesystem"):
        return {
            "CELERY_BROKER_URL": url,
            "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
            "CELERY_TASK_ACKS_LATE": True,
            "CELERY_TASK_REJECT_ON_WORKER_LOST": True,
        }
    messages, control = folder / "broker" / "messages", folder / "broker" / "control"
    for path in (messages, control):
        path.mkdir(parents=True, exist_ok=True)
    return {
        "CELERY_BROKER_URL": "filesystem://",
        "CELERY_BROKER_TRANSPORT_OPTIONS": {
            "data_folder_in": str(messages),
            "data_folder_out": str(messages),
            "control_folder": str(control),
            "polling_interval": 0.2,
        },
        "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
        "CELERY_WORKER_ENABLE_REMOTE_CONTROL": False,
    }
