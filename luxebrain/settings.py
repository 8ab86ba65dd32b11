"""All settings, read from the environment; .env.example explains each name.

A setting picks a backend (SQLite or PostgreSQL, local memory or Redis). Code asks
what the backend can do, never whether this is production.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab

from luxebrain.backends import broker, caches, database, storages
from luxebrain.logging import logging_config
from luxebrain.menu import unfold_settings

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(env.str("ENV_FILE", "") or str(ROOT / ".env"), overwrite=False)
# An empty value says nothing, so that .env may be a whole copy of .env.example.
for name in [name for name, value in os.environ.items() if not value]:
    del os.environ[name]

DEFAULT_SECRET_KEY = "luxebrain-embedded-secret-that-production-refuses"
# 32 zero bytes: a Fernet key for a machine that nobody else reaches.
DEFAULT_FIELD_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

DEPLOYMENT = env.str("LUXEBRAIN_DEPLOYMENT", "embedded")
VAR_DIR = Path(env.str("VAR_DIR", str(ROOT / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)
# What `make run` made once: a command by hand must read the same encrypted fields.
environ.Env.read_env(str(VAR_DIR / "secrets.env"), overwrite=False)
SECRET_KEY = env.str("SECRET_KEY", DEFAULT_SECRET_KEY)
FIELD_KEYS = env.list("FIELD_KEYS", default=[DEFAULT_FIELD_KEY])
# What else is encrypted with them: apps above accounts, which turns the keys.
SEALED_FIELDS = {"sync.Connection": ["sealed_keys", "sealed_hook_secret"]}
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PUBLIC_URL = env.str("PUBLIC_URL", "http://localhost:8000").rstrip("/")
IS_HTTPS = PUBLIC_URL.startswith("https://")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
# Whether a shop may live on this machine or in its network: fine for its owner, but
# a stranger's "shop" could be the router.
SHOPS_MAY_BE_PRIVATE = env.bool("SHOPS_MAY_BE_PRIVATE", DEPLOYMENT == "embedded")

INSTALLED_APPS = [
    # Not "unfold", which would put its own site in the place of ours.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "luxebrain.apps.AdminConfig",
    "luxebrain.apps.WiringConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "import_export",
    "django_celery_beat",
    "django_celery_results",
    "django_prometheus",
    "apps.core",
    "apps.accounts",
    "apps.registry",
    "apps.decisions",
    "apps.shop",
    "apps.experiments",
    "apps.events",
    "apps.features",
    "apps.outcomes",
    "apps.sync",
    "apps.recommendations",
    "apps.visual_search",
    "apps.segmentation",
    "apps.inventory",
    "apps.storefront",
    "apps.privacy",
    "apps.backoffice",
    "apps.demo",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "apps.core.middleware.RequestIdMiddleware",
    "apps.core.middleware.BodyLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.middleware.SecurityHeadersMiddleware",
    "apps.accounts.middleware.StoreCorsMiddleware",
    "apps.accounts.middleware.RateLimitHeadersMiddleware",
    "apps.accounts.middleware.IdempotencyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "apps.accounts.middleware.CurrentStoreMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "luxebrain.urls"
WSGI_APPLICATION = "luxebrain.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": database(env, VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = caches(env)
STORAGES = storages(env, VAR_DIR)
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATIC_URL = "/static/"
# The demo shop wears what the plugin brings to a real one.
STATICFILES_DIRS = [
    ROOT / "static",
    ("plugin", ROOT / "wp-plugin/luxebrain/assets"),
]
# Without collected files (tests, a fresh checkout) WhiteNoise asks the finders.
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists()

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.accounts.backends.EmailBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
PASSWORD_RESET_TIMEOUT = 3600
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", 12) * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
OTP_TOTP_ISSUER = "LuxeBrain"
# Not even a superuser reads the keys of other people's phones.
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail://")
vars().update(EMAIL_CONFIG)
EMAIL_FILE_PATH = VAR_DIR / "outbox"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "LuxeBrain <noreply@localhost>")

# Safety of pages
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
)
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
# Not /tmp, which is memory in a container and on many machines.
FILE_UPLOAD_TEMP_DIR = env.str("FILE_UPLOAD_TEMP_DIR", str(VAR_DIR / "uploads"))
Path(FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)
API_BODY_LIMIT = 2 * 1024 * 1024

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.authentication.SignedKeyAuthentication",
        "apps.accounts.authentication.PublishableKeyAuthentication",
        "apps.accounts.authentication.StoreJWTAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "apps.accounts.permissions.CallerMay",
        "apps.accounts.permissions.FirstTime",
    ],
    "DEFAULT_THROTTLE_CLASSES": [
        "apps.accounts.throttles.AnonymousThrottle",
        "apps.accounts.throttles.PageThrottle",
        "apps.accounts.throttles.KeyThrottle",
        "apps.accounts.throttles.StoreThrottle",
    ],
    "DEFAULT_PAGINATION_CLASS": "apps.core.rest.CursorPage",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.rest.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "apps.core.rest.problem_response",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
# Where events lie: in the database of everything else, or in ClickHouse.
EVENTS_ENGINE = env.str("EVENTS_ENGINE", "database")
CLICKHOUSE_URL = env.str("CLICKHOUSE_URL", "")
# A MaxMind file (.mmdb) that tells the country of an address; empty: nobody asks.
GEOIP_FILE = env.str("GEOIP_FILE", "")
RATE_LIMITS = {
    "ip": env.str("RATE_LIMIT_IP", "60/min"),
    "page": env.str("RATE_LIMIT_PAGE", "600/min"),
    # Of shelves, by address for pages: each is a row of the decision log.
    "shelf_page": env.str("RATE_LIMIT_SHELF_PAGE", "300/min"),
    # Of pictures that are searched by: each takes as long as many shelves.
    "picture_page": env.str("RATE_LIMIT_PICTURE_PAGE", "60/min"),
    "key": env.str("RATE_LIMIT_KEY", "6000/min"),
    # Of previews of segments: each may keep the database busy for seconds.
    "look": env.str("RATE_LIMIT_LOOK", "60/min"),
    "store": env.str("RATE_LIMIT_STORE", "12000/min"),
    "login": env.str("RATE_LIMIT_LOGIN", "10/min"),
    # Of events: by address for pages, by store in all.
    "track_page": env.str("RATE_LIMIT_TRACK_PAGE", "600/min"),
    "track_store": env.str("RATE_LIMIT_TRACK_STORE", "600000/min"),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "LuxeBrain API",
    "VERSION": "1",
    "DESCRIPTION": "The self-hosted brain of a WooCommerce fashion shop.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_AUTHENTICATION": ["rest_framework.authentication.SessionAuthentication"],
    "SERVE_PERMISSIONS": ["apps.accounts.permissions.MayReadDocs"],
    # Words that several resources use, each with choices of its own.
    "ENUM_NAME_OVERRIDES": {
        "ProductKindEnum": "apps.shop.models.Product.Kind",
        "ProductStatusEnum": "apps.shop.models.Product.Status",
        "CouponKindEnum": "apps.shop.models.Coupon.Kind",
        "ApiKeyKindEnum": "apps.accounts.models.ApiKey.Kind",
        "RoleEnum": "apps.accounts.models.Role",
        "SuggestionStatusEnum": "apps.decisions.models.Suggestion.Status",
        "TestKindEnum": "apps.experiments.models.Kind",
        "TestMetricEnum": "apps.experiments.models.Metric",
        "TestUnitEnum": "apps.experiments.models.Unit",
    },
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=env.int("JWT_ACCESS_MINUTES", 15)),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env.int("JWT_REFRESH_DAYS", 14)),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "UPDATE_LAST_LOGIN": False,
    "CHECK_REVOKE_TOKEN": True,
}

# Jobs
vars().update(broker(env, VAR_DIR))
CELERY_RESULT_BACKEND = "django-db"
CELERY_RESULT_EXTENDED = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "sync.*": {"queue": "sync"},
    # Its worker does nothing else: figures are to be a second old.
    "events.roll": {"queue": "rollups"},
    "registry.train": {"queue": "training"},
    # It asks brains, which only these workers load.
    "registry.watch_store": {"queue": "training"},
    # Takes minutes, and numpy.
    "recommendations.what_if": {"queue": "training"},
    "segmentation.value_nightly": {"queue": "training"},
    # Who did something is to be in the right segments within seconds, while others count.
    "segmentation.follow": {"queue": "segments"},
    "segmentation.catch_up": {"queue": "segments"},
    "campaigns.*": {"queue": "messages"},
}
QUEUES = ("default", "sync", "rollups", "segments", "training", "messages")
# How long one task follows the stream. The embedded worker has two hands for all
# queues: there it looks once, and again at beat's next call.
IS_EMBEDDED_BROKER = str(vars()["CELERY_BROKER_URL"]).startswith("filesystem")
ROLL_SECONDS = env.float("ROLL_SECONDS", 0.0 if IS_EMBEDDED_BROKER else 9.5)
ROLL_EVERY = 3.0 if IS_EMBEDDED_BROKER else 10.0
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 3600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "core.beat": {"task": "core.beat", "schedule": 15.0},
    "core.look_at_rows": {
        "task": "core.look_at_rows",
        "schedule": timedelta(minutes=10),
    },
    "core.forget": {"task": "core.forget", "schedule": timedelta(hours=1)},
    "accounts.forget": {"task": "accounts.forget", "schedule": timedelta(hours=1)},
    # Each store and kind has an hour of its own among these.
    "registry.queue_due": {
        "task": "registry.queue_due",
        "schedule": crontab(hour="0-5", minute=30),
    },
    "registry.train_queued": {
        "task": "registry.train_queued",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "registry.watch": {
        "task": "registry.watch",
        "schedule": crontab(hour=6, minute=20),
    },
    # After a build, one kind after another: shelves are full within minutes.
    "demo.train": {
        "task": "demo.train",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    # A new product has neighbors within ten seconds.
    "recommendations.keep_content": {
        "task": "recommendations.keep_content",
        "schedule": 4.0,
        "options": {"expires": 4.0},
    },
    "recommendations.notice": {
        "task": "recommendations.notice",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "recommendations.what_if": {
        "task": "recommendations.what_if",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "recommendations.credit": {
        "task": "recommendations.credit",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "recommendations.credit_late": {
        "task": "recommendations.credit_late",
        "schedule": crontab(hour=4, minute=55),
    },
    "recommendations.forget": {
        "task": "recommendations.forget",
        "schedule": crontab(hour=4, minute=50),
    },
    # A new picture is found within a minute or two; a whole shop takes a while.
    "visual_search.index": {
        "task": "visual_search.index",
        "schedule": 45.0,
        "options": {"expires": 45.0},
    },
    "experiments.look": {
        "task": "experiments.look",
        "schedule": crontab(minute=35),
        "options": {"expires": 3000.0},
    },
    "experiments.bandits": {
        "task": "experiments.bandits",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 500.0},
    },
    "experiments.forget": {
        "task": "experiments.forget",
        "schedule": crontab(hour=5, minute=10),
    },
    # A stretch of time is written down soon after it began.
    "experiments.units": {
        "task": "experiments.units",
        "schedule": timedelta(minutes=5),
    },
    "sync.sweep": {"task": "sync.sweep", "schedule": 10.0},
    "sync.tick": {"task": "sync.tick", "schedule": 10.0},
    "sync.queue_polls": {"task": "sync.queue_polls", "schedule": timedelta(minutes=5)},
    "sync.queue_proofs": {
        "task": "sync.queue_proofs",
        "schedule": crontab(hour=3, minute=10),
    },
    "sync.watch_hooks": {"task": "sync.watch_hooks", "schedule": timedelta(minutes=5)},
    "sync.knock": {"task": "sync.knock", "schedule": timedelta(hours=1)},
    "sync.send_writes": {"task": "sync.send_writes", "schedule": 15.0},
    "sync.continue_imports": {"task": "sync.continue_imports", "schedule": 15.0},
    "sync.check_quality": {
        "task": "sync.check_quality",
        "schedule": crontab(day_of_week=1, hour=4, minute=0),
    },
    "sync.forget": {"task": "sync.forget", "schedule": timedelta(hours=12)},
    "features.queue_nightly": {
        "task": "features.queue_nightly",
        "schedule": crontab(hour=1, minute=40),
    },
    "features.customers": {
        "task": "features.queue_touched",
        "schedule": timedelta(minutes=10),
        "args": ["customer", 600],
    },
    # A product is compared with all others, so that all of the shop is read.
    "features.products": {
        "task": "features.queue_touched",
        "schedule": timedelta(hours=1),
        "args": ["product", 3600],
    },
    "events.roll": {
        "task": "events.roll",
        "schedule": ROLL_EVERY,
        "options": {"expires": ROLL_EVERY},
    },
    "events.prune": {"task": "events.prune", "schedule": timedelta(hours=1)},
    "events.keep_partitions": {
        "task": "events.keep_partitions",
        "schedule": timedelta(hours=6),
    },
    "events.meet_people": {
        "task": "events.meet_people",
        "schedule": timedelta(minutes=5),
    },
    "events.forget_people": {
        "task": "events.forget_people",
        "schedule": crontab(hour=4, minute=40),
    },
    "events.expire": {"task": "events.expire", "schedule": crontab(hour=4, minute=20)},
    # Refunds, cancellations and margins of what was credited.
    "outcomes.follow": {
        "task": "outcomes.follow",
        "schedule": timedelta(minutes=3),
        "options": {"expires": 180.0},
    },
    "outcomes.follow_all": {
        "task": "outcomes.follow_all",
        "schedule": crontab(hour=5, minute=10),
    },
    "outcomes.credit_seen": {
        "task": "outcomes.credit_seen",
        "schedule": timedelta(hours=1),
    },
    "outcomes.credit_seen_late": {
        "task": "outcomes.credit_seen_late",
        "schedule": crontab(hour=5, minute=20),
    },
    "outcomes.banners": {
        "task": "outcomes.banners",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600.0},
    },
    "outcomes.banners_late": {
        "task": "outcomes.banners_late",
        "schedule": crontab(hour=5, minute=25),
    },
    # Only where something has changed.
    "outcomes.share_out": {
        "task": "outcomes.share_out",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600.0},
    },
    # Who did something is in the right segments within five seconds.
    "segmentation.follow": {
        "task": "segmentation.follow",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    "segmentation.catch_up": {
        "task": "segmentation.catch_up",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600.0},
    },
    "segmentation.count": {
        "task": "segmentation.count",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "segmentation.count_all": {
        "task": "segmentation.count_all",
        "schedule": crontab(hour=2, minute=40),
    },
    # After numbers were worked out anew, of some or, at night, of all.
    "segmentation.place": {
        "task": "segmentation.place",
        "schedule": crontab(minute="5-55/10"),
        "options": {"expires": 600.0},
    },
    # Only where a night's numbers are new, and where a store's day is.
    "segmentation.score_rfm": {
        "task": "segmentation.score_rfm",
        "schedule": crontab(minute=25),
        "options": {"expires": 3600.0},
    },
    "segmentation.count_cohorts": {
        "task": "segmentation.count_cohorts",
        "schedule": crontab(minute=35),
        "options": {"expires": 3600.0},
    },
    # Once on each day of a store.
    "segmentation.value_nightly": {
        "task": "segmentation.value_nightly",
        "schedule": crontab(minute=45),
        "options": {"expires": 3600.0},
    },
    "privacy.work": {
        "task": "privacy.work",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "decisions.keep_partitions": {
        "task": "decisions.keep_partitions",
        "schedule": timedelta(hours=6),
    },
    "decisions.expire": {"task": "decisions.expire", "schedule": timedelta(hours=1)},
}

# Learning
# By model kind: its brain (apps/registry/services/brain.py). Only workers import them.
LEARNING = "apps.recommendations.services.learning"
BRAINS = {
    "recommendations.trending": "apps.recommendations.services.trending.Trending",
    "recommendations.personal": f"{LEARNING}.people.Personal",
    "recommendations.alike": f"{LEARNING}.people.Alike",
    "recommendations.rebuy": f"{LEARNING}.people.Rebuy",
    "recommendations.similar": f"{LEARNING}.beside.Similar",
    "recommendations.together": f"{LEARNING}.beside.Together",
    "recommendations.upsell": f"{LEARNING}.beside.Upsell",
    "recommendations.outfit": f"{LEARNING}.beside.Outfit",
    "recommendations.hero": f"{LEARNING}.hero.Hero",
    "segmentation.groups": "apps.segmentation.services.learning.groups.Groups",
    "segmentation.purchase": "apps.segmentation.services.learning.purchase.Purchase",
    "segmentation.uplift": "apps.segmentation.services.learning.uplift.Uplift",
    "segmentation.value": "apps.segmentation.services.learning.value.CustomerValues",
}
# A kind is trained again after so many days; the others every week.
TRAINING_DAYS = {"recommendations.trending": 1}
# A training that takes longer is stopped, and its run says so.
TRAINING_SECONDS = env.int("TRAINING_SECONDS", 7200)
# When anything to learn from last happened in a store: an app above the registry.
SIGN_OF_LIFE = "apps.events.services.signs.last_at"
# Where trainings are logged for who looks into models: a folder, a server's address,
# or "off".
MLFLOW_TRACKING_URI = env.str(
    "MLFLOW_TRACKING_URI", f"sqlite:///{VAR_DIR}/mlflow/mlflow.sqlite3"
)
MLFLOW_SECONDS = env.float("MLFLOW_SECONDS", 120.0)

# Watching
LOGGING = logging_config(
    env.str("LOG_LEVEL", "INFO"), as_json=env.str("LOG_FORMAT", "json") == "json"
)
LOGGING_CONFIG = "logging.config.dictConfig"
SENTRY_DSN = env.str("SENTRY_DSN", "")
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# What else stands on the page of metrics: apps above core, which serves it.
METRIC_SOURCES = ["apps.events.services.watch.gauges"]
OTEL_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", "")
PROMETHEUS_EXPORT_MIGRATIONS = False

UNFOLD = unfold_settings()
IMPORT_EXPORT_USE_TRANSACTIONS = True
