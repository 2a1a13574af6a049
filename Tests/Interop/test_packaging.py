"""Plugins: packed and published by our command line, read by the Python SDK; the example and the template as they are."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import uuid
import zipfile
from pathlib import Path

import pytest
import requests

BINARY = os.environ["SYNAPSE_BINARY"]
EXAMPLE = Path(__file__).parents[2] / "Examples" / "Plugins" / "digit-classifier"


def run(server, *arguments: str, cwd=None) -> subprocess.CompletedProcess:
    environment = {**os.environ, "SYNAPSE_HOST": server.url, "SYNAPSE_ACCESS_TOKEN": server.token}
    return subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=120, env=environment, cwd=cwd,
        stdin=subprocess.DEVNULL)


@pytest.fixture
def plugin(tmp_path):
    """A plugin's folder whose code is new."""
    folder = tmp_path / "plugin"
    (folder / "lib").mkdir(parents=True)
    code = f"plugin-{uuid.uuid4().hex[:8]}"
    (folder / "config.yaml").write_text(
        f"name: Größe\ncode: {code}\nversion: 1.0.0\ncategory: neural_net\ndata_type: image\ndescription: text\n"
        "tasks: [image.classification]\nactions:\n  train:\n    entrypoint: plugin.train:Train\n    method: job\n"
        "    description: Trains\n")
    (folder / "plugin").mkdir()
    (folder / "plugin" / "__init__.py").touch()
    (folder / "plugin" / "train.py").write_text("class Train:\n    pass\n")
    (folder / "lib" / "größe.txt").write_text("data\n" * 1000)
    (folder / ".env").write_text("SECRET=1\n")
    (folder / "notes.log").write_text("x")
    (folder / ".synapseignore").write_text("secret*\ntests/\n")
    (folder / "secret.txt").write_text("x")
    (folder / "tests").mkdir()
    (folder / "tests" / "a.py").touch()
    return folder, code


def test_what_is_published_is_what_the_sdk_reads(server, client, plugin, tmp_path):
    folder, code = plugin
    dry = run(server, "plugin", "publish", str(folder), "--dry-run", "--output", "json")
    assert dry.returncode == 0, dry.stderr
    planned = json.loads(dry.stdout)
    assert planned["dry_run"] and "release" not in planned
    assert requests.get(f"{server.url}/plugins/{code}/", headers={"Synapse-Access-Token": f"Token {server.token}"}).status_code == 404

    result = run(server, "plugin", "publish", str(folder), "--output", "json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["sha256"] == planned["sha256"]
    release = client.get_plugin_release_by_lookup(f"{code}@1.0.0")
    assert release["id"] == report["release"]["id"] == client.list_plugin_releases(code)[0]["id"]
    assert client.get_plugin(code)["name"] == "Größe"
    content = requests.get(release["file"], timeout=30).content
    assert hashlib.sha256(content).hexdigest() == report["sha256"] and len(content) == report["archive_bytes"]
    archive = tmp_path / "plugin.zip"
    archive.write_bytes(content)
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == [
            ".synapseignore", "config.yaml", "lib/größe.txt", "plugin/__init__.py", "plugin/train.py"]
        assert opened.read("lib/größe.txt") == (folder / "lib" / "größe.txt").read_bytes()

    again = run(server, "plugin", "publish", str(folder))
    assert again.returncode == 1 and "published already" in again.stderr and "Traceback" not in again.stderr
    for _ in range(2):
        (folder / "config.yaml").write_text((folder / "config.yaml").read_text().replace("1.0.0", "1.0.1"))
        assert run(server, "plugin", "publish", str(folder), "--debug").returncode == 0


def test_the_sdk_publishes_the_same(server, client, plugin, tmp_path):
    """What is sent of the configuration, and the names of the files, are those of the SDK's own command."""
    folder, code = plugin
    assert run(server, "plugin", "publish", str(folder)).returncode == 0
    (folder / "config.yaml").write_text((folder / "config.yaml").read_text().replace("1.0.0", "2.0.0"))
    sdk = Path(sys.executable).parent / "synapse"
    command = [str(sdk), "plugin", "publish", "-p", str(folder), "--host", server.url, "--token", server.token, "-y"]
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env={**os.environ, "HOME": str(tmp_path)})
    assert result.returncode == 0, result.stdout + result.stderr
    ours, theirs = (client.get_plugin_release_by_lookup(f"{code}@{version}") for version in ("1.0.0", "2.0.0"))
    assert ours["config"] == {**theirs["config"], "version": "1.0.0"}
    names = []
    for release in (ours, theirs):
        path = tmp_path / f"{release['id']}.zip"
        path.write_bytes(requests.get(release["file"], timeout=30).content)
        names.append(sorted(zipfile.ZipFile(path).namelist()))
    assert names[0] == names[1]


def test_the_same_content_is_the_same_to_the_byte(server, plugin, tmp_path):
    folder, _ = plugin
    for name in ("a.zip", "b.zip"):
        result = run(server, "plugin", "package", str(folder), "-o", str(tmp_path / name))
        assert result.returncode == 0, result.stderr
        os.utime(folder / "config.yaml", (1, 1))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_what_is_wrong_is_said_at_once(server, plugin):
    folder, _ = plugin
    (folder / "config.yaml").write_text("nmae: x\ncode: 5\ncategory: neural_nt\n")
    result = run(server, "plugin", "publish", str(folder))
    assert result.returncode == 1 and result.stdout == ""
    for text in (":1:1: warning: nmae", "did you mean name", ":2:7: error: code", ":3:11: error: category"):
        assert text in result.stderr, text


def test_a_key_is_refused_by_its_rule(server, plugin):
    folder, _ = plugin
    (folder / "lib" / "key.txt").write_text("-----BEGIN " + "PRIVATE KEY-----\n")
    result = run(server, "plugin", "publish", str(folder), "--dry-run")
    assert result.returncode == 1 and "SENSITIVE_FILE" in result.stderr and "key.txt" in result.stderr
    assert run(server, "plugin", "publish", str(folder), "--dry-run", "--allow", "lib/key.txt").returncode == 0
    assert run(server, "plugin", "publish", str(folder), "--dry-run", "--allow", "nothing").returncode == 64


def test_a_new_plugin_runs_unchanged(make_server, tmp_path):
    server = make_server()
    code = f"new-{uuid.uuid4().hex[:8]}"
    folder = tmp_path / "new"
    made = run(server, "plugin", "init", str(folder), "--name", 'A "new" one', "--code", code)
    assert made.returncode == 0, made.stderr
    again = run(server, "plugin", "init", str(folder), "--code", code)
    assert again.returncode == 64 and "already" in again.stderr
    assert run(server, "plugin", "publish", str(folder)).returncode == 0
    if not server.get("agents/")["results"]:
        pytest.skip("this backend has no agent that runs jobs")
    result = run(server, "plugin", "run", code, "run", "--params", '{"steps": 4}', "--follow")
    assert result.returncode == 0, result.stderr
    job = json.loads(result.stdout.splitlines()[0])["job_id"]
    assert "step 4 of 4" in result.stdout
    shown = run(server, "job", "get", job)
    assert shown.returncode == 0
    for text in ("SUCCEEDED", "progress 100.0 %", "STEP", "RESULT", "steps"):
        assert text in shown.stdout, text
    failed = run(server, "plugin", "run", code, "run", "--params", '{"steps": "many"}', "--wait")
    assert failed.returncode == 1 and "ValueError" in failed.stderr, failed.stderr


@pytest.fixture
def digits(server, project, tmp_path):
    """Pictures of four classes in a project; one is broken, one has no label, one a saved prediction of before."""
    sys.path.insert(0, str(EXAMPLE))
    try:
        from picture import encode
    finally:
        sys.path.remove(str(EXAMPLE))
    client = server.client()
    tasks = []
    for index in range(64):
        label = index % 4
        rows = [[255 - 60 * label if (x // 8 + y // 8) % 4 == label else 250 - index % 7 for x in range(32)]
                for y in range(32)]
        rows[31][31] = 3 * index
        path = tmp_path / f"{index}.png"
        path.write_bytes(encode(rows) if index != 60 else b"\x89PNG\r\n\x1a\nbroken")
        file = client.create_data_file(path)
        unit = server.post("data_units/", [{"data_collection": project["data_collection"], "meta": {"index": index},
                                            "files": {"image": {"checksum": file["checksum"], "is_primary": True}}}])
        unit = unit[0] if isinstance(unit, list) else unit["results"][0]
        task = server.post("tasks/", [{"project": project["id"], "data_unit": unit["id"]}])[0]
        tasks.append(task["id"])
        if index < 62:
            client.annotate_task_data(task["id"], {"action": "submit", "data": {"label": f"class {label}"}})
    return project["id"], tasks


def run_example(server, params: dict, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-u", str(EXAMPLE / "main.py")], capture_output=True, text=True, timeout=120,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "SYNAPSE_HOST": server.url,
             "SYNAPSE_ACCESS_TOKEN": server.token, "SYNAPSE_ACTION_PARAMS": json.dumps(params), **environment})


def result_of(output: str) -> dict:
    return json.loads(output.split("__SYNAPSE_RESULT_START__\n")[1].split("\n__SYNAPSE_RESULT_END__")[0])


def test_the_example_writes_over_nobodys_work(server, client, digits):
    project, tasks = digits
    run(server, "plugin", "publish", str(EXAMPLE))
    before = {task: server.get(f"tasks/{task}/")["data"] for task in tasks}
    result = run_example(server, {"project": project})
    assert result.returncode == 0, result.stdout + result.stderr
    report = result_of(result.stdout)
    assert report["accuracy"] > 0.85 and report["train_count"] + report["test_count"] == 61
    assert report["skipped"] == {"not a picture that can be read": 1, "without a label": 2}
    after = {task: server.get(f"tasks/{task}/") for task in tasks}
    for task in tasks[:62]:
        assert after[task]["data"] == before[task]
    for task in tasks[62:]:
        data = after[task]["data"]
        assert data["label"] == data["prediction"]["label"] and data["prediction"]["model"] == report["model_id"]
        assert not after[task]["is_submitted"]
    # A person confirms one; the next run learns from it, writes the other anew and registers another model.
    client.annotate_task_data(tasks[62], {"action": "submit", "data": after[tasks[62]]["data"]})
    again = result_of(run_example(server, {"project": project}).stdout)
    assert again["train_count"] + again["test_count"] == 62
    assert server.get(f"models/{again['model_id']}/")["configuration"]["train_count"] == again["train_count"]


def test_the_example_ends_with_a_reason(server):
    missing = run_example(server, {"project": 999_999})
    assert missing.returncode == 1 and "404" in missing.stdout + missing.stderr
    began = time.monotonic()
    gone = run_example(server, {"project": 1}, SYNAPSE_HOST="http://127.0.0.1:9")
    assert gone.returncode == 1 and time.monotonic() - began < 60


def test_the_example_on_a_bad_day(make_server, tmp_path):
    """Answers of proxies are tried again; a project without tasks is said to be too small."""
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"rules": [
        {"route": "/projects/{id}/", "method": "GET", "fault": "html", "status": 502, "first": 2},
        {"route": "/tasks/", "method": "GET", "fault": "status", "status": 429, "retry_after": 0, "first": 1}]}))
    server = make_server("--fault-plan", str(plan))
    collection = server.post("data_collections/", {"name": "c", "category": "image", "file_specifications": [
        {"name": "image", "file_type": "image", "is_required": True, "is_primary": True}]})
    project = server.post("projects/", {"title": "p", "category": "image", "data_collection": collection["id"]})
    result = run_example(server, {"project": project["id"]})
    assert result.returncode == 1 and "0 annotated pictures are too few" in result.stdout + result.stderr
