"""`synapse serve --fault-plan`: both clients against a bad day, and plans that are not valid."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess

import pytest

BINARY = os.environ["SYNAPSE_BINARY"]


def write(tmp_path, *rules: dict) -> str:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"seed": 3, "rules": rules}))
    return str(path)


def test_uploads_survive_a_bad_day(make_server, tmp_path):
    part = "/presigned/{id}/{piece}/"
    plan = write(
        tmp_path,
        {"route": "/chunked_upload/", "method": "PUT", "fault": "status", "status": 503, "retry_after": 0, "first": 1},
        {"route": "/data_files/", "method": "POST", "fault": "lost_reply", "first": 1},
        {"route": part, "method": "PUT", "fault": "reset", "first": 1},
        {"route": part, "method": "PUT", "fault": "html", "every": 4},
        {"route": part, "method": "PUT", "fault": "lost_reply", "skip": 1, "first": 1},
        {"route": "/data_files/presigned_upload/confirm_upload/", "fault": "lost_reply", "first": 1},
    )
    server = make_server("--fault-plan", plan, "--part-size", "100000")
    data = b"\0" + os.urandom(450_000)
    path = tmp_path / "big.bin"
    path.write_bytes(data)
    environment = {**os.environ, "SYNAPSE_HOST": server.url, "SYNAPSE_ACCESS_TOKEN": server.token}

    def run(*arguments: str) -> dict:
        result = subprocess.run([BINARY, *arguments, "-o", "json"], capture_output=True, text=True, timeout=120, env=environment)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    bulk = run("file", "upload-bulk", str(path))
    assert bulk["md5"] == hashlib.md5(data).hexdigest()
    stored = run("file", "upload", str(path), "--chunked")
    assert stored["checksum"] == bulk["md5"] and stored["id"] == bulk["data_file"]
    assert server.get("data_files/")["count"] == 1
    # The SDK meets what is left of the plan and comes through too.
    other = tmp_path / "other.png"
    other.write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(100))
    assert server.client().create_data_file(other)["checksum"] == hashlib.md5(other.read_bytes()).hexdigest()


@pytest.mark.parametrize("text, says", [
    ("{", "not a JSON object"),
    ('{"rules": [{"fault": "reset", "evry": 2}]}', "rules[0].evry is not known here"),
    ('{"rules": [{"route": "/project/", "fault": "reset"}]}', "there is no route /project/"),
])
def test_a_plan_that_is_not_valid_ends_the_start(tmp_path, text, says):
    path = tmp_path / "plan.json"
    path.write_text(text)
    result = subprocess.run(
        [BINARY, "serve", "--data", str(tmp_path / "data"), "--port", "0", "--fault-plan", str(path)],
        capture_output=True, text=True, timeout=30,
    )
    assert result.returncode == 64 and says in result.stderr and str(path) in result.stderr
