"""A model's files: one archive in storage, opened only if its digest is right."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import storages

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError, UnknownError
from apps.registry.models import ModelVersion

CHUNK = 1024 * 1024
STORAGE = "artefacts"


class TamperedArtefactError(LuxeBrainError):
    """The file is not the one that was registered: nothing of it was read."""

    code = "tampered_artefact"
    status = 409


@dataclass(frozen=True)
class Artefact:
    path: str = ""
    digest: str = ""


def save(store: Store, kind: str, folder: Path) -> Artefact:
    """Put a folder into storage. Never overwrites: each training has its own path."""
    with tempfile.TemporaryFile() as archive:
        with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as tar:
            for path in sorted(folder.rglob("*")):
                tar.add(path, path.relative_to(folder).as_posix(), recursive=False)
        archive.seek(0)
        digest = digest_of(archive)
        archive.seek(0)
        name = f"{store.pk}/{kind}/{uuid4()}.tar.gz"
        path_in_storage = storages[STORAGE].save(name, File(archive))
    return Artefact(path_in_storage, digest)


def load(version: ModelVersion, folder: Path) -> None:
    """Unpack a version's files into an empty folder.

    Raises TamperedArtefactError before anything is unpacked, UnknownError where the
    file is gone.
    """
    with tempfile.TemporaryFile() as copy:
        try:
            with storages[STORAGE].open(version.artefact) as stored:
                for chunk in stored.chunks(CHUNK):
                    copy.write(chunk)
        except (FileNotFoundError, ValueError) as error:
            raise UnknownError(f"The files of {version} are gone.") from error
        copy.seek(0)
        if digest_of(copy) != version.artefact_digest:
            raise TamperedArtefactError(f"The files of {version} were changed.")
        copy.seek(0)
        with tarfile.open(fileobj=copy, mode="r:gz") as tar:
            unpack(tar, folder)


def unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """By hand: the Python of Debian 12 (3.11.2) has no filters for `extractall`."""
    home, members = folder.resolve(), tar.getmembers()
    for member in members:
        is_plain = member.isreg() or member.isdir()
        if not is_plain or not (home / member.name).resolve().is_relative_to(home):
            raise tarfile.ExtractError(f"{member.name} is no file of this folder.")
    home.mkdir(parents=True, exist_ok=True)
    for member in members:
        place = home / member.name
        if member.isdir():
            place.mkdir(parents=True, exist_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        source = tar.extractfile(member)
        assert source
        with source, place.open("wb") as target:
            shutil.copyfileobj(source, target)


def digest_of(archive: IO[bytes]) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.file_digest(archive, "sha256").hexdigest()  # type: ignore[arg-type]
