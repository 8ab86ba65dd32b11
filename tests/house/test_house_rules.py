"""Rules of this house that no linter knows. Each has a bad line that must fail."""

from __future__ import annotations

import ast

import pytest

from tests.house.sources import APPS, ROOT, product_code, root_name

WRITES = {
    "create", "bulk_create", "get_or_create", "update_or_create",
    "update", "bulk_update", "delete",
}  # fmt: skip


def foreign_writes(source: str, app: str) -> list[str]:
    """Names of other apps' models that this source writes to."""
    tree = ast.parse(source)
    foreign = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        if node.module.startswith("apps.") and node.module.endswith(".models")
        if node.module != f"apps.{app}.models"
        for alias in node.names
    }

    return [
        f"{name}.{node.func.attr} (line {node.lineno})"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in WRITES and (name := root_name(node.func)) in foreign
    ]


@pytest.mark.parametrize("app", APPS, ids=lambda p: p.name)
def test_only_the_owner_writes_its_tables(app):
    for path in product_code(app):
        assert not foreign_writes(path.read_text(), app.name), path


def test_it_catches_a_foreign_write():
    bad = (
        "from apps.shop.models import Product\n"
        "Product.objects.filter(pk=1).update(stock=0)\n"
    )
    assert foreign_writes(bad, "pricing") == ["Product.update (line 2)"]
    assert not foreign_writes(bad, "shop")


@pytest.mark.parametrize("app", APPS, ids=lambda p: p.name)
def test_an_app_says_what_it_is_for(app):
    assert ast.get_docstring(ast.parse((app / "__init__.py").read_text()))


def test_no_file_is_a_drawer():
    drawers = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert not [p for p in (ROOT / "apps").rglob("*.py") if p.name in drawers]


def test_no_file_outgrows_its_room():
    long = {
        str(p.relative_to(ROOT)): n
        for top in ("apps", "luxebrain", "ml_models", "tests")
        for p in (ROOT / top).rglob("*.py")
        if "migrations" not in p.parts
        if (n := len(p.read_text().splitlines())) > 600
    }
    assert not long
