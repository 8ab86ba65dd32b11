"""Are the statistics of experiments right? Simulated shops, and two real ones."""

from __future__ import annotations
