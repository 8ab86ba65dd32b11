from __future__ import annotations

from apps.sync.models.connection import ConnectAttempt, Connection, Notice
from apps.sync.models.files import FileImport, FileImportProblem
from apps.sync.models.hooks import Delivery, Hook
from apps.sync.models.plugin import PluginCode, PluginLink
from apps.sync.models.proof import Certificate, CertificateLine, Difference
from apps.sync.models.quality import Finding
from apps.sync.models.runs import Run, Step, Watermark
from apps.sync.models.writes import Write

__all__ = [
    "Certificate",
    "CertificateLine",
    "ConnectAttempt",
    "Connection",
    "Delivery",
    "Difference",
    "FileImport",
    "FileImportProblem",
    "Finding",
    "Hook",
    "Notice",
    "PluginCode",
    "PluginLink",
    "Run",
    "Step",
    "Watermark",
    "Write",
]
