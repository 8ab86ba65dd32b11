"""The version that serves, as the one to beat."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import structlog

from apps.core.errors import LuxeBrainError
from apps.registry.models import ModelVersion
from apps.registry.services import artefacts

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Former:
    """It plays by its recipe, which the database has: lost files lose it no contest."""

    version: ModelVersion
    # Where its files go.
    home: Path

    @property
    def folder(self) -> Path | None:
        """Its files, unpacked when first asked for; None where they cannot be trusted."""
        return None if self.trouble else self.home

    @cached_property
    def trouble(self) -> str:
        """Why its files are of no use; empty where they are."""
        version = self.version
        if not version.artefact:
            return f"{version} has no files."
        try:
            artefacts.load(version, self.home)
        except LuxeBrainError as error:
            log.warning("training.no_files", version=str(version), reason=error.code)
            return error.message
        except (OSError, tarfile.TarError) as error:
            log.warning("training.no_files", version=str(version), reason=repr(error))
            return f"The files of {version} cannot be read."
        return ""
