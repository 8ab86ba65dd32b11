from __future__ import annotations

import io
import tarfile

import boto3
import pytest
from django.core.files.storage import storages
from moto import mock_aws

from apps.core.errors import UnknownError
from apps.registry.services import artefacts
from apps.registry.services.artefacts import Artefact, TamperedArtefactError
from tests.registry.conftest import KIND


@pytest.fixture(autouse=True, params=["folder", "bucket"])
def storage(request, settings, monkeypatch):
    """A folder, and S3 as moto plays it, set as luxebrain/backends.py sets it."""
    if request.param == "folder":
        request.getfixturevalue("storage_of_its_own")
        yield
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="luxebrain")
        options = {"bucket_name": "luxebrain", "location": "artefacts"}
        settings.STORAGES = {
            **settings.STORAGES,
            "artefacts": {
                "BACKEND": "storages.backends.s3.S3Storage",
                "OPTIONS": {**options, "file_overwrite": True, "default_acl": None},
            },
        }
        yield


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "model"
    (folder / "towers").mkdir(parents=True)
    (folder / "config.json").write_text('{"factors": 64}')
    (folder / "towers" / "user.bin").write_bytes(bytes(range(256)) * 10_000)
    return folder


@pytest.fixture
def saved(store, folder, train):
    return train(artefact=artefacts.save(store, KIND, folder))


def replace(path, content):
    storages["artefacts"].delete(path)
    storages["artefacts"].save(path, io.BytesIO(content))


def test_it_gives_back_the_files_that_it_was_given(saved, folder, tmp_path):
    artefacts.load(saved, tmp_path / "copy")
    for name in ("config.json", "towers/user.bin"):
        copied = (tmp_path / "copy" / name).read_bytes()
        assert copied == (folder / name).read_bytes()


def test_it_never_overwrites(store, folder):
    first, second = (artefacts.save(store, KIND, folder) for _ in range(2))
    assert first.path != second.path
    assert len(first.digest) == 64


def test_a_changed_file_is_not_opened(saved, tmp_path):
    with storages["artefacts"].open(saved.artefact) as file:
        stored = file.read()
    replace(saved.artefact, stored[:-1] + bytes([stored[-1] ^ 1]))
    with pytest.raises(TamperedArtefactError):
        artefacts.load(saved, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_file_that_is_gone_is_named(saved, tmp_path):
    storages["artefacts"].delete(saved.artefact)
    with pytest.raises(UnknownError, match="are gone"):
        artefacts.load(saved, tmp_path / "copy")


def test_a_version_without_files_has_none(train, tmp_path):
    with pytest.raises(UnknownError, match="are gone"):
        artefacts.load(train(), tmp_path / "copy")


def link():
    found = tarfile.TarInfo("inside")
    found.type, found.linkname = tarfile.SYMTYPE, "../outside"
    return found


@pytest.mark.parametrize(
    "member",
    [tarfile.TarInfo("../outside"), tarfile.TarInfo("/tmp/outside"), link()],
    ids=["above", "from the root", "link"],
)
def test_no_archive_writes_outside_its_folder(store, train, tmp_path, member):
    evil = io.BytesIO()
    with tarfile.open(fileobj=evil, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("before"), io.BytesIO())
        tar.addfile(member, io.BytesIO())
    path = storages["artefacts"].save("evil.tar.gz", evil)
    digest = artefacts.digest_of(io.BytesIO(evil.getvalue()))
    version = train(artefact=Artefact(path, digest))
    with pytest.raises(tarfile.ExtractError):
        artefacts.load(version, tmp_path / "copy")
    # Nothing of it was written.
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path / "copy" / "before").exists()
