"""Jobs that run on a Ray cluster: a real Ray on this machine, killed and started again where a test asks for it."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest
import requests

from conftest import BINARY
from test_jobs_local import finish, lines, publish, start, until

ENVIRONMENT = Path(os.environ.get("SYNAPSE_SCRATCH", Path(__file__).parents[2] / ".build")) / "ray"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Ray:
    """A Ray with its processes in one group; it can be killed and started again at the same address."""

    def __init__(self):
        self.port, self.dashboard = free_port(), free_port()
        self.folder = None
        self.process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.dashboard}"

    def start(self) -> "Ray":
        # Sockets below it have paths of at most 107 bytes.
        self.folder = tempfile.mkdtemp(prefix="ray.", dir="/tmp")
        path = f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.process = subprocess.Popen(
            [
                ENVIRONMENT / "bin/python", ENVIRONMENT / "bin/ray", "start", "--head", "--block",
                "--node-ip-address", "127.0.0.1", "--port", str(self.port), "--dashboard-host", "127.0.0.1",
                "--dashboard-port", str(self.dashboard), "--dashboard-agent-listen-port", str(free_port()),
                "--ray-client-server-port", str(free_port()), "--num-cpus", "2", "--object-store-memory", "100000000",
                "--disable-usage-stats", "--temp-dir", self.folder,
            ],
            env=os.environ | {"PATH": path, "RAY_USAGE_STATS_ENABLED": "0"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        until(self.answers, 90)
        return self

    def answers(self) -> bool:
        assert self.process.poll() is None, "Ray ended while it started"
        try:
            return requests.get(f"{self.url}/api/version", timeout=2).ok
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """Ends Ray and what it has started, jobs too."""
        own = self.folder.encode()
        for number in (signal.SIGTERM, signal.SIGKILL):
            for folder in Path("/proc").glob("[0-9]*"):
                try:
                    if own in (folder / "cmdline").read_bytes() or own in (folder / "environ").read_bytes():
                        os.kill(int(folder.name), number)
                except OSError:
                    pass
            time.sleep(0.5)
        self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def ray():
    if not (ENVIRONMENT / "bin/ray").exists():
        if os.environ.get("CI") == "true":
            pytest.fail("under CI=true the tests with Ray must run: scripts/ray.sh --setup")
        pytest.skip("RAY IS MISSING: scripts/ray.sh --setup makes its environment")
    found = Ray().start()
    yield found
    found.kill()


@pytest.fixture
def ray_server(make_server, ray):
    return make_server("--ray", ray.url)


def test_a_job_succeeds_with_its_lines_and_its_result(ray_server, ray):
    script = """
import json, os, urllib.request
e = os.environ
request = urllib.request.Request(f"{e['SYNAPSE_HOST']}/jobs/{e['SYNAPSE_JOB_ID']}/",
    headers={"Synapse-Access-Token": "Token " + e["SYNAPSE_ACCESS_TOKEN"]})
print(json.load(urllib.request.urlopen(request))["id"], e["SYNAPSE_ACTION_PARAMS"], open("data/x.txt").read())
print("__SYNAPSE_RESULT_START__"); print('{"accuracy": 0.5}'); print("__SYNAPSE_RESULT_END__")
"""
    code = publish(ray_server, script, {"data/x.txt": "x"})
    job = start(ray_server, code, params={"epochs": 3})
    row = finish(ray_server, job)
    assert (row["status"], row["result"], row["error"]) == ("SUCCEEDED", {"accuracy": 0.5}, None)
    first = lines(ray_server, job)[0].split(" ", 1)
    assert first[0] == job and first[1].replace(" ", "") == '{"epochs":3}x'
    shown = requests.get(f"{ray.url}/api/jobs/", timeout=10).text
    assert job in shown and "ACCESS_TOKEN" not in shown and "USER_TOKEN" not in shown
    assert "Jobs run on Ray 2." in ray_server.directory.with_suffix(".log").read_text()


def test_a_job_fails_with_its_status_and_one_is_stopped(ray_server):
    failed = start(ray_server, publish(ray_server, "import sys; print('so far'); sys.exit(7)"))
    stopped = start(ray_server, publish(ray_server, "import time; print('up', flush=True); time.sleep(600)"))
    row = finish(ray_server, failed)
    assert row["status"] == "FAILED" and "exit status 7" in row["error"]["message"] and "so far" in row["error"]["message"]
    until(lambda: lines(ray_server, stopped) == ["up"])
    ray_server.post(f"jobs/{stopped}/stop/", {})
    assert finish(ray_server, stopped)["status"] == "STOPPED"


def test_a_server_that_is_killed_finds_its_job_again(ray_server):
    script = "import time\nfor i in range(60):\n  print('line', i, flush=True)\n  time.sleep(0.1)\n"
    job = start(ray_server, publish(ray_server, script))
    until(lambda: len(lines(ray_server, job)) > 5)
    ray_server.kill()
    time.sleep(1)
    ray_server.start()
    assert finish(ray_server, job)["status"] == "SUCCEEDED"
    assert lines(ray_server, job) == [f"line {i}" for i in range(60)]


def test_a_package_that_does_not_exist_is_told(ray_server):
    code = publish(ray_server, "print(1)", {"requirements.txt": "synapse-no-such-package==9.9\n"})
    job = start(ray_server, code)
    row = finish(ray_server, job, 120)
    assert row["status"] == "FAILED"
    assert "No matching distribution found for synapse-no-such-package" in row["error"]["message"]


def test_an_archive_above_the_limit_is_refused_before_it_is_sent(ray_server, ray):
    # Stored as it is: content that does not repeat is not packed smaller.
    large = publish(ray_server, "print(1)", {"big.bin": os.urandom((100 << 20) + 1)})
    row = finish(ray_server, start(ray_server, large))
    assert row["status"] == "FAILED"
    assert "104857600 bytes (100 MiB)" in row["error"]["message"] and ray.url in row["error"]["message"]


def test_a_job_waits_for_a_ray_that_is_down(make_server):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = make_server("--ray", url)
    assert "cannot be asked now" in until(lambda: server.directory.with_suffix(".log").read_text())
    job = start(server, publish(server, "print(1)"))

    def reason():
        row = server.get(f"jobs/{job}/")
        assert row["status"] == "PENDING"
        return ((row.get("meta") or {}).get("queue") or {}).get("reason")

    assert url in until(lambda: (found := reason()) and "Ray" in found and found)

    class Rubbish(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html>welcome</html>")

        do_PUT = do_POST = do_GET

        def log_message(self, *_):
            pass

    rubbish = http.server.ThreadingHTTPServer(("127.0.0.1", port), Rubbish)
    threading.Thread(target=rubbish.serve_forever, daemon=True).start()
    try:
        assert "not Ray's Jobs API" in until(lambda: (found := reason()) and "not Ray" in found and found)
        server.post(f"jobs/{job}/stop/", {})
        assert finish(server, job)["status"] == "STOPPED"
    finally:
        rubbish.shutdown()
        rubbish.server_close()


def test_a_ray_that_is_killed_ends_its_jobs_with_a_reason(make_server, ray):
    """The last test of the file: it takes the module's Ray down and up again."""
    server = make_server("--ray", ray.url, "--job-lost-after", "4")
    script = "import time; print('up', flush=True); time.sleep(600)"
    first = start(server, publish(server, script))
    until(lambda: lines(server, first) == ["up"])
    ray.kill()
    row = finish(server, first)
    assert row["status"] == "FAILED" and ray.url in row["error"]["message"]
    waiting = start(server, publish(server, "print('after all')"))
    ray.start()
    assert finish(server, waiting, 90)["status"] == "SUCCEEDED"
    assert lines(server, waiting) == ["after all"]


def test_a_ray_that_came_back_does_not_know_the_job(make_server, ray):
    server = make_server("--ray", ray.url)
    job = start(server, publish(server, "import time; print('up', flush=True); time.sleep(600)"))
    until(lambda: lines(server, job) == ["up"])
    ray.kill()
    ray.start()
    row = finish(server, job)
    assert row["status"] == "FAILED" and "does not know the job" in row["error"]["message"]


def test_an_address_that_is_none_is_refused(tmp_path):
    for address in ("127.0.0.1:8265", "http://user:secret@127.0.0.1:8265"):
        ended = subprocess.run(
            [BINARY, "serve", "--data", tmp_path / "data", "--port", "0", "--ray", address],
            capture_output=True, text=True, timeout=30,
        )
        assert ended.returncode != 0 and "http://HOST:8265" in ended.stderr and "secret" not in ended.stderr


def test_the_demo_trains_on_ray(ray, tmp_path):
    """The whole loop of the platform with its last step on the cluster."""
    result = subprocess.run(
        [BINARY, "demo", "--ray", ray.url, "--output", "json"], cwd=tmp_path, capture_output=True, text=True, timeout=180)
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    job = report["job"]
    assert job["status"] == "SUCCEEDED" and job["accuracy"] > 0.85 and job["model"] > 0 and job["log_lines"] > 0
    assert all(report["checks"].values())
    assert job["id"] in requests.get(f"{ray.url}/api/jobs/", timeout=10).text
