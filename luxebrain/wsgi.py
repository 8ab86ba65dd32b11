"""The web process: `granian --interface wsgi luxebrain.wsgi:application`."""

from __future__ import annotations

import os
from typing import cast

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")
django_application = get_wsgi_application()

# Granian does not run system checks; a production start with unsafe settings
# must stop here, before the first request.
from apps.events.api.track import Application, ahead_of  # noqa: E402
from luxebrain.checks import refuse_unsafe_start  # noqa: E402

refuse_unsafe_start()
application = ahead_of(cast(Application, django_application))
