"""Messages in a folder while several processes write and read there."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from luxebrain import folder_broker
from tests.house.sources import ROOT

WRITERS, EACH = 3, 400
WRITE = """
import sys
from tests.flows.test_folder_broker import channel
out = channel(sys.argv[1])
for n in range(int(sys.argv[3])):
    out._put("jobs", {"who": sys.argv[2], "n": n})
"""


def channel(folder):
    folder_broker.use()
    data, control = Path(folder) / "messages", Path(folder) / "control"
    data.mkdir(exist_ok=True)
    options = {
        "data_folder_in": str(data),
        "data_folder_out": str(data),
        "control_folder": str(control),
    }
    return Connection("filesystem://", transport_options=options).channel()


def test_celery_uses_it():
    from luxebrain.celery import app

    with app.connection_for_write() as connection:
        if connection.transport_cls == "filesystem":
            assert isinstance(connection.transport, folder_broker.Transport)


def test_no_message_is_read_before_it_is_whole(tmp_path):
    inbox = channel(tmp_path)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, str(tmp_path), str(who), str(EACH)], cwd=ROOT
        )
        for who in range(WRITERS)
    ]
    found: dict[str, list[int]] = {str(who): [] for who in range(WRITERS)}
    while True:
        is_over = all(writer.poll() is not None for writer in writers)
        try:
            message = inbox._get("jobs")
        except Empty:
            if is_over:
                break
        else:
            found[message["who"]].append(message["n"])
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    # None lost, none twice.
    assert {who: sorted(got) for who, got in found.items()} == {
        who: list(range(EACH)) for who in found
    }
    assert list((tmp_path / "messages").iterdir()) == []


def test_a_half_message_holds_up_nobody(tmp_path):
    inbox = channel(tmp_path)
    folder = tmp_path / "messages"
    (folder / "0_cut.jobs.msg").write_text("")
    (folder / "1_cut.jobs.msg").write_text('{"half": ')
    (folder / "left.part").write_text('{"half": ')
    inbox._put("jobs", {"n": 1})
    assert inbox._get("jobs") == {"n": 1}
    with pytest.raises(Empty):
        inbox._get("jobs")


def test_a_table_of_queues_is_never_seen_empty(tmp_path):
    """Else who publishes during another one's first start would fail."""
    reader, is_over = channel(tmp_path), threading.Event()

    def look():
        while not is_over.is_set():
            for n in range(40):
                reader.get_table(f"e{n}")

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(look)
        for n in range(40):
            for queue in ("jobs", "others"):
                channel(tmp_path)._queue_bind(f"e{n}", "key", "", queue)
        is_over.set()
        watching.result()
    tables = [{row.queue for row in reader.get_table(f"e{n}")} for n in range(40)]
    assert tables == [{"jobs", "others"}] * 40


def test_a_full_folder_is_said(tmp_path):
    out = channel(tmp_path)
    (tmp_path / "messages").rmdir()
    with pytest.raises(Exception, match="Cannot add"):
        out._put("jobs", {})
