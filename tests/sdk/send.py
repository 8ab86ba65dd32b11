"""`python send.py URL KEY COUNT RUN`: searches named RUN-0, RUN-1, … ten at a time."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict

from luxebrain import LuxeBrain, Settings

url, key, count, run = sys.argv[1:]
settings = Settings(batch_size=100, flush_every=0.2, close_within=60.0, timeout=5.0)
with LuxeBrain(url, key, settings) as luxe:
    for n in range(int(count)):
        luxe.track(
            "search", visitor=f"v{n % 7}", customer=n % 5 + 1, query=f"{run}-{n}"
        )
        if n % 10 == 9:
            time.sleep(0.002)
sys.stdout.write(json.dumps(asdict(luxe.counts)))
