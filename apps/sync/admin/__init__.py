from __future__ import annotations

from apps.sync.admin import connection, hooks, notices, proof, runs

__all__ = ["connection", "hooks", "notices", "proof", "runs"]
