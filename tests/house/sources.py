"""Reading the house's own source for the rules that no linter knows."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
APPS = sorted(p for p in (ROOT / "apps").iterdir() if (p / "apps.py").exists())


def root_name(node: ast.expr) -> str | None:
    """`Product` of `Product.objects.filter(...).update`."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def product_code(app: Path) -> list[Path]:
    return [p for p in app.rglob("*.py") if "migrations" not in p.parts]
