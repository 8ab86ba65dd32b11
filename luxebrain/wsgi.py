"""The web process: `granian --interface wsgi luxebrain.wsgi:application`."""

from __future__ import annotations

import os
from typing import cast

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")
django_application = get_wsgi_application()

# Granian does not run system checks; a production start with unsafe settings
# must stop here, before the first request.
from apps.core.door import Application, ahead_of  # noqa: E402
from apps.events.api import track  # noqa: E402
from apps.recommendations.api import door as shelves  # noqa: E402
from apps.storefront.api import door as page  # noqa: E402
from luxebrain.checks import refuse_unsafe_start  # noqa: E402

refuse_unsafe_start()
track.prepare()
application = ahead_of(
    cast(Application, django_application),
    {
        ("POST", track.PATH): track.door,
        ("GET", shelves.PATH): shelves.door,
        ("GET", page.PATH): page.door,
    },
)
