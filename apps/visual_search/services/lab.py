"""Colors as eyes tell them apart: CIE Lab of sRGB under daylight (D65).

http://www.brucelindbloom.com/index.html?Eqn_RGB_XYZ_Matrix.html
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ],
    np.float32,
)
WHITE = np.array([0.95047, 1.0, 1.08883], np.float32)
EPSILON, KAPPA = 216 / 24389, 24389 / 27
LEVELS = np.arange(256, dtype=np.float32) / 255
LINEAR = np.where(
    LEVELS <= 0.04045, LEVELS / 12.92, ((LEVELS + 0.055) / 1.055) ** 2.4
).astype(np.float32)


def lab_of(rgb: NDArray[np.uint8]) -> Floats:
    """(…, 3) of bytes -> (…, 3) of L 0 to 100, a and b about -110 to 110."""
    xyz = LINEAR[rgb] @ TO_XYZ.T / WHITE
    bent: Any = np.where(xyz > EPSILON, np.cbrt(xyz), (KAPPA * xyz + 16) / 116)
    x, y, z = bent[..., 0], bent[..., 1], bent[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1).astype(np.float32)
