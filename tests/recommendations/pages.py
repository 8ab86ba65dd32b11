"""A shop's page, asking as browsers do: by Django's view or at the door before it."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.test import Client

from apps.core.door import ahead_of
from apps.recommendations.api import door

ORIGIN = "https://maison.example"


class AtTheDoor(Client):
    """Asks the door first, as the web process does; what is answered there was not
    handed on."""

    doors = {door.PATH: door.door}

    def request(self, **meta):
        environ, said = self._base_environ(**meta), []
        doors = {("GET", path): opened for path, opened in self.doors.items()}
        application = ahead_of(self.handed_on, doors)
        self.by_django = None
        body = b"".join(application(environ, lambda *told: said.append(told)))
        if self.by_django is not None:
            is_get = environ["REQUEST_METHOD"] == "GET"
            is_shelf = is_get and environ["PATH_INFO"] in self.doors
            assert self.by_django.status_code != 200 or not is_shelf, "Handed on."
            return self.by_django
        ((status, headers),) = said
        answer = HttpResponse(body, status=int(status[:3]), headers=dict(headers))
        answer.json = lambda: json.loads(body) if body else None
        return answer

    def handed_on(self, environ, start):
        self.by_django = super().request(**environ)
        return []
