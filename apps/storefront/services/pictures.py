"""Uploaded pictures: what they really are is looked at, not believed."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import IO, Any

from django.core.files.base import ContentFile
from PIL import Image

from apps.core.errors import InvalidInputError

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
WIDEST = 2_000
KINDS = ("JPEG", "PNG", "WEBP")


def cleaned_picture(upload: IO[bytes], name: str) -> ContentFile[bytes]:
    """Drawn anew: without the camera's notes, without what else hides in a file, no wider
    than a page."""
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InvalidInputError("A picture has up to 5 MB.")
    picture = opened(data)
    has_holes = picture.mode in ("RGBA", "LA", "P")
    drawn = picture.convert("RGBA" if has_holes else "RGB")
    drawn.thumbnail((WIDEST, WIDEST))
    out = BytesIO()
    drawn.save(out, "WEBP", quality=85)
    stem = "".join(c for c in name.rpartition(".")[0] if c.isascii() and c.isalnum())
    return ContentFile(out.getvalue(), name=f"{stem[:40] or 'banner'}.webp")


def opened(data: bytes) -> Any:
    try:
        with warnings.catch_warnings():
            # A small file may claim a billion pixels.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=KINDS)
            if picture.width * picture.height > MOST_PIXELS:
                raise InvalidInputError("This picture has too many pixels.")
            picture.load()
    except InvalidInputError:
        raise
    except Exception as error:
        # Whatever Pillow stumbles over in a stranger's file.
        raise InvalidInputError("This is no JPEG, PNG or WebP picture.") from error
    return picture
