"""Models and ground truth: every method of the SDK's ML group drives the server; plain HTTP reads the result again."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
import requests
from synapse_sdk.clients.exceptions import ClientError, NotFoundError, ValidationError

BINARY = os.environ["SYNAPSE_BINARY"]


def run(server, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "SYNAPSE_HOST": server.url,
                   "SYNAPSE_ACCESS_TOKEN": server.token}
    result = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, env=environment)
    if check:
        assert result.returncode == 0, result.stderr
    return result


def show(server, *arguments: str):
    return json.loads(run(server, *arguments, "-o", "json").stdout)


@pytest.fixture
def plugin(server) -> dict:
    """A plugin, as a row: this test is not about plugins."""
    code = f"net-{time.monotonic_ns()}"
    [database] = [path for path in server.directory.iterdir() if path.suffix in (".db", ".sqlite", ".sqlite3")]
    connection = sqlite3.connect(database, timeout=30)
    with connection:
        cursor = connection.execute(
            "INSERT INTO plugin (tenant_id, code, name, category, description, is_active, is_public, system_only, created)"
            " SELECT id, ?, 'Net', 'neural_net', '', 1, 0, 0, '2026-01-01T00:00:00.000000Z' FROM tenant"
            " WHERE code = 'default'", [code])
    connection.close()
    return {"id": cursor.lastrowid, "code": code}


@pytest.fixture
def weights(tmp_path) -> Path:
    path = tmp_path / "weights.zip"
    path.write_bytes(b"PK\x03\x04" + os.urandom(300_000))
    return path


@pytest.fixture
def units(client, collection, pictures):
    bodies = [client.upload_data_file({"files": {"image": str(path)}, "meta": {}}, collection["id"]) for path in pictures[:6]]
    return [unit["id"] for unit in client.create_data_units(bodies)]


@pytest.fixture
def tasks(client, project, units):
    """Six tasks, handed in: classes 0, 1, 0, 1, …"""
    made = client.create_tasks({"project": project["id"], "data": [{"data_unit": unit} for unit in units]})
    for index, task in enumerate(made):
        data = {"images": [{"n": index}], "classification": {"digit": str(index % 2)}}
        client.annotate_task_data(task["id"], {"action": "submit", "data": data})
    return [task["id"] for task in made]


@pytest.fixture
def dataset(server, project) -> dict:
    return server.post("ground_truth_datasets/", {"project": project["id"], "name": "gold"})


@pytest.fixture
def truths(server, dataset, tasks) -> list[dict]:
    categories = ["train", "train", "train", "train", "validation", "test"]
    return server.post("ground_truths/", [
        {"ground_truth_dataset": dataset["id"], "task": task, "category": category}
        for task, category in zip(tasks, categories)
    ])


@pytest.fixture
def version(server, dataset, truths) -> dict:
    return server.post("ground_truth_dataset_versions/", {"ground_truth_dataset": dataset["id"], "version": "v1"})


def test_create_model_and_get_model(server, client, plugin, weights):
    made = client.create_model(
        {"name": "My Model", "plugin": plugin["code"], "version": "1.0.0", "configuration": {"lr": 0.1}}, file=str(weights))
    read = server.get(f"models/{made['id']}/")
    assert (read["name"], read["plugin"], read["version"], read["configuration"]) == ("My Model", plugin["id"], "1.0.0", {"lr": 0.1})
    assert read["checksum"] == hashlib.md5(weights.read_bytes()).hexdigest() and read["file_name_original"] == "weights.zip"
    assert requests.get(read["file"], timeout=30).content == weights.read_bytes()
    # get_model downloads the file and puts a path in its place.
    got = client.get_model(made["id"], params={"expand": "metrics"})
    assert Path(got["file"]).read_bytes() == weights.read_bytes() and got["category"] == "base" and got["metrics"] == {}
    # A part of the file, without credentials.
    part = requests.get(read["file"], headers={"Range": "bytes=2-5"}, timeout=30)
    assert (part.status_code, part.content) == (206, weights.read_bytes()[2:6])


def test_create_model_refuses_what_is_wrong(server, client, plugin, weights, project):
    with pytest.raises(ValidationError) as caught:
        client.create_model({"name": "m", "plugin": "no-such-plugin"}, file=str(weights))
    assert caught.value.status_code == 400 and "no-such-plugin" in str(caught.value.detail["plugin"])
    with pytest.raises(ValidationError) as caught:
        client.create_model({"name": "m", "plugin": plugin["code"]})
    assert "chunked_upload" in caught.value.detail
    # The documented older form: multipart with the file, and a project.
    with open(weights, "rb") as file:
        answer = requests.post(
            f"{server.url}/models/", data={"name": "older", "project": project["id"], "plugin": plugin["id"]},
            files={"file": file}, headers={"Synapse-Access-Token": f"Token {server.token}"}, timeout=30)
    assert answer.status_code == 201, answer.text
    assert client.list_models({"project": project["id"]})["results"][0]["name"] == "older"


def test_create_model_twice_from_one_upload_is_one_model(server, client, plugin, weights):
    upload = client.create_chunked_upload(str(weights))["id"]
    body = {"name": "m", "plugin": plugin["code"], "chunked_upload": upload}
    first, second = client.create_model(dict(body)), client.create_model(dict(body))
    assert first["id"] == second["id"] and server.get("models/", plugin=plugin["code"])["count"] == 1
    with pytest.raises(ClientError) as caught:
        client.create_model({**body, "name": "another"})
    assert caught.value.status_code == 400


def test_list_models(server, client, plugin, weights):
    ids = [client.create_model({"name": f"m{n}", "plugin": plugin["code"]}, file=str(weights))["id"] for n in range(3)]
    page = client.list_models({"plugin": plugin["code"], "page_size": 2})
    assert page["count"] == 3 and [row["id"] for row in page["results"]] == ids[:2] and page["next"]
    requests.patch(f"{server.url}/models/{ids[1]}/", json={"is_released": True},
                   headers={"Synapse-Access-Token": f"Token {server.token}"}, timeout=30).raise_for_status()
    assert [row["id"] for row in client.list_models({"plugin": plugin["code"], "is_released": True})["results"]] == ids[1:2]
    with pytest.raises(NotFoundError):
        client.get_model(999999)


def test_model_commands(server, plugin, weights, tmp_path):
    made = show(server, "model", "create", str(weights), "--name", "cli", "--plugin", plugin["code"],
                "--plugin-version", "2.0", "--metrics", '{"mAP": 0.5}', "--configuration-json", '{"lr": 1}')
    read = server.get(f"models/{made['id']}/", expand="metrics,plugin")
    assert (read["version"], read["metrics"], read["plugin"]["code"]) == ("2.0", {"mAP": 0.5}, plugin["code"])
    target = tmp_path / "copy.zip"
    run(server, "model", "download", str(made["id"]), str(target))
    assert target.read_bytes() == weights.read_bytes()
    again = run(server, "model", "download", str(made["id"]), str(target), check=False)
    assert again.returncode == 64 and "--replace" in again.stderr
    show(server, "model", "update", str(made["id"]), "--released")
    assert [row["id"] for row in show(server, "model", "list", "--plugin", plugin["code"], "--released")["results"]] == [made["id"]]
    assert show(server, "model", "get", str(made["id"]), "--expand", "metrics")["metrics"] == {"mAP": 0.5}


def test_list_ground_truth_events(server, client, version, truths, pictures):
    """With list_all the SDK downloads every file; what it finds there is what was uploaded."""
    rows, count = client.list_ground_truth_events({"ground_truth_dataset_versions": [version["id"]]}, list_all=True, page_size=2)
    rows = list(rows)
    assert count == 6 and [row["id"] for row in rows] == [truth["id"] for truth in truths]
    assert [row["category"] for row in rows] == ["train"] * 4 + ["validation", "test"]
    for row, picture in zip(rows, pictures):
        assert Path(row["files"]["image"]["path"]).read_bytes() == picture.read_bytes()
        assert row["files"]["image"]["is_primary"] is True
    plain = server.get("sdk/ground_truth_events/", ground_truth_dataset_versions=version["id"])["results"]
    assert [row["data"] for row in plain] == [row["data"] for row in rows]
    assert [row["data"]["images"][0]["n"] for row in rows] == list(range(6))
    # One page, as it is.
    page = client.list_ground_truth_events({"ground_truth_dataset_versions": version["id"], "categories": ["validation", "test"]})
    assert page["count"] == 2 and page["results"][0]["files"]["image"]["url"].startswith(server.url)


def test_list_ground_truth_events_as_the_dataset_action_asks(client, version):
    rows, count = client.list_ground_truth_events(
        params={"fields": ["category", "files", "data"], "expand": ["data"], "ground_truth_dataset_versions": version["id"],
                "category": "train"}, list_all=True)
    rows = list(rows)
    assert count == 4 and all(set(row) == {"category", "files", "data"} for row in rows)
    assert all(Path(row["files"]["image"]["path"]).exists() for row in rows)


def test_list_ground_truth_events_with_the_exporters_cursor(server, client, version, truths):
    rows, _ = client.list_ground_truth_events(
        {"ground_truth_dataset_versions": version["id"], "pagination": "cursor", "ordering": "-pgh_id", "page_size": 4},
        list_all=True, url_conversion={})
    assert [row["id"] for row in rows] == [truth["id"] for truth in truths][::-1]


def test_list_ground_truth_events_data(server, client, version, truths):
    rows, count = client.list_ground_truth_events_data({"ground_truth_dataset_versions": version["id"]}, list_all=True, page_size=4)
    rows = list(rows)
    assert count == 6 and all(set(row) == {"id", "pgh_id", "data"} for row in rows)
    for row in rows:
        assert server.get(f"ground_truths/{row['id']}/")["data"] == row["data"]
    assert client.list_ground_truth_events_data({"classes": "1", "ground_truth": truths[1]["id"]})["count"] == 1


def test_list_ground_truth_events_files(server, client, version, pictures):
    rows, count = client.list_ground_truth_events_files({"ground_truth_dataset_versions": [version["id"]]}, list_all=True)
    rows = list(rows)
    assert count == 6 and all(set(row) == {"id", "pgh_id", "files"} for row in rows)
    for row, picture in zip(rows, pictures):
        [file] = row["files"]
        assert file["specification"] == "image" and requests.get(file["url"], timeout=30).content == picture.read_bytes()


def test_list_ground_truths(server, client, dataset, version, truths, tasks):
    rows, count = client.list_ground_truths({"ground_truth_dataset": dataset["id"]}, list_all=True)
    rows = list(rows)
    assert count == 6 and [row["id"] for row in rows] == [truth["id"] for truth in truths]
    for row in rows:
        # The annotation comes as a JSON file too.
        assert json.loads(Path(row["files"]["data_meta_1"]["path"]).read_text()) == row["data"]
        assert Path(row["files"]["data_meta_1"]["path"]).suffix == ".json"
    # A change after the version was frozen shows in the dataset and not in the version.
    client.annotate_task_data(tasks[0], {"action": "submit", "data": {"images": ["changed"]}})
    server.post("ground_truths/", {"ground_truth_dataset": dataset["id"], "task": tasks[0]})
    now = client.list_ground_truths({"ground_truth_dataset": dataset["id"]})["results"][0]
    then = client.list_ground_truths({"ground_truth_dataset_versions": [version["id"]]})["results"][0]
    assert now["id"] == then["id"] and now["data"] == {"images": ["changed"]} and then["data"] == rows[0]["data"]
    rows, _ = client.list_ground_truths({"ground_truth_dataset_versions": [version["id"]]}, list_all=True)
    assert json.loads(Path(next(iter(rows))["files"]["data_meta_1"]["path"]).read_text()) == then["data"]


def test_get_ground_truth_version(server, client, dataset, version):
    read = client.get_ground_truth_version(version["id"])
    assert read["ground_truth_dataset"] == dataset["id"] and read["version"] == "v1" and read["is_archived"] is False
    assert read["event_count"] == server.get("sdk/ground_truth_events/", ground_truth_dataset_versions=version["id"])["count"] == 6
    with pytest.raises(NotFoundError):
        client.get_ground_truth_version(999999)


def test_list_ground_truth_versions(server, client, dataset, version):
    second = server.post("ground_truth_dataset_versions/", {"ground_truth_dataset": dataset["id"], "version": "v2"})
    requests.patch(f"{server.url}/ground_truth_dataset_versions/{version['id']}/", json={"is_archived": True},
                   headers={"Synapse-Access-Token": f"Token {server.token}"}, timeout=30).raise_for_status()
    page = client.list_ground_truth_versions({"ground_truth_dataset": dataset["id"]})
    assert [row["version"] for row in page["results"]] == ["v1", "v2"]
    open_ones = client.list_ground_truth_versions({"ground_truth_dataset": dataset["id"], "is_archived": False})
    assert [row["id"] for row in open_ones["results"]] == [second["id"]]


@pytest.mark.parametrize("method, params", [
    ("list_ground_truth_events", {"ground_truth_dataset_versions": "one"}),
    ("list_ground_truth_events", {"category": "tset"}),
    ("list_ground_truth_events_data", {"id__gt": "x"}),
    ("list_ground_truths", {"workshop": 1}),
    ("list_ground_truth_versions", {"is_archived": "perhaps"}),
    ("list_models", {"experiment": 1}),
])
def test_a_filter_is_never_silently_dropped(client, method, params):
    with pytest.raises(ClientError) as caught:
        getattr(client, method)(params)
    assert caught.value.status_code == 400 and next(iter(params)) in str(caught.value.detail)


def test_ground_truth_commands(server, project, tasks):
    dataset = show(server, "ground-truth", "dataset", "create", "--project", str(project["id"]), "--name", "cli")
    made = show(server, "ground-truth", "create", "--dataset", str(dataset["id"]), "--task", str(tasks[0]),
                "--task", str(tasks[1]), "--category", "test")
    assert [row["classes"] for row in made] == [["0"], ["1"]]
    version = show(server, "ground-truth", "version", "create", "--dataset", str(dataset["id"]), "--name", "v1")
    unit = server.get(f"tasks/{tasks[0]}/")["data_unit"]
    show(server, "ground-truth", "create", "--dataset", str(dataset["id"]), "--unit", str(unit), "--data", '{"n": 1}')
    frozen = show(server, "ground-truth", "list", "--version-id", str(version["id"]))
    current = show(server, "ground-truth", "list", "--dataset", str(dataset["id"]), "--class", "1")
    assert frozen["count"] == 2 and frozen["results"][0]["classes"] == ["0"] and current["count"] == 1
    events = run(server, "ground-truth", "events", "--ground-truth", str(made[0]["id"]), "--all", "-o", "json").stdout.splitlines()
    assert [json.loads(line)["pgh_label"] for line in events] == ["insert", "update"]
    data = show(server, "ground-truth", "events", "--version-id", str(version["id"]), "--data")["results"]
    assert [set(row) for row in data] == [{"id", "pgh_id", "data"}] * 2
    show(server, "ground-truth", "version", "archive", str(version["id"]))
    assert show(server, "ground-truth", "version", "list", "--dataset", str(dataset["id"]), "--no-archived")["count"] == 0
    assert show(server, "ground-truth", "version", "get", str(version["id"]))["is_archived"] is True
    assert show(server, "ground-truth", "dataset", "list", "--project", str(project["id"]))["count"] == 1
    wrong = run(server, "ground-truth", "create", "--dataset", str(dataset["id"]), "--task", "999999", check=False)
    assert wrong.returncode == 1 and "999999" in wrong.stderr
    assert run(server, "ground-truth", "create", "--dataset", "1", check=False).returncode == 64
