"""Tens of thousands of rows while pages fail and rows are added: each row once, in order, in memory that does not grow."""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

UNITS = 1000
ROW = 2000


class Proxy(ThreadingHTTPServer):
    """Hands requests on, and spoils one in fifty: no answer, half an answer, or 503."""

    daemon_threads = True

    def __init__(self, port: int):
        super().__init__(("127.0.0.1", 0), Handler)
        self.target = port
        self.lock = threading.Lock()
        self.seen = 0
        self.spoiled: list[str] = []

    def next_fault(self) -> str | None:
        with self.lock:
            self.seen += 1
            if self.seen % 50:
                return None
            self.spoiled.append(("cut", "half", "503")[len(self.spoiled) % 3])
            return self.spoiled[-1]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: http.client.HTTPConnection | None = None

    def do_GET(self):
        fault = self.server.next_fault()
        if fault == "503":
            self.answer(503, b'{"detail": "Try again."}')
            return
        if self.upstream is None:
            self.upstream = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=60)
        # The name by which the client knows the server goes along, so that links lead back here.
        self.upstream.request("GET", self.path, headers=dict(self.headers))
        answer = self.upstream.getresponse()
        body = answer.read()
        if fault is None:
            self.answer(answer.status, body)
            return
        if fault == "half":
            self.answer(answer.status, body, sent=len(body) // 2)
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def answer(self, status: int, body: bytes, sent: int | None = None):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])

    def log_message(self, *arguments):
        pass


def make_units(server) -> tuple[int, list[int]]:
    """A thousand units of sixty-four files: each pair of files is another unit."""
    collection = server.post(
        "data_collections/",
        {
            "name": "pairs",
            "category": "data",
            "file_specifications": [{"name": "left", "file_type": "data"}, {"name": "right", "file_type": "data"}],
        },
    )["id"]
    session = requests.Session()
    session.headers["Synapse-Access-Token"] = f"Token {server.token}"
    files = [
        session.post(f"{server.url}/data_files/", files={"file": (f"{index}.bin", bytes([index]))}, timeout=30).json()
        for index in range(64)
    ]
    bodies = [
        {
            "data_collection": collection,
            "files": {
                "left": {"checksum": files[index % 32]["checksum"], "path": "left.bin"},
                "right": {"checksum": files[32 + index // 32]["checksum"], "path": "right.bin"},
            },
        }
        for index in range(UNITS)
    ]
    return collection, [unit["id"] for unit in server.post("data_units/", bodies)]


class Filler:
    """Makes tasks of two kilobytes, a thousand to a project."""

    def __init__(self, server):
        self.server = server
        self.collection, self.units = make_units(server)
        self.generator = random.Random(1)
        self.made: list[int] = []

    def project(self) -> int:
        body = {"title": "many", "category": "image", "data_collection": self.collection, "configuration": {}}
        return self.server.post("projects/", body)["id"]

    def tasks(self, project: int, units: list[int]) -> None:
        # The description as a person would write it, the rest to the size that annotations have.
        data = [
            {"data_unit": unit, "meta": {"note": f"행 {unit}", "rest": self.generator.randbytes(ROW // 2).hex()}}
            for unit in units
        ]
        self.made += [task["id"] for task in self.server.post("tasks/", {"project": project, "data": data})]

    def fill(self, count: int) -> None:
        while len(self.made) < count:
            self.tasks(self.project(), self.units)


def high_water_mark(pid: int) -> int | None:
    """The most memory that a process has had, in KiB; `None` when it is gone."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmHWM")), None)
    except (FileNotFoundError, ProcessLookupError):
        return None


def list_all(server, port: int) -> tuple[list[int], int]:
    """The identifiers that the command prints, in order, and its peak of memory in KiB."""
    process = subprocess.Popen(
        [os.environ["SYNAPSE_BINARY"], "task", "list", "--all", "--output", "json", "--url", f"http://127.0.0.1:{port}"],
        env={**os.environ, "SYNAPSE_ACCESS_TOKEN": server.token},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    identifiers, peak = [], 0
    for number, line in enumerate(process.stdout):
        row = json.loads(line)
        assert len(row["meta"]["rest"]) == ROW
        identifiers.append(row["id"])
        if number % 500 == 0:
            peak = max(peak, high_water_mark(process.pid) or 0)
    errors = process.stderr.read().decode()
    assert process.wait() == 0, errors
    return identifiers, peak


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak of memory from /proc")
def test_listAllTasks_of_fifty_thousand_tasks(make_server):
    server = make_server()
    filler = Filler(server)
    stop = threading.Event()
    proxy = Proxy(server.port)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        filler.fill(10_000)
        few, small_peak = list_all(server, proxy.server_port)
        assert few == filler.made

        filler.fill(50_000)
        before = list(filler.made)
        project = filler.project()

        def add():
            for start in range(0, UNITS, 10):
                if stop.is_set():
                    return
                filler.tasks(project, filler.units[start : start + 10])
                time.sleep(0.05)

        adding = threading.Thread(target=add)
        adding.start()
        proxy.spoiled.clear()
        many, large_peak = list_all(server, proxy.server_port)
        stop.set()
        adding.join(60)
    finally:
        stop.set()
        proxy.shutdown()

    assert len(before) == 50_000
    assert many[:50_000] == before
    # Rows that were added during the walk may be there, at the end, as they were made.
    assert many[50_000:] == filler.made[50_000 : len(many)]
    assert len(filler.made) > 50_000
    assert len(proxy.spoiled) >= 10 and set(proxy.spoiled) == {"cut", "half", "503"}
    # Five times the rows: 120 MB of text more went through.
    assert large_peak < small_peak + 8 * 1024, f"{small_peak} KiB for 10,000 rows, {large_peak} KiB for 50,000"
