"""Fixtures: a real `synapse serve` process, and the unmodified Python SDK that talks to it."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from synapse_sdk.clients.backend import BackendClient

import sdk_methods

BINARY = os.environ["SYNAPSE_BINARY"]
# What the program keeps between runs does not belong in the home of the person who runs the tests.
STATE = tempfile.TemporaryDirectory()
os.environ["SYNAPSE_STATE_DIR"] = STATE.name
# The test that looks at what all others have called; it comes last.
LAST = "test_every_public_method_of_the_sdk_was_called"


def pytest_configure():
    sdk_methods.watch()


def pytest_collection_modifyitems(config, items):
    items.sort(key=lambda item: item.name == LAST)
    options = config.option
    config.runs_everything = not (options.keyword or options.markexpr or any("::" in word for word in config.args)) and {
        path.name for path in Path(__file__).parent.glob("test_*.py")
    } <= {item.path.name for item in items}


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(sdk_methods.summary())


def free_port() -> int:
    """A free port below those that the system gives to connections, so that it is still free when a server comes back."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@dataclass
class Server:
    """One `synapse serve` on a data directory; it can be killed and started again on the same port."""

    directory: Path
    arguments: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return (self.directory / "admin-token").read_text().strip()

    def start(self) -> "Server":
        log = self.directory.with_suffix(".log")
        with open(log, "ab") as errors:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--data", str(self.directory), "--port", str(self.port), *self.arguments],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        for line in self.process.stdout:
            found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found[1])
                break
        else:
            raise RuntimeError(f"the server ended: {log.read_text()}")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.url}/health", timeout=5).ok:
                    return self
            except requests.ConnectionError:
                time.sleep(0.05)
        raise RuntimeError(f"the server does not answer: {log.read_text()}")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=30)
        self.process.stdout.close()
        return status

    def client(self, **arguments) -> BackendClient:
        return BackendClient(self.url, self.token, **arguments)

    def get(self, path: str, **query):
        """An independent read, without the SDK."""
        answer = requests.get(
            f"{self.url}/{path}",
            params=query,
            headers={"Synapse-Access-Token": f"Token {self.token}"},
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json()

    def delete(self, path: str) -> None:
        answer = requests.delete(
            f"{self.url}/{path}", headers={"Synapse-Access-Token": f"Token {self.token}"}, timeout=30
        )
        answer.raise_for_status()

    def post(self, path: str, body, **headers):
        answer = requests.post(
            f"{self.url}/{path}",
            json=body,
            headers={"Synapse-Access-Token": f"Token {self.token}", **headers},
            timeout=30,
        )
        assert answer.ok, answer.text
        return answer.json()


@pytest.fixture
def make_server():
    """Starts servers on fresh directories, and ends them."""
    servers = []
    with tempfile.TemporaryDirectory() as folder:

        def make(*arguments: str) -> Server:
            server = Server(Path(folder) / f"data-{len(servers)}", list(arguments))
            servers.append(server)
            return server.start()

        yield make
        for server in servers:
            if server.process.poll() is None:
                server.kill()


@pytest.fixture(scope="session")
def server():
    """One server for the tests that do not disturb it."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data").start()
        yield server
        assert server.stop() == 0


@pytest.fixture
def client(server) -> BackendClient:
    return server.client()


@pytest.fixture
def collection(server) -> dict:
    """A fresh collection of images with one required file."""
    return server.post(
        "data_collections/",
        {
            "name": f"images {time.monotonic_ns()}",
            "category": "image",
            "file_specifications": [
                {"name": "image", "file_type": "image", "is_required": True, "is_primary": True, "extensions": ["png"]},
                {"name": "notes", "file_type": "text", "is_required": False, "is_primary": False},
            ],
        },
    )


@pytest.fixture
def project(server, collection) -> dict:
    """A fresh project on the collection."""
    return server.post(
        "projects/",
        {
            "title": f"project {time.monotonic_ns()}",
            "category": "image",
            "data_collection": collection["id"],
            "configuration": {"classification": {"digit": ["0", "1"]}},
        },
    )


@pytest.fixture
def pictures(tmp_path) -> list[Path]:
    """Twenty small files with the signature of a PNG, each with content of its own."""
    paths = []
    for index in range(20):
        path = tmp_path / f"picture-{index:02}.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(100 + index))
        paths.append(path)
    return paths
