"""Private servers on free ports in one folder. Nothing else is ever touched."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.local.children import end
from deploy.local.packages import find
from deploy.local.terminal import PlainError

DEADLINE = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str) -> str:
    path = find(name)
    if path is None:
        raise PlainError(f"{name} is missing, though its package is installed.")
    return path


class Service:
    """start(), url, stop(). Runs in a session of its own, so it can be ended whole."""

    name = ""
    # Servers that refuse to run as root run as the user that their package made.
    user = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / self.name
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        raise NotImplementedError

    def command(self) -> Sequence[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder)}

    def prepare(self) -> None:
        """What has to exist before the first start."""

    def start(self) -> None:
        self.folder.mkdir(parents=True)
        if self.needs_user():
            shutil.chown(self.folder, self.user)
        self.prepare()
        with (self.folder / "output.log").open("wb") as log:
            self.process = subprocess.Popen(
                self.as_user(self.command()),
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_until(self.answers)

    def answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def wait_until(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            if self.process and self.process.poll() is not None:
                break
            if ready():
                return
            time.sleep(0.1)
        output = (self.folder / "output.log").read_text(errors="replace")
        raise PlainError(f"{self.name} did not start:\n{output[-2000:]}")

    def stop(self) -> None:
        if self.process is not None:
            end(self.process, self.stop_signal)

    stop_signal = signal.SIGTERM

    def needs_user(self) -> bool:
        return bool(self.user) and os.geteuid() == 0

    def as_user(self, command: Sequence[str]) -> list[str]:
        if not self.needs_user():
            return list(command)
        pwd.getpwnam(self.user)
        return ["setpriv", f"--reuid={self.user}", f"--regid={self.user}",
                "--init-groups", *command]  # fmt: skip


class PostgreSQL(Service):
    name = "postgresql"
    user = "postgres"
    # "Fast": open connections are cut, nothing is waited for.
    stop_signal = signal.SIGINT

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def prepare(self) -> None:
        subprocess.run(
            self.as_user(
                [program("initdb"), "-D", str(self.folder / "data"), "-U", "postgres",
                 "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
            ),
            cwd=self.folder,
            env=self.environment(),
            check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def command(self) -> list[str]:
        # Test databases live for minutes: no write has to survive a power cut.
        fast = ["fsync=off", "synchronous_commit=off", "full_page_writes=off",
                "max_connections=200", "jit=off"]  # fmt: skip
        options = [part for setting in fast for part in ("-c", setting)]
        return [
            program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port),
            "-h", "127.0.0.1", "-k", str(self.folder), *options,
        ]  # fmt: skip


class Redis(Service):
    name = "redis"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        return [
            program("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--dir", str(self.folder),
        ]  # fmt: skip


class RabbitMQ(Service):
    name = "rabbitmq"
    user = "rabbitmq"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.epmd_port, self.distribution_port = free_port(), free_port()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def environment(self) -> dict[str, str]:
        return {
            **super().environment(),
            "RABBITMQ_NODENAME": f"luxebrain{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "none"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # Not our own cookie but this node's: no other node can be reached with it,
            # and nobody outside this machine reaches this one.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                f"-setcookie test{self.port} "
                "-kernel inet_dist_use_interface {127,0,0,1}"
            ),
        }

    def command(self) -> list[str]:
        return ["/usr/lib/rabbitmq/bin/rabbitmq-server"]

    def stop(self) -> None:
        super().stop()
        # The name server of Erlang outlives its nodes; this one is ours alone.
        epmd = find("epmd")
        if epmd:
            subprocess.run(
                [epmd, "-port", str(self.epmd_port), "-kill"],
                check=False,
                capture_output=True,
                env=self.environment(),
            )
