"""Jobs that the server runs itself, as processes of this machine: their output, their ends, and what a crash leaves."""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from datetime import datetime, timezone
from pathlib import Path

import pytest
import requests

from conftest import BINARY
from test_command_line import run

SIZE = 10 if os.environ.get("SYNAPSE_BIG_TESTS") else 1


def pack(files: dict[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def send(server, archive: bytes, code: str, **fields) -> requests.Response:
    config = {"code": code, "name": code, "actions": {"go": {"entrypoint": "main.py", "method": "job"}}}
    return requests.post(
        f"{server.url}/plugin_releases/",
        data={"plugin": code, "version": "1.0.0", "config": json.dumps(config)} | fields,
        files={"file": ("plugin.zip", archive)},
        headers={"Synapse-Access-Token": f"Token {server.token}"},
        timeout=60,
    )


def publish(server, script: str, files: dict = {}, **fields) -> str:
    code = f"p-{time.monotonic_ns()}"
    answer = send(server, pack({"main.py": script} | files), code, **fields)
    assert answer.ok, answer.text
    return code


def start(server, code: str, action: str = "go", **body) -> str:
    return server.post(f"plugins/{code}/run/", {"action": action, **body})["job_id"]


def until(condition, timeout: float = 60):
    """What the condition answers once it holds."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("that did not come about in time")


def finish(server, job: str, timeout: float = 60) -> dict:
    def ended():
        row = server.get(f"jobs/{job}/")
        return None if row["is_active"] else row

    return until(ended, timeout)


def lines(server, job: str) -> list[str]:
    return server.get(f"jobs/{job}/console_logs/")


def execute(server, script: str, **body) -> tuple[dict, list[str]]:
    job = start(server, publish(server, script), **body)
    return finish(server, job), lines(server, job)


def processes(job: str) -> list[int]:
    """The processes that carry a job's number."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"SYNAPSE_JOB_ID={job}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            pass
    return found


def state(server, job: str) -> dict:
    return json.loads((server.directory / "jobs" / job / "state").read_text())


def test_a_script_runs_with_what_it_needs_and_its_end_is_the_jobs(server):
    script = """
import json, os, sys, urllib.request
print("to the output"); print("to the errors", file=sys.stderr)
e = os.environ
request = urllib.request.Request(f"{e['SYNAPSE_HOST']}/jobs/{e['SYNAPSE_JOB_ID']}/",
    headers={"Synapse-Access-Token": "Token " + e["SYNAPSE_ACCESS_TOKEN"]})
print(json.load(urllib.request.urlopen(request))["status"])
print(json.dumps({"params": json.loads(e["SYNAPSE_ACTION_PARAMS"]), "tenant": e["SYNAPSE_PLUGIN_RUN_TENANT"],
    "language": e["SYNAPSE_LANGUAGE"], "release": e["SYNAPSE_PLUGIN_RELEASE_CODE"], "keys": sorted(e), "files": os.listdir(".")}))
print("__SYNAPSE_RESULT_START__"); print('{"accuracy": 0.5}'); print("__SYNAPSE_RESULT_END__")
"""
    os.environ["NOT_FOR_JOBS"] = "secret"
    code = publish(server, script, {"data/x.txt": "x"})
    job = start(server, code, params={"epochs": 3}, language="en")
    row = finish(server, job)
    assert (row["status"], row["result"], row["error"]) == ("SUCCEEDED", {"accuracy": 0.5}, None)
    assert row["created"] <= row["started"] <= row["completed"]
    printed = lines(server, job)
    assert set(printed[:2]) == {"to the output", "to the errors"} and printed[2] in ("PENDING", "RUNNING")
    told = json.loads(printed[3])
    assert told["params"] == {"epochs": 3} and told["tenant"] == "default" and told["language"] == "en"
    assert told["release"] == f"{code}@1.0.0" and set(told["files"]) == {"main.py", "data"}
    assert not [key for key in told["keys"] if key == "NOT_FOR_JOBS" or key.startswith(("PIP_", "SYNAPSE_RUNNER"))]


def test_the_token_of_a_job_ends_with_it(server):
    row, printed = execute(server, "import os; print(os.environ['SYNAPSE_ACCESS_TOKEN'])")
    answer = requests.get(f"{server.url}/jobs/{row['id']}/", headers={"Synapse-Access-Token": f"Token {printed[0]}"}, timeout=10)
    assert row["status"] == "SUCCEEDED" and answer.status_code == 401
    assert printed[0] not in (server.directory.with_suffix(".log")).read_text()


def test_long_parameters_come_in_a_file(server):
    script = "import os,json; print(len(json.load(open(os.environ['SYNAPSE_ACTION_PARAMS_FILE']))['text']), 'SYNAPSE_ACTION_PARAMS' in os.environ)"
    row, printed = execute(server, script, params={"text": "x" * 200_000})
    assert row["status"] == "SUCCEEDED" and printed == ["200000 False"]


def test_an_exit_status_is_told_with_the_last_lines(server):
    row, _ = execute(server, "import sys; print('the disk is full'); sys.exit(3)")
    assert row["status"] == "FAILED" and "exit status 3" in row["error"]["message"]
    assert "the disk is full" in row["error"]["message"] and row["error"]["error_type"] == "exit_status"


def test_a_job_that_is_killed_names_the_signal(server):
    job = start(server, publish(server, "import time; print('up', flush=True); time.sleep(60)"))
    until(lambda: "up" in lines(server, job))
    os.kill(state(server, job)["group"], signal.SIGKILL)
    row = finish(server, job)
    assert row["status"] == "FAILED" and "signal 9 (SIGKILL)" in row["error"]["message"]


def test_a_job_whose_runner_is_killed_leaves_no_process(server):
    job = start(server, publish(server, "import time; print('up', flush=True); time.sleep(60)"))
    until(lambda: "up" in lines(server, job))
    os.kill(state(server, job)["pid"], signal.SIGKILL)
    row = finish(server, job)
    assert row["status"] == "FAILED" and "signal 9 (SIGKILL)" in row["error"]["message"]
    assert not until(lambda: processes(job) == [] and [0]) == []


STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
subprocess.Popen([sys.executable, "-c", child])
subprocess.Popen([sys.executable, "-c", child], start_new_session=True)
print("up", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("way", ["stop", "patch", "cli"])
def test_stop_leaves_no_process(server, tmp_path, way):
    script = STUBBORN if way == "stop" else "import time; print('up', flush=True); time.sleep(60)"
    job = start(server, publish(server, script))
    until(lambda: "up" in lines(server, job))
    assert len(processes(job)) >= 2
    if way == "stop":
        row = server.post(f"jobs/{job}/stop/", {})
        assert row["status"] == "STOPPED" and row["completed"]
    elif way == "patch":
        server.client().update_job(job, {"status": "STOPPED"})
    else:
        assert json.loads(run(server, "job", "stop", job, "--output", "json").stdout)["status"] == "STOPPED"
    until(lambda: not processes(job))
    row = finish(server, job)
    assert (row["status"], row["error"]) == ("STOPPED", None)
    # Once more is the same; after another end it is refused.
    assert server.post(f"jobs/{job}/stop/", {})["status"] == "STOPPED"


def test_stop_of_a_job_that_waits_or_has_ended(make_server):
    server = make_server("--job-slots", "1")
    code = publish(server, "import time; print('up', flush=True); time.sleep(60)")
    first, second = start(server, code), start(server, code)
    until(lambda: "up" in lines(server, first))
    row = server.get(f"jobs/{second}/")
    assert row["status"] == "PENDING" and row["meta"]["queue"] == row["queue"]
    assert row["queue"] == {"position": 1, "reason": "waiting for a free slot", "blockers": [first]}
    assert server.post(f"jobs/{second}/stop/", {})["status"] == "STOPPED"
    assert server.post(f"jobs/{first}/stop/", {})["status"] == "STOPPED"
    assert lines(server, second) == []
    done = start(server, publish(server, "pass"))
    assert finish(server, done)["status"] == "SUCCEEDED"
    answer = requests.post(f"{server.url}/jobs/{done}/stop/", headers={"Synapse-Access-Token": f"Token {server.token}"}, timeout=10)
    assert answer.status_code == 400 and "SUCCEEDED" in answer.text


def test_a_killed_server_finds_the_true_end_and_every_line(make_server):
    server = make_server()
    script = """
import sys, time
for number in range(%d):
    print(f"line {number} " + "x" * 50)
    if number %% 50 == 0: sys.stdout.flush(); time.sleep(0.05)
sys.exit(7)
""" % (1500 * SIZE)
    job = start(server, publish(server, script))
    until(lambda: len(lines(server, job)) > 200)
    server.kill()
    before = processes(job)
    assert before
    until(lambda: not processes(job)) if SIZE == 1 else None
    gone = datetime.now(timezone.utc)
    server.start()
    row = finish(server, job)
    assert row["status"] == "FAILED" and "exit status 7" in row["error"]["message"]
    # Its end is when it was, not when the server found out.
    if SIZE == 1:
        assert datetime.fromisoformat(row["completed"]) <= gone
    assert lines(server, job) == [f"line {number} " + "x" * 50 for number in range(1500 * SIZE)]


def test_a_killed_server_follows_a_job_that_still_runs(make_server):
    server = make_server()
    script = """
import os, time
print("up", flush=True)
while not os.path.exists("go"): time.sleep(0.02)
print("done")
"""
    job = start(server, publish(server, script))
    until(lambda: lines(server, job) == ["up"])
    for _ in range(2):
        server.kill()
        server.start()
    assert server.get(f"jobs/{job}/")["status"] == "RUNNING"
    (server.directory / "jobs" / job / "plugin" / "go").touch()
    assert finish(server, job)["status"] == "SUCCEEDED" and lines(server, job) == ["up", "done"]
    # The end of the server by itself leaves jobs alone too; one that was killed meanwhile is told as lost.
    job = start(server, publish(server, script))
    until(lambda: lines(server, job) == ["up"])
    assert server.stop() == 0 and processes(job)
    for pid in state(server, job).values():
        os.kill(pid, signal.SIGKILL)
    server.start()
    row = finish(server, job)
    assert row["status"] == "FAILED" and row["error"]["error_type"] == "lost" and "killed" in row["error"]["message"]


def test_waiting_for_a_job_goes_on_over_a_restart(make_server):
    server = make_server()
    script = """
import os, time
print("up", flush=True)
while not os.path.exists("go"): time.sleep(0.02)
"""
    job = start(server, publish(server, script))
    until(lambda: lines(server, job) == ["up"])
    environment = {**os.environ, "SYNAPSE_HOST": server.url, "SYNAPSE_ACCESS_TOKEN": server.token}
    command = [BINARY, "job", "wait", job]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert "RUNNING" in process.stderr.readline()
    server.kill()
    # Longer than the repeats of one request.
    while "waiting for the backend" not in process.stderr.readline():
        assert process.poll() is None
    server.start()
    (server.directory / "jobs" / job / "plugin" / "go").touch()
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said


def test_a_hundred_jobs_on_two_slots(make_server, tmp_path):
    server = make_server()
    marks = tmp_path / "marks"
    script = f"""
import json, os, time
number = json.loads(os.environ["SYNAPSE_ACTION_PARAMS"])["number"]
log = os.open({str(marks)!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
os.write(log, f"+{{number}}\\n".encode()); time.sleep(0.01); os.write(log, f"-{{number}}\\n".encode())
"""
    code = publish(server, script)
    jobs = [start(server, code, params={"number": number}) for number in range(100)]
    waiting = server.get("jobs/", page_size=100, status="PENDING", ordering="id")["results"]
    # One that has its slot and has not begun yet has no place.
    places = [row["queue"]["position"] for row in waiting if row["queue"] and row["queue"]["position"]]
    assert places == list(range(1, len(places) + 1)) and len(places) > 20
    for job in jobs:
        assert finish(server, job, 120)["status"] == "SUCCEEDED"
    events = marks.read_text().split()
    open_now, most = set(), 0
    for event in events:
        open_now.add(event[1:]) if event[0] == "+" else open_now.remove(event[1:])
        most = max(most, len(open_now))
    begun = [int(event[1:]) for event in events if event[0] == "+"]
    assert most <= 2 and not open_now and sorted(begun) == list(range(100))
    # In order: one that began earlier may be slow to write its mark, in the other slot; two would need a third.
    seen = set()
    for number in begun:
        assert len(set(range(number)) - seen) <= 1, begun
        seen.add(number)


def test_many_lines_and_no_newline_and_what_is_no_text(server):
    row, printed = execute(server, "print('\\n'.join(f'line {number}' for number in range(100_000)))")
    assert row["status"] == "SUCCEEDED" and printed == [f"line {number}" for number in range(100_000)]
    row, printed = execute(server, "import sys\nfor _ in range(160): sys.stdout.write('0123456789abcdef' * 4096)")
    assert row["status"] == "SUCCEEDED" and "".join(printed) == "0123456789abcdef" * 4096 * 160
    assert max(map(len, printed)) <= 64 << 10
    row, printed = execute(server, "import os; os.write(1, b'caf\\xc3\\xa9 \\xff\\xfe end\\n\\x00zero\\r\\nlast')")
    assert printed == ["café \ufffd\ufffd end", "\ufffdzero", "last"] and row["status"] == "SUCCEEDED"


def test_lines_are_seen_soon_after_they_are_printed(server):
    script = "import time\nfor _ in range(4): print(time.time(), flush=True); time.sleep(0.4)"
    job = start(server, publish(server, script))
    lags = []
    with requests.get(f"{server.url}/jobs/{job}/tail_console_logs/", headers={"Synapse-Access-Token": f"Token {server.token}"}, stream=True, timeout=60) as answer:
        for line in answer.iter_lines(chunk_size=1):
            lags.append(time.time() - float(line))
    assert len(lags) == 4 and sorted(lags)[1] < 0.3


def test_a_package_that_does_not_exist(server):
    code = publish(server, "print('never')", {"requirements.txt": "no-such-package-of-synapse-swift==9.9\n"})
    job = start(server, code)
    row = finish(server, job, 120)
    printed = lines(server, job)
    assert row["status"] == "FAILED" and row["error"]["error_type"] == "preparation"
    assert "could not be installed" in row["error"]["message"] and "no-such-package" in row["error"]["message"]
    assert "never" not in printed and any("no-such-package-of-synapse-swift" in line for line in printed)


def wheel(name: str) -> bytes:
    """A package that needs no index."""
    info = f"{name}-1.0.dist-info"
    return pack({
        f"{name}.py": "print('imported')\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n",
    })


def test_two_jobs_with_the_same_packages_wait_for_one_installation(make_server):
    server = make_server()
    code = publish(server, "import digits_helper, sys; print(sys.prefix)", {"wheels/digits_helper-1.0-py3-none-any.whl": wheel("digits_helper")})
    jobs = [start(server, code) for _ in range(3)]
    assert [finish(server, job, 120)["status"] for job in jobs] == ["SUCCEEDED"] * 3
    printed = [lines(server, job) for job in jobs]
    assert sum("Installing what the plugin needs with pip." in text for text in printed) == 1
    assert len({text[-1] for text in printed}) == 1 and all("imported" in text for text in printed)
    environments = [path for path in (server.directory / "environments").iterdir() if path.is_dir()]
    assert [str(path) for path in environments] == [printed[0][-1]]


def test_limits_of_time_and_memory(make_server):
    server = make_server("--job-timeout", "1", "--job-memory", "400")
    row, printed = execute(server, "import time; print('up', flush=True); time.sleep(60)")
    assert row["status"] == "FAILED" and row["error"]["error_type"] == "time_limit" and printed == ["up"]
    row, printed = execute(server, "x = bytearray(1 << 30)")
    assert row["status"] == "FAILED" and "400 MiB of memory" in row["error"]["message"] and printed[-1] == "MemoryError"


def hostile() -> dict[str, bytes]:
    def made(name: str, mode: int = 0o100644, content: bytes = b"x", flags: int = 0) -> bytes:
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("main.py", "pass")
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
        return memory.getvalue()

    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("main.py", "print('content')")
    encrypted = bytearray(made("a"))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        position = encrypted.find(mark)
        while position >= 0:
            encrypted[position + offset] |= 1
            position = encrypted.find(mark, position + 4)
    return {
        "parent": made("../outside"), "deep": made("a/../../outside"), "absolute": made("/tmp/outside-of-synapse"),
        "link": made("link", stat.S_IFLNK | 0o777, b"/etc"), "device": made("zero", stat.S_IFCHR | 0o666),
        "bomb": made("bomb", content=bytes(200 << 20)), "encrypted": bytes(encrypted),
        "checksum": stored.getvalue().replace(b"print('content')", b"print('kontent')"), "no zip": b"#!/bin/sh\n",
        "cut": made("a" * 100)[:-60],
    }


@pytest.mark.parametrize("kind", ["parent", "deep", "absolute", "link", "device", "bomb", "encrypted", "checksum", "no zip", "cut"])
def test_hostile_archives_are_refused(server, kind):
    code = f"p-{time.monotonic_ns()}"
    answer = send(server, hostile()[kind], code)
    assert answer.status_code == 400 and list(answer.json()) == ["file"], answer.text
    assert server.get("plugins/", search=code)["count"] == 0
    assert not Path("/tmp/outside-of-synapse").exists() and not list((server.directory / "uploads").iterdir())


def test_what_cannot_be_run_fails_at_once_and_what_is_not_ours_waits(make_server):
    server = make_server()
    config = {"name": "P", "actions": {
        "serve": {"method": "serve", "entrypoint": "a.B"}, "bare": {}, "odd": {"entrypoint": "../x.py"},
        "missing": {"entrypoint": "gone.py"}, "go": {"entrypoint": "main.py"}}}
    code = f"p-{time.monotonic_ns()}"
    assert send(server, pack({"main.py": "pass"}), code, config=json.dumps(config)).ok
    for action, text in (("serve", "serve"), ("bare", "entrypoint"), ("odd", "../x.py"), ("missing", "gone.py")):
        row = finish(server, start(server, code, action))
        assert row["status"] == "FAILED" and text in row["error"]["message"], row
    agents = server.get("agents/")["results"]
    other = server.post("agents/", {"name": "other"})["id"]
    assert [agent["name"] for agent in agents] == ["local"]
    theirs = start(server, code, agent=other)
    ours = start(server, code, agent=agents[0]["id"])
    assert finish(server, ours)["status"] == "SUCCEEDED"
    row = server.get(f"jobs/{theirs}/")
    assert row["status"] == "PENDING" and row["queue"] is None


def test_the_servers_own_agent_tells_the_truth(make_server):
    server = make_server("--python", "/no/such/python")
    client = server.client()
    agent = client.list_agents()[0]
    assert not agent.is_connected and agent.url == server.url
    checked = client.health_check_agent(agent.token)
    assert checked["status"] == "disconnected" and "/no/such/python" in checked["detail"]
    job = start(server, publish(server, "pass"))
    until(lambda: "/no/such/python" in (server.get(f"jobs/{job}/")["queue"] or {}).get("reason", ""))
    assert server.post(f"jobs/{job}/stop/", {})["status"] == "STOPPED"
    assert server.stop() == 0
    server.arguments = ["--no-jobs"]
    server.start()
    agent = server.client().list_agents()[0]
    assert not agent.is_connected and server.client().health_check_agent(agent.token)["status"] == "disconnected"
    assert server.get(f"jobs/{start(server, publish(server, 'pass'))}/")["status"] == "PENDING"
    assert server.stop() == 0
    server.arguments = []
    server.start()
    agent = server.client().list_agents()[0]
    assert agent.is_connected and "Python 3" in server.client().health_check_agent(agent.token)["detail"]


def sdk(server, home: Path, *arguments: str) -> str:
    """The command line of the Python SDK."""
    result = subprocess.run(
        [str(Path(sys.executable).parent / "synapse"), *arguments], capture_output=True, text=True, timeout=180,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "COLUMNS": "200", "SYNAPSE_HOST": server.url,
             "SYNAPSE_ACCESS_TOKEN": server.token})
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_plugins_of_the_sdks_own_templates(make_server, tmp_path):
    """Made, published, run and looked at with the SDK's command line; looked at with ours too."""
    server = make_server("--job-slots", "1")
    agent = server.get("agents/")["results"][0]
    settings = tmp_path / ".synapse"
    settings.mkdir()
    (settings / "config.json").write_text(json.dumps({
        "host": server.url, "access_token": server.token, "agent": {key: agent[key] for key in ("id", "name", "url", "token")}}))

    def make(category: str) -> Path:
        sdk(server, tmp_path, "plugin", "create", "--path", str(tmp_path), "--name", f"My {category}", "--code", f"my-{category}",
            "--category", category, "--yes")
        return tmp_path / f"synapse-my-{category}-plugin"

    folder = make("custom")
    sdk(server, tmp_path, "plugin", "publish", "-p", str(folder), "--host", server.url, "--token", server.token, "-y")
    sdk(server, tmp_path, "plugin", "run", "main", "--plugin", "my-custom", "--mode", "remote", "--params", "{}", "--no-debug")
    job = server.get("jobs/")["results"][0]["id"]
    row = finish(server, job, 180)
    assert (row["status"], row["result"], row["agent"]) == ("SUCCEEDED", {"result": "success"}, agent["id"]), lines(server, job)
    assert row["progress_record"]["current_progress"]["time_elapsed"] >= 0
    # An action that says what it does, as the SDK's documentation writes one.
    (folder / "plugin" / "main.py").write_text('''
from pydantic import BaseModel
from synapse_sdk.plugins.action import BaseAction


class Params(BaseModel):
    epochs: int = 2


class Train(BaseAction[Params]):
    def execute(self):
        self.ctx.logger.set_step("train") if hasattr(self.ctx.logger, "set_step") else None
        for epoch in range(self.params.epochs):
            print(f"epoch {epoch}", flush=True)
            self.set_progress(epoch + 1, self.params.epochs, step="train")
            self.set_metrics({"loss": 1 / (epoch + 1)}, step="train")
        self.ctx.logger.info("all done")
        return {"epochs": self.params.epochs}
''')
    config = folder / "config.yaml"
    config.write_text(config.read_text().replace("plugin.main.run", "plugin.main.Train").replace("0.1.0", "0.2.0"))
    sdk(server, tmp_path, "plugin", "publish", "-p", str(folder), "--host", server.url, "--token", server.token, "-y")
    action = next(iter(server.get("plugin_releases/my-custom@0.2.0/")["config"]["actions"]))
    for params, state in (({"epochs": 3}, "SUCCEEDED"), ({"epochs": "many"}, "FAILED")):
        sdk(server, tmp_path, "plugin", "run", action, "--plugin", "my-custom", "--mode", "remote", "--params", json.dumps(params), "--no-debug")
        job = server.get("jobs/")["results"][0]["id"]
        row = finish(server, job, 60)
        assert row["status"] == state, lines(server, job)
        if state == "FAILED":
            assert "epochs" in row["error"]["message"]
            continue
        assert row["result"] == {"epochs": 3} and row["progress_record"]["current_progress"]["overall"] > 0
        assert row["metrics_record"]["record"]["steps"]["train"]["loss"] == pytest.approx(1 / 3)
        for printed in (sdk(server, tmp_path, "plugin", "job", "logs", job), run(server, "job", "logs", job).stdout):
            assert [line for line in printed.splitlines() if line.startswith("epoch ")] == ["epoch 0", "epoch 1", "epoch 2"]
        assert "SUCCEEDED" in sdk(server, tmp_path, "plugin", "job", "get", job).upper()
        assert json.loads(run(server, "job", "get", job, "-o", "json").stdout)["result"] == {"epochs": 3}
