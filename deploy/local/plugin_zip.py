"""The WordPress plugin as shops install it: dist/luxebrain-VERSION.zip, always the same bytes.

`make plugin`
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "wp-plugin/luxebrain"
# What only those need who work on the plugin.
LEFT_OUT = {"tests", "phpcs.xml.dist", "phpunit.xml.dist", "vendor", "node_modules"}
# The oldest day that a zip can name: the files' own times differ from clone to clone.
MOMENT = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16


def version() -> str:
    header = (PLUGIN / "luxebrain.php").read_text()
    found = re.search(r"^ \* Version:\s+(\S+)$", header, re.MULTILINE)
    if found is None:
        raise SystemExit("luxebrain.php names no version.")
    return found.group(1)


def files() -> list[Path]:
    """Sorted by their names in the zip, whatever order the disk gives."""
    found = (path for path in PLUGIN.rglob("*") if path.is_file())
    kept = [path for path in found if is_shipped(path.relative_to(PLUGIN))]
    return sorted(kept, key=lambda path: path.relative_to(PLUGIN).as_posix())


def is_shipped(path: Path) -> bool:
    return not any(part in LEFT_OUT or part.startswith(".") for part in path.parts)


def build(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"luxebrain-{version()}.zip"
    with ZipFile(target, "w") as archive:
        for path in files():
            name = f"luxebrain/{path.relative_to(PLUGIN).as_posix()}"
            entry = ZipInfo(name, MOMENT)
            entry.external_attr = READABLE
            entry.create_system = 3
            archive.writestr(entry, path.read_bytes(), ZIP_DEFLATED, 9)
    return target


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"
    built = build(place)
    sys.stdout.write(f"{built} ({built.stat().st_size // 1024} KB)\n")
