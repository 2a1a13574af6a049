"""Runs of plugins, jobs, console logs, job logs and serve applications."""

from __future__ import annotations

import base64
import subprocess
import threading
import time
import uuid
from datetime import datetime, timedelta, timezone

import pytest
import requests
from synapse_sdk.clients.exceptions import ClientError, NotFoundError, RateLimitError
from synapse_sdk.loggers import JobLogger

from test_command_line import run

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.fixture(scope="module")
def plugin(server) -> dict:
    code = f"digits-{time.monotonic_ns()}"
    server.post("plugins/", {"name": "Digits", "code": code, "category": "neural_net"})
    config = {"code": code, "actions": {"train": {"entrypoint": "plugin.train"}, "inference": {}}}
    return server.post("plugin_releases/", {"plugin": code, "version": "1.0.0", "config": config}) | {"code": code}


@pytest.fixture(scope="module")
def agent(server) -> dict:
    return server.post("agents/", {"name": f"agent {time.monotonic_ns()}", "url": "http://127.0.0.1:9"})


@pytest.fixture
def job(client, plugin, agent) -> str:
    return client.run_plugin(plugin["code"], {"agent": agent["id"], "action": "train", "params": {"epochs": 3}})["job_id"]


def test_run_plugin(server, client, plugin, agent, job):
    row = server.get(f"jobs/{job}/")
    assert uuid.UUID(job) and row["id"] == job and row["status"] == "PENDING"
    assert (row["action"], row["params"], row["agent"], row["plugin_release"]) == ("train", {"epochs": 3}, agent["id"], plugin["id"])
    debugging = client.run_plugin(plugin["plugin"], {"action": "infer", "version": "1.0.0", "debug": True, "language": "en"})
    row = server.get(f"jobs/{debugging['job_id']}/")
    assert (row["action"], row["debug"], row["language"], row["params"]) == ("inference", True, "en", {})
    with pytest.raises(ClientError) as caught:
        client.run_plugin(plugin["code"], {"action": "fly"})
    assert caught.value.status_code == 400 and "train, inference" in str(caught.value.detail)
    with pytest.raises(ClientError) as caught:
        client.run_plugin(plugin["code"], {"action": "train", "version": "9.9"})
    assert "version" in caught.value.detail
    with pytest.raises(NotFoundError):
        client.run_plugin("no-such-plugin", {"action": "train"})
    # The documented older form, which this client refuses to send.
    older = server.post(f"plugins/{plugin['code']}/run/", {"action": "train", "parameters": {"a": 1}, "context": {}})
    assert server.get(f"jobs/{older['job_id']}/")["params"] == {"a": 1}


def test_run_plugin_in_its_documented_form(server):
    """The documentation's call names no action: the release has one."""
    code = f"only-{time.monotonic_ns()}"
    server.post("plugins/", {"name": "Only", "code": code})
    server.post("plugin_releases/", {"plugin": code, "version": "1.0.0", "config": {"code": code, "actions": {"train": {}}}})
    run = server.post(f"plugins/{code}/run/", {"parameters": {"epochs": 3}, "context": {"job": 1}})
    row = server.get(f"jobs/{run['job_id']}/")
    assert (row["action"], row["params"]) == ("train", {"epochs": 3})


def test_get_job(server, client, plugin, agent, job):
    client.create_logs({"event": "message", "data": {"content": "hello"}, "job": job})
    row = client.get_job(job, params={"expand": ["logs", "plugin_release", "agent"]})
    assert row["logs"][0]["data"] == {"content": "hello"} and row["logs"] == server.get("logs/", job=job)["results"]
    assert row["plugin_release"]["plugin"]["code"] == plugin["code"] and row["agent"]["name"] == agent["name"]
    assert set(client.get_job(job, params={"fields": "id,status"})) == {"id", "status"}
    with pytest.raises(NotFoundError):
        client.get_job(str(uuid.uuid4()))


def test_list_jobs(server, client, plugin, job):
    other = client.run_plugin(plugin["code"], {"action": "inference"})["job_id"]
    page = client.list_jobs({"plugin": plugin["code"], "limit": 2})
    assert [row["id"] for row in page["results"]] == [other, job] and page["count"] >= 2
    server_side = requests.patch(
        f"{server.url}/jobs/{other}/", json={"status": "running"},
        headers={"Synapse-Access-Token": f"Token {server.token}"}, timeout=30)
    assert server_side.json()["status"] == "RUNNING"
    # The spelling of the documentation.
    assert other in [row["id"] for row in client.list_jobs(params={"status": "running"})["results"]]
    assert other not in [row["id"] for row in client.list_jobs(params={"status": "completed"})["results"]]
    with pytest.raises(ClientError) as caught:
        client.list_jobs({"status": "asleep"})
    assert "status" in caught.value.detail


def test_update_job(server, client, job):
    client.update_job(job, {"status": "RUNNING", "progress_record": {"current_progress": {"overall": 10}}})
    client.update_job(job, {"progress_record": {"current_progress": {"overall": 50}}, "metrics_record": {"a": 1}})
    client.update_job(job, {"console_logs": [{"message": "one"}, {"message": "two"}], "meta": {"queue": {"position": 1}}})
    row = server.get(f"jobs/{job}/")
    assert row["status"] == "RUNNING" and row["started"] and row["progress_record"] == {"current_progress": {"overall": 50}}
    assert row["metrics_record"] == {"a": 1} and row["queue"] == {"position": 1}
    client.update_job(job, {"status": "SUCCEEDED", "result": [1, {"ok": True}]})
    row = server.get(f"jobs/{job}/")
    assert row["status"] == "SUCCEEDED" and row["result"] == [1, {"ok": True}] and row["completed"] and row["finished"]
    client.update_job(job, {"status": "SUCCEEDED"})
    with pytest.raises(ClientError) as caught:
        client.update_job(job, {"status": "PENDING"})
    assert caught.value.status_code == 400 and "SUCCEEDED" in str(caught.value.detail) and "PENDING" in str(caught.value.detail)
    assert server.get(f"jobs/{job}/console_logs/") == ["one", "two"]


def test_list_job_console_logs(client, job):
    assert client.list_job_console_logs(job) == []
    client.update_job(job, {"console_logs": {"message": "손실 0.5\nnext"}})
    assert client.list_job_console_logs(job) == ["손실 0.5", "next"]


def test_tail_job_console_logs(server, client, job):
    client.update_job(job, {"status": "RUNNING", "console_logs": {"message": "[1] 시작"}})
    lines = client.tail_job_console_logs(job)
    assert next(lines) == "[1] 시작"

    def print_more():
        other = server.client()
        for index in range(500):
            other.update_job(job, {"console_logs": [{"message": f"line {index}"}]})
        other.update_job(job, {"console_logs": {"message": "a\x0cb\u2028c\rd"}, "status": "SUCCEEDED"})

    thread = threading.Thread(target=print_more)
    thread.start()
    rest = list(lines)
    thread.join()
    assert rest == [f"line {index}" for index in range(500)] + ["a b c d"]
    assert ["[1] 시작", *rest[:-1]] == client.list_job_console_logs(job)[:-1]
    # The path of older clients, and a job that is not there.
    older = requests.get(
        f"{server.url}/async/jobs/{job}/tail_console_logs/", timeout=30,
        headers={"Synapse-Access-Token": f"Token {server.token}"})
    assert older.headers["Content-Type"] == "text/plain; charset=utf-8" and older.text.splitlines()[0] == "[1] 시작"
    with pytest.raises(NotFoundError):
        list(client.tail_job_console_logs(str(uuid.uuid4())))


def test_create_logs(server, client, job, tmp_path):
    picture = tmp_path / "result.png"
    picture.write_bytes(PNG)
    stamp = "2026-01-15T09:48:11.868076+00:00"
    one = client.create_logs({"event": "visualization", "data": {"index": 0}, "job": job, "datetime": stamp, "file": str(picture)})
    assert requests.get(one["file"], timeout=30).content == PNG
    entries = [{"event": "message", "data": {"content": str(n)}, "job": job, "datetime": stamp, "level": "success"} for n in range(1000)]
    made = client.create_logs([dict(entry) for entry in entries])
    again = client.create_logs([dict(entry) for entry in entries])
    assert [row["id"] for row in made] == [row["id"] for row in again] and len({row["id"] for row in made}) == 1000
    assert server.get("logs/", job=job)["count"] == 1001
    single = client.create_logs([{"event": "metric", "data": {"key": "loss"}, "job": job, "datetime": stamp}])
    assert server.get("logs/", job=job, event="metric")["results"][0]["id"] == single["id"]
    with pytest.raises(ClientError) as caught:
        client.create_logs([dict(entries[0]), {"event": "message", "data": {}, "job": str(uuid.uuid4())}])
    assert caught.value.status_code == 400 and caught.value.detail[0] == {} and "job" in caught.value.detail[1]


def test_serve_applications(server, client, plugin, agent, job):
    made = client.create_serve_application({"job": job, "status": "RUNNING", "data": {"name": "app"}})
    page = client.list_serve_applications({"plugin_code": plugin["code"], "job__agent": agent["id"]})
    assert made["id"] in [row["id"] for row in page["results"]]
    rows, count = client.list_serve_applications({"plugin_code": plugin["code"]}, list_all=True)
    assert len(list(rows)) == count
    row = server.get(f"serve_applications/{made['id']}/")
    assert (row["status"], row["data"], row["job"]) == ("RUNNING", {"name": "app"}, job)
    assert client.list_serve_applications({"plugin_code": "sam"})["count"] == 0


def test_job_logger(server, client, job):
    client.update_job(job, {"status": "RUNNING"})
    logger = JobLogger(client, job)
    logger.set_step("train")
    for index in range(1, 301):
        logger.set_progress(index, 300)
        logger.info(f"message {index}")
    logger.log_metric("train", "loss", 0.5, accuracy=0.95)
    logger.set_metrics({"success": 300, "failed": 0}, step="train")
    logger.finish()
    row = server.get(f"jobs/{job}/")
    assert row["progress_record"]["record"]["steps"]["train"]["percent"] == 100.0
    assert row["metrics_record"] == {"record": {"steps": {"train": {"success": 300, "failed": 0}}}}
    logs = server.get("logs/", job=job, page_size=1000)["results"]
    messages = [log["data"]["content"] for log in logs if log["event"] == "message"]
    assert messages == [f"message {index}" for index in range(1, 301)]
    metric = next(log for log in logs if log["event"] == "metric")
    assert metric["data"]["value"] == 0.5 and metric["step"] == "train"


def test_override_best_trial(server, client, job):
    client._put(f"trains/{job}/override_best_trial/", data={"trial_id": "t1", "lr": 0.1})
    assert server.get(f"jobs/{job}/")["meta"]["best_trial"] == {"trial_id": "t1", "lr": 0.1}


def test_command_line_follows_a_job(server, client, plugin):
    answer = run(server, "plugin", "run", plugin["code"], "--action", "train", "--params", '{"epochs": 1}')
    assert answer.returncode == 0, answer.stderr
    job = client.list_jobs({"plugin": plugin["code"], "limit": 1})["results"][0]["id"]
    assert job in answer.stdout
    client.update_job(job, {"status": "RUNNING"})
    for index in range(100):
        client.update_job(job, {"console_logs": {"message": f"line {index}"}})
    assert run(server, "job", "logs", job).stdout.splitlines() == [f"line {index}" for index in range(100)]
    now = datetime.now(timezone.utc)
    stamped = [line.split(" ", 1) for line in run(server, "job", "logs", job, "--timestamps").stdout.splitlines()]
    assert [text for _, text in stamped] == [f"line {index}" for index in range(100)]
    assert all(abs(datetime.fromisoformat(time) - now) < timedelta(minutes=5) for time, _ in stamped)
    timer = threading.Timer(1, lambda: server.client().update_job(job, {"status": "FAILED", "result": {"error": "no memory"}}))
    timer.start()
    followed = run(server, "job", "logs", job, "--follow")
    assert followed.stdout.splitlines() == [f"line {index}" for index in range(100)]
    assert followed.returncode == 1 and "FAILED" in followed.stderr and "no memory" in followed.stderr
    waited = run(server, "job", "wait", job)
    assert waited.returncode == 1 and "FAILED" in waited.stdout
    assert job in run(server, "job", "list", "--status", "failed").stdout
    assert "no memory" in run(server, "job", "get", job).stdout
    assert run(server, "job", "get", str(uuid.uuid4())).returncode == 4
    done = client.run_plugin(plugin["code"], {"action": "train"})["job_id"]
    assert run(server, "job", "update", done, "--status", "running", "--line", "x").returncode == 0
    client.update_job(done, {"console_logs": {"message": "dated", "datetime": "2026-01-02T03:04:05.5+02:00"}})
    assert run(server, "job", "update", done, "--status", "succeeded", "--result", '{"ok": 1}').returncode == 0
    assert run(server, "job", "wait", done).returncode == 0
    assert run(server, "job", "logs", "-f", done).stdout == "x\ndated\n"
    dated = "2026-01-02T01:04:05.500000Z dated"
    assert run(server, "job", "logs", "-f", "--timestamps", done).stdout.splitlines()[1] == dated
    assert server.get(f"jobs/{done}/console_logs/", timestamps="true")[1] == {"message": "dated", "created": dated[:27]}
    tail = f"{server.url}/jobs/{done}/tail_console_logs/?timestamps=true"
    plain = requests.get(tail, headers={"Synapse-Access-Token": f"Token {server.token}"}).text
    assert plain.splitlines()[1] == dated
    assert run(server, "job", "update", done, "--status", "running").returncode == 1
    client.create_serve_application({"job": done, "status": "RUNNING"})
    assert done in run(server, "serve-application", "list", "--plugin", plugin["code"]).stdout
    client.create_logs({"event": "metric", "data": {"key": "loss"}, "job": done})
    assert "metric" in run(server, "job", "events", done).stdout
