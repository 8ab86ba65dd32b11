"""The heat map's cells: columns over a page's width, rows down its length."""

from __future__ import annotations

COLUMNS, ROWS = 20, 40
