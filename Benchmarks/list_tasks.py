"""Lists 50,000 tasks of 2 KB from one `synapse serve`, with this client and with the Python SDK, and prints the ratios.

Usage: python Benchmarks/list_tasks.py PATH_OF_SYNAPSE [TASKS]   (with synapse-sdk installed)
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

RUNS = 3

LIST_WITH_SDK = """
import sys
from synapse_sdk.clients.backend import BackendClient
client = BackendClient(sys.argv[1], sys.argv[2])
rows, count = client.list_tasks({"project": int(sys.argv[3])}, list_all=True)
seen = sum(1 for _ in rows)
assert seen == count == int(sys.argv[4]), (seen, count)
"""


def measure(command: list[str], lines: int | None = None) -> tuple[float, float]:
    """Wall and CPU seconds of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE if lines else None)
    if lines:
        seen = sum(chunk.count(b"\n") for chunk in iter(lambda: process.stdout.read(1 << 20), b""))
        assert seen == lines, (seen, lines)
    assert process.wait() == 0, command
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def payload(generator: random.Random) -> dict:
    """About 2 KB, as annotations are: boxes with identifiers, coordinates and a class."""
    return {
        "annotations": [
            {
                "id": f"{generator.getrandbits(48):012x}",
                "tool": "bounding_box",
                "classification": {"class": generator.choice(["cat", "dog", "bird"]), "occluded": False},
                "coordinate": {k: round(generator.random() * 1000, 2) for k in ("x", "y", "width", "height")},
            }
            for _ in range(11)
        ]
    }


def main() -> None:
    binary, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 50_000
    generator = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        server = subprocess.Popen([binary, "serve", "--data", str(data), "--port", "0"], stdout=subprocess.PIPE, text=True)
        url = re.search(r"http://\S+", server.stdout.readline())[0]
        token = Path(data, "admin-token").read_text().strip()
        session = requests.Session()
        session.headers["Synapse-Access-Token"] = f"Token {token}"

        def post(path: str, body) -> dict | list:
            answer = session.post(f"{url}/{path}", json=body, timeout=120)
            assert answer.ok, answer.text
            return answer.json()

        collection = post(
            "data_collections/",
            {"name": "c", "category": "data", "file_specifications": [{"name": "file", "file_type": "data"}]},
        )["id"]
        project = post(
            "projects/", {"title": "p", "category": "image", "data_collection": collection, "configuration": {}}
        )["id"]
        files = Path(folder, "files")
        files.mkdir()
        for index in range(count):
            Path(files, f"{index:06}.bin").write_bytes(index.to_bytes(8, "big"))
        flags = ["--url", url, "--token-file", str(Path(data, "admin-token"))]
        started = time.monotonic()
        subprocess.run(
            [binary, "upload", str(files), "--collection", str(collection), "--output", "json", *flags],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        print(f"uploaded {count} files of 8 bytes in {time.monotonic() - started:.1f} s")
        units = [unit for page in range(1, count // 1000 + 2)
                 for unit in session.get(f"{url}/data_units/", timeout=60, params={
                     "data_collection": collection, "fields": "id", "page": page, "page_size": 1000}).json().get("results", [])]
        assert len(units) == count, len(units)
        for start in range(0, count, 1000):
            batch = [{"data_unit": unit["id"], "meta": payload(generator)} for unit in units[start : start + 1000]]
            post("tasks/", {"project": project, "data": batch})
        size = len(session.get(f"{url}/sdk/tasks/", params={"project": project, "page_size": 100}, timeout=60).content)
        print(f"{count} tasks, {size / 100 / 1000:.1f} kB a row")

        sdk = [sys.executable, "-c", LIST_WITH_SDK, url, token, str(project), str(count)]
        ours = [binary, "task", "list", "--project", str(project), "--all", "--output", "json", *flags]
        figures: dict[str, list[tuple[float, float]]] = {"sdk": [], "synapse": []}
        for _ in range(RUNS):
            figures["sdk"].append(measure(sdk))
            figures["synapse"].append(measure(ours, lines=count))
        server.terminate()
        server.wait()
        wall, cpu = (
            {name: statistics.median(run[part] for run in runs) for name, runs in figures.items()} for part in (0, 1)
        )
        for name in figures:
            print(f"{name:8} wall {wall[name]:.2f} s, cpu {cpu[name]:.2f} s (median of {RUNS})")
        print(json.dumps({"wall_ratio": round(wall["synapse"] / wall["sdk"], 3),
                          "cpu_ratio": round(cpu["synapse"] / cpu["sdk"], 3), "cores": os.cpu_count()}))


if __name__ == "__main__":
    main()
