"""Strangers' files that would take more memory or time than a picture is worth."""

from __future__ import annotations

import io
from threading import Thread

import pytest
from PIL import Image

from apps.visual_search.services import opened as module
from apps.visual_search.services.opened import (
    MOST_SCANS,
    SCAN,
    PictureRefusedError,
    PicturesBusyError,
    PictureTooLargeError,
    opened,
)


def saved(kind, size=(64, 64)):
    file = io.BytesIO()
    Image.new("L", size, 200).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_small_file_of_very_many_points_is_refused_unread(kind):
    with pytest.raises(PictureTooLargeError):
        opened(saved(kind, (4_001, 3_000)))


def test_a_large_photo_is_read():
    assert max(opened(saved("JPEG", (6_000, 4_000))).size) == module.SIDE


def test_a_jpeg_of_endless_scans_is_refused():
    with pytest.raises(PictureRefusedError):
        opened(saved("JPEG") + SCAN * MOST_SCANS)


def test_one_is_looked_at_at_a_time(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)
    refused = []

    def look():
        try:
            opened(saved("JPEG"))
        except PicturesBusyError as error:
            refused.append(error.status)

    with module.in_turn():
        thread = Thread(target=look)
        thread.start()
        thread.join()
    assert refused == [503]
    assert opened(saved("JPEG")).size == (64, 64)
