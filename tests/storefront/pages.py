"""A shop's page that asks for all its placements at once, at the door."""

from __future__ import annotations

from apps.storefront.api import door
from tests.recommendations.pages import AtTheDoor

URL = door.PATH


class AtTheStorefrontDoor(AtTheDoor):
    doors = {door.PATH: door.door}


class WholePage(AtTheStorefrontDoor):
    def __init__(self, key, **more):
        super().__init__(**more)
        self.key = key

    def get(self, path, data=None, **more):
        """The key stands in the address, as the plugin writes it."""
        return super().get(path, {"key": self.key, **(data or {})}, **more)

    def ask(self, *places, **said):
        return self.get(URL, {"places": ",".join(places), **said})


def names(answer, place):
    """Of the picks that stand in a place."""
    shelves = {shelf["place"]: shelf for shelf in answer.json()["shelves"]}
    return [pick["name"] for pick in shelves[place]["picks"]]
