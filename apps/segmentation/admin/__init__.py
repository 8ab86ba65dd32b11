"""Segments and what is foretold of customers, in the merchant's words."""

from __future__ import annotations
