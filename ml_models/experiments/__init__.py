"""The statistics of tests and holdouts: sums in, verdicts out (docs/experiment-statistics.md)."""

from __future__ import annotations
