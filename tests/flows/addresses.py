"""Every address that the URL configuration knows, as text with <holes>."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

HOLE = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """`template` such as /admin/shop/order/<object_id>/change/."""

    template: str
    name: str

    @property
    def holes(self) -> list[str]:
        return HOLE.findall(self.template)

    def filled(self, value: str) -> str:
        return HOLE.sub(value, self.template)


def all_addresses() -> list[Address]:
    return sorted(set(walk(get_resolver(), "/", "")), key=lambda a: a.template)


def walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        path = prefix + plain(entry)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry, path, inner)
        else:
            yield Address(path, f"{namespace}{entry.name or ''}")


def plain(entry: URLPattern | URLResolver) -> str:
    """The pattern without its converters and anchors."""
    if isinstance(entry.pattern, RoutePattern):
        return HOLE.sub(r"<\1>", str(entry.pattern))
    return simplify_regex(str(entry.pattern)).lstrip("/")
