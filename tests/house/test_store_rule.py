"""Every query goes through a store."""

from __future__ import annotations

import ast

import pytest
from django.apps import apps

from apps.accounts.models import StoreOwned
from tests.house.sources import APPS, product_code

OWNED = {m.__name__ for m in apps.get_models() if issubclass(m, StoreOwned)}
# A manager method that does not read, or whose arguments name the store.
DOORS = {
    "of", "across_stores", "create", "bulk_create", "get_or_create",
    "update_or_create", "none", "for_store",
}  # fmt: skip


def storeless_queries(source: str) -> list[str]:
    """Uses of a store-owned model's manager that do not start with a store."""
    return [
        f"{node.value.value.id}.objects.{node.attr} (line {node.lineno})"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr not in DOORS
        if isinstance(node.value, ast.Attribute) and node.value.attr == "objects"
        if isinstance(node.value.value, ast.Name) and node.value.value.id in OWNED
    ]


@pytest.mark.parametrize("app", APPS, ids=lambda p: p.name)
def test_every_query_goes_through_a_store(app):
    for path in product_code(app):
        assert not storeless_queries(path.read_text()), path


def test_it_catches_a_query_without_a_store():
    bad = "Product.objects.filter(pk=1)\nProduct.objects.of(store).filter(pk=1)\n"
    assert storeless_queries(bad) == ["Product.objects.filter (line 1)"]
