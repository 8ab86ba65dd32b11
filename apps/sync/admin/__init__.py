from __future__ import annotations

from apps.sync.admin import connection, hooks, notices, proof, quality, runs, writes

__all__ = ["connection", "hooks", "notices", "proof", "quality", "runs", "writes"]
