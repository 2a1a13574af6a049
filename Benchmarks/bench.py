"""Measures this client and backend beside their peers, in one run, and writes Benchmarks/RESULTS.md.

Usage: python Benchmarks/bench.py --synapse PATH --tools DIR [--runs 5] [--only NAME …] [--quick]

Peers: the Python SDK (the interpreter that runs this must have synapse-sdk), curl for raw sending, `openssl md5` for the
digest that the protocol demands, `json.loads`; for the backend also what the disk gives: `dd` with a sync, and a loop that
brings small files to the disk and does nothing else. Twice: against a neutral sink, which checks digests and costs little, and
against `synapse serve`. Ratios are what counts: a machine's absolute times drift. Runs of the rivals alternate.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SDK_UPLOAD = """
import sys
from pathlib import Path
from synapse_sdk.clients.backend import BackendClient
client = BackendClient(sys.argv[1], sys.argv[2])
print(client.create_data_file(Path(sys.argv[3]), use_chunked_upload=True))
"""

SDK_FILES = """
import sys
from pathlib import Path
from synapse_sdk.clients.backend import BackendClient
client = BackendClient(sys.argv[1], sys.argv[2])
files = sorted(Path(sys.argv[3]).iterdir())
client.upload_data_collection(3, [{"files": {"image_1": f}, "meta": {}} for f in files])
"""

SDK_LIST = """
import sys
from synapse_sdk.clients.backend import BackendClient
rows, count = BackendClient(sys.argv[1], sys.argv[2]).list_tasks(list_all=True)
assert sum(1 for _ in rows) == count
"""

LOADS = """
import json, sys, time
pages = [open(path, "rb").read() for path in sys.argv[1:]]
start = time.process_time()
for page in pages: json.loads(page)
print(time.process_time() - start)
"""


# A child's peak memory begins with that of the process that forked it, so a small one does the forking.
LAUNCH = """
import os, sys, time
started = time.monotonic()
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
figures = time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
open(sys.argv[1], "w").write(" ".join(map(str, figures)))
sys.exit(os.waitstatus_to_exitcode(status) & 255)
"""


@dataclass
class Cost:
    """What one process cost."""

    wall: float
    cpu: float
    rss: float
    requests: int = 0
    body_bytes: int = 0


@dataclass
class Row:
    scenario: str
    rival: str
    costs: list[Cost] = field(default_factory=list)

    def median(self, name: str) -> float:
        return statistics.median(getattr(cost, name) for cost in self.costs)


def run(command: list[str], environment: dict[str, str] | None = None) -> Cost:
    """Runs a command to its end; its output is thrown away as a reader would take it.

    Each has a state folder of its own: what an earlier run remembers of the files would spare it work.
    """
    with tempfile.TemporaryFile() as errors, tempfile.NamedTemporaryFile("r") as figures, \
            tempfile.TemporaryDirectory() as state:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", LAUNCH, figures.name, *command], stdout=subprocess.PIPE, stderr=errors,
            env={**os.environ, "SYNAPSE_STATE_DIR": state, **(environment or {})},
        )
        while process.stdout.read(1 << 20):
            pass
        if process.wait() != 0:
            errors.seek(0)
            raise SystemExit(f"{' '.join(command[:4])} failed:\n{errors.read().decode()[-2000:]}")
        return Cost(*map(float, figures.read().split()))


@contextmanager
def listening(command: list[str]):
    """A server process; gives its address and the process."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        for line in process.stdout:
            address = next((word for word in line.split() if word.startswith("http://")), None)
            if address:
                break
        else:
            raise SystemExit(f"{command[0]} did not start")
        threading.Thread(target=lambda: [None for _ in process.stdout], daemon=True).start()
        yield address.rstrip("/."), process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def moved_aside(folder: Path):
    """Runs without what is in a folder, which is there again afterwards."""
    aside = folder.with_name(f"{folder.name}.aside-{os.getpid()}")
    had = folder.exists()
    if had:
        folder.rename(aside)
    try:
        yield
    finally:
        if had:
            shutil.rmtree(folder, ignore_errors=True)
            aside.rename(folder)


def peak_memory(process: subprocess.Popen) -> float:
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return float("nan")
    return int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))) / 1024


def counters(address: str) -> dict:
    return json.load(urllib.request.urlopen(f"{address}/sink"))


class Bench:
    def __init__(self, options: argparse.Namespace, folder: Path):
        self.options = options
        self.folder = folder
        self.rows: list[Row] = []
        self.notes: list[str] = []
        self.environment = {"SYNAPSE_ACCESS_TOKEN": "benchmark"}

    def wants(self, name: str) -> bool:
        return not self.options.only or name in self.options.only

    def compare(self, scenario: str, rivals: dict[str, list[str]], sink: str | None = None, verified: int = 0) -> None:
        """Runs the rivals in turn, so that a drift of the machine meets all of them.

        The sink must have as many contents as `verified` says, with the MD5 that the rival gives, where it gives one.
        """
        rows = {name: Row(scenario, name) for name in rivals}
        for _ in range(self.options.runs):
            for name, command in rivals.items():
                if sink:
                    counters(sink)
                cost = run(command, self.environment)
                if sink:
                    seen = counters(sink)
                    wanted = verified if name in ("synapse", "sdk") else 0
                    if seen["spoiled"] or seen["verified"] != wanted:
                        raise SystemExit(f"{name} in {scenario}: the sink has other bytes than the MD5 says: {seen}")
                    cost.requests, cost.body_bytes = seen["requests"] - 1, seen["body_bytes"]
                rows[name].costs.append(cost)
        self.rows += rows.values()
        for row in rows.values():
            print(
                f"{scenario:28} {row.rival:18} wall {row.median('wall'):7.2f} s  cpu {row.median('cpu'):7.2f} s  "
                f"rss {row.median('rss'):6.1f} MiB  requests {row.median('requests'):.0f}",
                flush=True,
            )

    def sink(self, latency: int = 0):
        return listening([str(self.options.tools / "neutral-sink"), "--latency", str(latency)])

    def file(self, size: int) -> Path:
        path = self.folder / f"{size}.bin"
        if not path.exists():
            with path.open("wb") as file:
                for start in range(0, size, 1 << 24):
                    file.write(os.urandom(min(1 << 24, size - start)))
        return path

    def images(self, count: int) -> Path:
        folder = self.folder / f"files-{count}"
        if not folder.exists():
            folder.mkdir()
            for number in range(count):
                # Chance would make a program of one in 65,536, by its first two bytes, which the guard refuses.
                (folder / f"{number:05}.bin").write_bytes(b"data" + os.urandom(29_996))
        return folder

    # The scenarios.

    def upload(self) -> None:
        path = self.file(self.options.file_bytes)
        for latency in (0, 100):
            name = "upload" if latency == 0 else f"upload-{latency}ms"
            if not self.wants(name):
                continue
            with self.sink(latency) as (address, _):
                rivals = {
                    "synapse": [str(self.options.synapse), "file", "upload", str(path), "--chunked", "--url", address,
                                "--output", "json"],
                    "sdk": [sys.executable, "-c", SDK_UPLOAD, address, "benchmark", str(path)],
                }
                if latency == 0:
                    rivals["openssl md5"] = ["openssl", "md5", str(path)]
                    rivals["curl -F"] = ["curl", "-sf", "-H", "Expect:", "-F", f"file=@{path}", f"{address}/data_files/"]
                self.compare(name, rivals, address, verified=1)

    def files(self) -> None:
        folder = self.images(self.options.file_count)
        for latency in (0, 20):
            name = "files" if latency == 0 else f"files-{latency}ms"
            if not self.wants(name):
                continue
            with self.sink(latency) as (address, _):
                self.compare(
                    name,
                    {
                        "synapse": [str(self.options.synapse), "upload", str(folder), "--collection", "3", "--url",
                                    address, "--output", "json"],
                        "sdk": [sys.executable, "-c", SDK_FILES, address, "benchmark", str(folder)],
                    },
                    address,
                    verified=self.options.file_count,
                )

    def list(self) -> None:
        for latency in (0, 20):
            name = "list" if latency == 0 else f"list-{latency}ms"
            if not self.wants(name):
                continue
            with self.sink(latency) as (address, _):
                self.compare(
                    name,
                    {
                        "synapse": [str(self.options.synapse), "task", "list", "--all", "--output", "json", "--url",
                                    address],
                        "sdk": [sys.executable, "-c", SDK_LIST, address, "benchmark"],
                    },
                    address,
                )

    def json(self) -> None:
        if not self.wants("json"):
            return
        paths = []
        with self.sink() as (address, _):
            for number in range(1, 201):
                path = self.folder / f"page-{number}.json"
                path.write_bytes(urllib.request.urlopen(f"{address}/sdk/tasks/?page={number}&page_size=100").read())
                paths.append(str(path))
        tree, typed, loads = [], [], []
        for _ in range(self.options.runs):
            ours = json.loads(subprocess.check_output([str(self.options.tools / "json-reader"), *paths]))
            assert ours["rows"] == ours["typed_rows"] == 20_000, ours
            theirs = float(subprocess.check_output([sys.executable, "-c", LOADS, *paths]))
            tree.append(theirs / ours["tree"])
            typed.append(theirs / ours["typed"])
            loads.append(ours["bytes"] / theirs / 1e6)
        self.notes.append(
            f"JSON, 20,000 tasks: {statistics.median(tree):.1f} times `json.loads` into a tree, "
            f"{statistics.median(typed):.1f} times with typed rows and open payloads left raw "
            f"(`json.loads`: {statistics.median(loads):.0f} MB/s)."
        )
        print(self.notes[-1], flush=True)

    def serve(self) -> None:
        if not self.wants("serve"):
            return
        path = self.file(self.options.file_bytes)
        multipart, digest, copies, rates, bare, pages, memory = [], [], [], [], [], [], []
        for number in range(self.options.runs):
            # Nothing is removed before the end: some file systems look for new files long after many were removed.
            data = self.folder / f"serve-{number}"
            copies.append(run(["dd", f"if={path}", f"of={self.folder / f'copy-{number}'}", "bs=1M", "oflag=direct",
                               "conv=fsync", "status=none"]).wall)
            bare.append(self.bare_rate(self.folder / f"bare-{number}"))
            with listening([str(self.options.synapse), "serve", "--data", str(data), "--port", "0"]) as (address, server):
                token = (data / "admin-token").read_text().strip()
                digest.append(run(["openssl", "md5", str(path)]).wall)
                header = f"Synapse-Access-Token: Token {token}"
                multipart.append(
                    run(["curl", "-sf", "-H", "Expect:", "-H", header, "-F", f"file=@{path}", f"{address}/data_files/"]).wall)
                load = subprocess.check_output(
                    [str(self.options.tools / "file-load"), "--port", address.rsplit(":", 1)[1], "--token", token,
                     "--files", str(self.options.file_count * 2)])
                load = json.loads(load)
                rates.append(load["files"] / load["seconds"])
                pages.append(self.page_ratio(address, token))
                memory.append(peak_memory(server))
        self.notes.append(
            f"`synapse serve`: {self.options.file_bytes / 2**30:.1f} GiB by multipart to disk with MD5 takes "
            f"{statistics.median(a / b for a, b in zip(multipart, digest)):.2f} times `openssl md5` of the same file, "
            f"and {statistics.median(a / b for a, b in zip(multipart, copies)):.2f} times `dd oflag=direct conv=fsync` of "
            f"it to the same disk, which takes {statistics.median(a / b for a, b in zip(copies, digest)):.2f} times `openssl md5`; "
            f"{statistics.median(rates):.0f} small files (30 kB) a second with 10 clients, where a loop that only brings "
            f"such files to this disk (file, folder and one line of a log synced, 10 threads) manages "
            f"{statistics.median(bare):.0f}; "
            f"the last page of 100 rows takes {statistics.median(pages):.2f} times the first; "
            f"peak memory {statistics.median(memory):.0f} MiB."
        )
        print(self.notes[-1], flush=True)

    def bare_rate(self, folder: Path) -> float:
        """Small files a second that the disk takes: file, name and one line of a log on the disk for each."""
        places = [folder / f"{number:02x}" for number in range(256)]
        for place in places:
            place.mkdir(parents=True)
        content, line = os.urandom(30_000), b"x" * 4096
        log = os.open(folder / "log", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        turn = threading.Lock()

        def keep(number: int) -> None:
            place = places[number * 37 % 256]
            with open(folder / f"{number}.tmp", "wb", buffering=0) as file:
                file.write(content)
                os.fsync(file.fileno())
            os.rename(folder / f"{number}.tmp", place / str(number))
            descriptor = os.open(place, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
            with turn:
                os.write(log, line)
                os.fdatasync(log)

        count = self.options.file_count
        started = time.perf_counter()
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(keep, range(count)))
        seconds = time.perf_counter() - started
        os.close(log)
        return count / seconds

    def page_ratio(self, address: str, token: str) -> float:
        """How much longer a deep page takes than the first; walked once before, as readers do."""

        def get(page: int) -> float:
            request = urllib.request.Request(
                f"{address}/data_files/?page={page}&page_size=100", headers={"Synapse-Access-Token": f"Token {token}"})
            started = time.perf_counter()
            urllib.request.urlopen(request).read()
            return time.perf_counter() - started

        last = self.options.file_count * 2 // 100
        for page in range(1, last + 1):
            get(page)
        first = statistics.median(get(1) for _ in range(30))
        return statistics.median(get(last) for _ in range(30)) / first

    def report(self) -> str:
        cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                    if line.startswith("model name")), platform.machine())
        lines = [
            "# Results", "",
            f"Medians of {self.options.runs} runs in turn, {os.cpu_count()} cores ({cpu}), {platform.system()}. "
            "Peer: the Python SDK. Ratios are ours divided by the peer's; absolute times drift with the machine.",
            "", "| scenario | rival | wall s | CPU s | peak MiB | requests | body bytes | wall ratio | CPU ratio |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        by_scenario: dict[str, dict[str, Row]] = {}
        for row in self.rows:
            by_scenario.setdefault(row.scenario, {})[row.rival] = row
        for scenario, rows in by_scenario.items():
            ours = rows["synapse"]
            for rival, row in rows.items():
                ratio = ["", ""] if row is ours else [
                    f"{ours.median(name) / row.median(name):.2f}" for name in ("wall", "cpu")]
                lines.append(
                    f"| {scenario} | {rival} | {row.median('wall'):.2f} | {row.median('cpu'):.2f} | "
                    f"{row.median('rss'):.0f} | {row.median('requests'):.0f} | {row.median('body_bytes'):.0f} | "
                    f"{ratio[0]} | {ratio[1]} |")
        lines += ["", *[f"- {note}" for note in self.notes], ""]
        return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--synapse", type=Path, required=True)
    parser.add_argument("--tools", type=Path, required=True, help="the folder of neutral-sink, json-reader, file-load")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--quick", action="store_true", help="one run of a tenth of the work; writes nothing")
    options = parser.parse_args()
    options.synapse, options.tools = options.synapse.resolve(), options.tools.resolve()
    options.file_bytes, options.file_count = (1 << 30, 5000) if not options.quick else (100 << 20, 500)
    options.runs = 1 if options.quick else options.runs
    # The SDK looks through its downloads, in a place of its own choice, at every page of a list.
    with moved_aside(Path("/tmp/datamaker")), tempfile.TemporaryDirectory(prefix="synapse-bench-") as folder:
        bench = Bench(options, Path(folder))
        for scenario in (bench.upload, bench.files, bench.list, bench.json, bench.serve):
            scenario()
    if not options.quick and not options.only:
        (Path(__file__).parent / "RESULTS.md").write_text(bench.report())


if __name__ == "__main__":
    main()
