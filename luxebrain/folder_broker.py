"""The folder that is the broker of one machine, safe while several processes use it.

Kombu's own makes a file first and fills it afterwards. Whoever looked in between read
nothing: the message was lost, and the worker, to whom it was broken JSON, ended.
"""

from __future__ import annotations

import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

log = structlog.get_logger(__name__)


class Channel(filesystem.Channel):
    def _put(  # type: ignore[override]
        self, queue: str, payload: Any, **kwargs: Any
    ) -> None:
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        try:
            appear(Path(self.data_folder_out, name), dumps(payload))
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to the folder") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """What a power cut left half is no reason to end: the next one is taken."""
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                log.warning("broker.unreadable", queue=queue)

    def _queue_bind(
        self, exchange: str, routing_key: str, pattern: str | None, queue: str
    ) -> None:
        table = self._exchange_file(exchange)  # type: ignore[attr-defined]
        self.control_folder.mkdir(exist_ok=True)
        if not table.exists():
            # Two may come here at once: the second finds the first one's.
            with suppress(FileExistsError):
                appear(table, "[]", put=os.link)
        super()._queue_bind(exchange, routing_key, pattern, queue)


class Transport(filesystem.Transport):
    Channel = Channel


def appear(path: Path, text: str, put: Any = os.rename) -> None:
    """Whole or not at all: it is written under a name that nobody looks for."""
    part = path.with_name(f"{uuid.uuid4()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        put(part, path)
    finally:
        part.unlink(missing_ok=True)


def use() -> None:
    """What `filesystem://` means from now on."""
    TRANSPORT_ALIASES["filesystem"] = "luxebrain.folder_broker:Transport"
