"""Is this container healthy? The web by its page, a worker by its own answer.

python deploy/docker/healthcheck.py web|worker <queue>
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys


def web() -> None:
    # The name must be one that ALLOWED_HOSTS lists.
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip(" .")
    port = int(os.environ.get("WEB_PORT", "8000"))
    page = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    page.request("GET", "/healthz", headers={"Host": host})
    if page.getresponse().status != 200:
        sys.exit(1)


def worker(queue: str) -> None:
    name = f"{queue}@{socket.gethostname()}"
    ask = ["celery", "-A", "luxebrain", "inspect", "ping", "-d", name, "-t", "8"]
    subprocess.run(ask, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    web() if sys.argv[1] == "web" else worker(sys.argv[2])
