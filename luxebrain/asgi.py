"""ASGI entry point, for servers that need one; `make run` uses WSGI."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")
application = get_asgi_application()

from luxebrain.checks import refuse_unsafe_start  # noqa: E402

refuse_unsafe_start()
