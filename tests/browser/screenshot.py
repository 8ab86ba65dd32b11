"""The README's picture: python -m tests.browser.screenshot URL E-MAIL PASSWORD FILE

Takes the home page of a shop that runs (`make run`) as it looks on a screen.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

SIZE = {"width": 1280, "height": 860}
COLORS = 128


def take(url: str, email: str, password: str, file: Path) -> None:
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=SIZE)
        page.goto(f"{url}/admin/login/?next=/admin/%3Fdays%3D90")
        page.fill("#id_username", email)
        page.fill("#id_password", password)
        page.click("#login-form button[type=submit]")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=file)
        browser.close()
    # A picture with few colors is a third of the size and looks the same.
    Image.open(file).convert("RGB").quantize(COLORS).save(file, optimize=True)


if __name__ == "__main__":
    take(*sys.argv[1:4], Path(sys.argv[4]))
