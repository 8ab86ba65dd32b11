"""What visitors did: taken in fast, kept safe, counted, tied to people; append-only."""

from __future__ import annotations
