"""A photo, as a shopper's browser sends it."""

from __future__ import annotations

import io

from PIL import Image


def jpeg(side=64):
    file = io.BytesIO()
    Image.new("RGB", (side, side), (190, 25, 40)).save(file, "JPEG")
    return file.getvalue()
