"""Assignments, and the data and files of tasks and assignments, with the unmodified SDK."""

from __future__ import annotations

import hashlib
import json
import time

import pytest
import requests
from synapse_sdk.clients.exceptions import ClientError, NotFoundError

from test_command_line import run


@pytest.fixture
def tasks(server, client, project, collection, pictures):
    server_project = requests.patch(
        f"{server.url}/projects/{project['id']}/",
        json={"count_max_assignments_per_task": 2},
        headers={"Synapse-Access-Token": f"Token {server.token}"},
        timeout=30,
    )
    assert server_project.ok
    bodies = [client.upload_data_file({"files": {"image": str(path)}, "meta": {}}, collection["id"]) for path in pictures[:5]]
    units = [unit["id"] for unit in client.create_data_units(bodies)]
    made = client.create_tasks({"project": project["id"], "data": [{"data_unit": unit} for unit in units]})
    return [task["id"] for task in made]


@pytest.fixture
def me(server) -> int:
    return server.get("users/me/")["id"]


@pytest.fixture
def assignments(server, tasks, me) -> list[int]:
    made = server.post("assignments/", [{"task": task, "user": me, "reviewer": me} for task in tasks])
    return [assignment["id"] for assignment in made]


def put(server, path: str, body):
    return requests.put(
        f"{server.url}/{path}", json=body, headers={"Synapse-Access-Token": f"Token {server.token}"}, timeout=30)


def annotate(server, assignment: int, body):
    answer = put(server, f"assignments/{assignment}/annotate_assignment_data/", body)
    assert answer.ok, answer.text
    return answer.json()


def test_get_assignment(server, client, assignments, tasks, me):
    read = client.get_assignment(assignments[0])
    assert read == {**server.get(f"assignments/{assignments[0]}/"), "file": read["file"]}
    assert (read["task"], read["user"], read["reviewer"]) == (tasks[0], me, me)
    assert (read["status_label"], read["status_review"], read["data"]) == ("stand_by", "stand_by", None)
    assert requests.get(read["file"]["url"], timeout=30).content.startswith(b"\x89PNG")
    with pytest.raises(NotFoundError):
        client.get_assignment(999999)


def test_list_assignments(server, client, project, assignments, tasks):
    rows, count = client.list_assignments({"project": project["id"], "page_size": 2}, list_all=True)
    rows = list(rows)
    assert count == 5 and [row["id"] for row in rows] == assignments and [row["task"] for row in rows] == tasks
    annotate(server, assignments[1], {"action": "save", "data": {"n": 1}})
    page = client.list_assignments({"project": project["id"], "status_label": "in_progress", "expand": ["task"]})
    assert [row["id"] for row in page["results"]] == [assignments[1]]
    assert page["results"][0]["task"]["id"] == tasks[1]
    assert server.get("assignments/", project=project["id"], status_label="stand_by")["count"] == 4
    with pytest.raises(ClientError) as caught:
        client.list_assignments({"project": project["id"], "workshop": 1})
    assert caught.value.status_code == 400


def test_list_assignments_data(server, client, project, assignments):
    annotate(server, assignments[2], {"action": "save", "data": {"label": "cat"}})
    rows, count = client.list_assignments_data({"project": project["id"]}, list_all=True)
    rows = list(rows)
    assert count == 5 and all(set(row) == {"id", "data"} for row in rows)
    assert {row["id"]: row["data"] for row in rows}[assignments[2]] == {"label": "cat"}
    assert server.get(f"assignments/{assignments[2]}/")["data"] == {"label": "cat"}


def test_list_assignments_files(server, client, project, assignments, tasks):
    page = client.list_assignments_files({"project": project["id"]})
    assert [row["id"] for row in page["results"]] == assignments
    task_files = {row["id"]: row["files"] for row in server.get("sdk/tasks/files/", project=project["id"])["results"]}
    for row, task in zip(page["results"], tasks):
        assert [file["specification"] for file in row["files"]] == ["image"]
        assert row["files"][0]["checksum"] == task_files[task][0]["checksum"]


def test_set_tags_assignments(server, client, project, assignments):
    tag = server.post("task_tags/", {"project": project["id"], "name": "hard", "category": "project"})["id"]
    client.set_tags_assignments({"ids": assignments[:3], "tags": [tag]}, params={"project": project["id"]})
    assert server.get("assignments/", tags=tag)["count"] == 3
    client.set_tags_assignments({"ids": assignments[:1], "tags": [tag], "action": "remove"})
    assert [row["id"] for row in client.list_assignments({"tags": tag})["results"]] == assignments[1:3]
    server.post("assignments/set_tags/", {"assignment_ids": assignments[:1], "tag_ids": [tag]})
    assert server.get(f"assignments/{assignments[0]}/")["tags"] == [tag]


def test_list_tasks_data(server, client, project, tasks):
    client.annotate_task_data(tasks[0], {"action": "submit", "data": {"digit": "7"}}, schema="dm_schema_v1")
    assert server.get(f"tasks/{tasks[0]}/")["schema"] == "dm_schema_v1"
    rows, count = client.list_tasks_data({"project": project["id"], "page_size": 2}, list_all=True)
    assert count == 5
    assert [(row["id"], row["data"]) for row in rows] == [(tasks[0], {"digit": "7"})] + [(task, None) for task in tasks[1:]]


def test_list_tasks_files(server, client, project, tasks, pictures):
    page = client.list_tasks_files({"project": project["id"]})
    assert [row["id"] for row in page["results"]] == tasks
    for row, path in zip(page["results"], pictures):
        file = row["files"][0]
        assert file["file_name_original"] == path.name and file["checksum"] == hashlib.md5(path.read_bytes()).hexdigest()
        assert requests.get(file["url"], timeout=30).content == path.read_bytes()
    unit = server.get(f"tasks/{tasks[0]}/", expand="data_unit")["data_unit"]
    assert list(unit["files"]) == ["image"]
    rows, _ = client.list_tasks_files({"project": project["id"]}, list_all=True)
    assert len(list(rows)) == 5


def test_annotate_task_data_batch_results_by_task(server, client, tasks):
    items = [{"task_id": task, "data": {"action": "submit", "data": {"n": task}}, "schema": "any"} for task in tasks]
    result = client.annotate_task_data_batch(items + [{"task_id": 999999, "data": {}}], max_workers=3)
    assert [result[task]["success"] for task in tasks] == [True] * 5 and not result[999999]["success"]
    assert [server.get(f"tasks/{task}/")["data"] for task in tasks] == [{"n": task} for task in tasks]


def test_presigned_data_as_the_exporter_asks_for_it(server, client, project, tasks, assignments):
    payload = {"boxes": [[1, 2.5, 3, 4]], "이름": "숫자"}
    client.annotate_task_data(tasks[0], {"action": "submit", "data": payload})
    annotate(server, assignments[0], {"action": "save", "data": payload})
    for method in (client.list_tasks, client.list_tasks_data, client.list_assignments, client.list_assignments_data):
        rows, _ = method({"project": project["id"], "response_mode": "presigned", "fields": "id,data"}, list_all=True)
        rows = list(rows)
        data = rows[0]["data"]
        assert data["mode"] == "presigned" and rows[1]["data"] is None
        answer = requests.get(data["presigned_url"], timeout=30)
        assert answer.json() == payload and len(answer.content) == data["size"]
        assert hashlib.sha256(answer.content).hexdigest() == data["data_digest"]


def test_confirmed_assignment_is_what_the_task_exports(server, client, project, tasks, assignments, me):
    first = assignments[0]
    annotate(server, first, {"action": "submit", "data": {"digit": "3"}})
    server.post(f"assignments/{first}/review/", {"action": "reject", "description": "look again"})
    annotate(server, first, {"action": "submit", "data": {"digit": "8"}})
    early = requests.post(
        f"{server.url}/assignments/{first}/confirm/", json={},
        headers={"Synapse-Access-Token": f"Token {server.token}"}, timeout=30)
    assert early.status_code == 400 and "stand_by" in early.text
    server.post(f"assignments/{first}/review/", {"action": "complete"})
    server.post(f"assignments/{first}/confirm/", {})
    assert client.get_task(tasks[0])["data"] == {"digit": "8"}
    rows, count = client.list_assignments({"project": project["id"], "is_confirmed": True}, list_all=True)
    assert count == 1 and next(rows)["status_review"] == "completed"
    assert client.list_tasks({"project": project["id"], "status_review": "completed"})["count"] == 1
    assert client.list_tasks({"project": project["id"], "labelers": [me], "has_assignment": True})["count"] == 5
    assert client.list_tasks({"project": project["id"], "has_reached_max_assignments": False})["count"] == 5


def test_assignments_on_the_command_line(server, project, tasks, me):
    made = run(server, "assignment", "create", "--task", str(tasks[0]), "--user", str(me), "-o", "json")
    assert made.returncode == 0, made.stderr
    number = str(json.loads(made.stdout)[0]["id"])
    assert run(server, "assignment", "review", number, "start").returncode == 1
    assert json.loads(run(server, "assignment", "submit", number, "--data", '{"a": 1}', "-o", "json").stdout)["data"] == {"a": 1}
    assert run(server, "assignment", "review", number, "complete", "--description", "fine").returncode == 0
    confirmed = run(server, "assignment", "confirm", number, "-o", "json")
    assert json.loads(confirmed.stdout)["review_description"] == "fine"
    assert server.get(f"tasks/{tasks[0]}/")["data"] == {"a": 1}
    listed = json.loads(run(server, "assignment", "list", "--project", str(project["id"]), "--label", "completed", "-o", "json").stdout)
    assert [row["id"] for row in listed["results"]] == [int(number)]
    tag = server.post("task_tags/", {"project": project["id"], "name": f"t{time.monotonic_ns()}"})["id"]
    assert run(server, "assignment", "tag", number, "--tag", str(tag)).returncode == 0
    assert json.loads(run(server, "assignment", "get", number, "-o", "json").stdout)["tags"] == [tag]
    assert json.loads(run(server, "assignment", "data", "--task", str(tasks[0]), "--all", "-o", "json").stdout)["data"] == {"a": 1}
    assert "image: picture-00.png" in run(server, "assignment", "files", "--task", str(tasks[0])).stdout
    assert run(server, "assignment", "discard", number).returncode == 1
    assert run(server, "assignment", "get", "999999").returncode == 4


def test_task_annotate_batch_on_the_command_line(server, project, tasks, tmp_path):
    lines = [{"task": task, "data": {"n": index}} for index, task in enumerate(tasks)]
    lines.insert(2, {"task": 999999, "data": {}})
    file = tmp_path / "batch.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    result = run(server, "task", "annotate", "--batch", str(file), "-o", "json")
    assert result.returncode == 2, result.stderr
    outcomes = [json.loads(line) for line in result.stdout.splitlines()]
    assert [outcome["task"] for outcome in outcomes] == [line["task"] for line in lines]
    assert [outcome["success"] for outcome in outcomes] == [True, True, False, True, True, True]
    assert "999999" in result.stderr
    rows = run(server, "task", "data", "--project", str(project["id"]), "--all", "-o", "json").stdout.splitlines()
    assert [json.loads(row)["data"] for row in rows] == [{"n": index} for index in range(5)]
    assert "image: picture-04.png" in run(server, "task", "files", "--project", str(project["id"])).stdout
    # A line that can't be read costs itself and no other; a draft is handed in only by a line that says so.
    draft = run(server, "task", "annotate", str(tasks[1]), "--data", '{"n": "draft"}', "--action", "save")
    assert draft.returncode == 0
    rows = [{"task": tasks[0], "data": {"n": "x"}}, {"task": tasks[2]}, {"task": tasks[1], "action": "submit"}, {"task": tasks[2], "data": [1]}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows[:2]) + "{\n\n" + "".join(json.dumps(row) + "\n" for row in rows[2:]))
    odd = run(server, "task", "annotate", "--batch", str(file), "-o", "json")
    assert odd.returncode == 2 and "failed line 2" in odd.stderr and "failed line 3" in odd.stderr, odd.stderr
    outcomes = [json.loads(line) for line in odd.stdout.splitlines()]
    assert [(row["line"], row["success"]) for row in outcomes] == [(1, True), (2, False), (3, False), (5, True), (6, False)]
    assert server.get(f"tasks/{tasks[0]}/")["data"] == {"n": "x"}
    submitted = server.get(f"tasks/{tasks[1]}/")
    assert submitted["data"] == {"n": "draft"} and submitted["is_submitted"] is True
    assert server.get(f"tasks/{tasks[2]}/")["data"] == {"n": 2}
    one = run(server, "task", "annotate", str(tasks[1]), "--action", "submit")
    assert one.returncode == 0, one.stderr
    assert run(server, "task", "annotate", str(tasks[1])).returncode == 64
    # A token that is not right is not right for any line.
    bad = tmp_path / "bad-token"
    bad.write_text("nonsense")
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    refused = run(server, "task", "annotate", "--batch", str(file), "--token-file", str(bad))
    assert refused.returncode == 3 and refused.stdout == "" and len(refused.stderr.splitlines()) == 1, refused.stderr
