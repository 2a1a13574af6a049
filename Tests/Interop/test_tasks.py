"""Projects, tasks, annotations and tags."""

from __future__ import annotations

import pytest
from synapse_sdk.clients.exceptions import ClientError, NotFoundError


@pytest.fixture
def units(client, collection, pictures):
    bodies = [client.upload_data_file({"files": {"image": str(path)}, "meta": {}}, collection["id"]) for path in pictures]
    return [unit["id"] for unit in client.create_data_units(bodies)]


@pytest.fixture
def tasks(client, project, units):
    made = client.create_tasks({"project": project["id"], "data": [{"data_unit": unit} for unit in units]})
    return [task["id"] for task in made]


def test_project(client, project, collection):
    read = client.get_project(project["id"])
    assert read["data_collection"] == collection["id"]
    assert read["configuration"] == {"classification": {"digit": ["0", "1"]}}
    with pytest.raises(NotFoundError):
        client.get_project(999999)


def test_tasks_are_made_once_in_order(server, client, project, units, tasks):
    rows = server.get("sdk/tasks/", project=project["id"])["results"]
    assert [row["data_unit"] for row in rows] == units and [row["id"] for row in rows] == tasks
    again = client.create_tasks({"project": project["id"], "data": [{"data_unit": unit} for unit in units]})
    assert [task["id"] for task in again] == tasks
    assert server.get("sdk/tasks/", project=project["id"])["count"] == 20


def test_exists_and_a_client_that_was_closed(client, project, tasks):
    assert client.exists("list_tasks", {"project": project["id"]}) is True
    assert client.exists("list_tasks", {"project": 999999}) is False
    client.close()
    assert client.get_task(tasks[0])["id"] == tasks[0]


def test_older_form_of_creation(server, project, units):
    made = server.post("tasks/", [{"project": project["id"], "data_unit": unit} for unit in units[:3]])
    assert [task["data_unit"] for task in made] == units[:3]


def test_list_all_walks_every_page_in_order(client, project, tasks):
    rows, count = client.list_tasks({"project": project["id"], "page_size": 3}, list_all=True)
    assert count == 20 and [row["id"] for row in rows] == tasks


def test_fields_expand_ordering_and_ids(client, project, tasks):
    page = client.list_tasks({"project": project["id"], "fields": "id,data_unit", "ordering": "-id", "page_size": 5})
    assert [row["id"] for row in page["results"]] == tasks[::-1][:5]
    assert all(set(row) == {"id", "data_unit"} for row in page["results"])
    some = client.list_tasks({"project": project["id"], "ids": tasks[3:6], "expand": ["data_unit"]})
    assert [row["id"] for row in some["results"]] == tasks[3:6]
    assert all(row["data_unit"]["files"]["image"]["url"].startswith("http") for row in some["results"])


def test_a_filter_is_never_silently_dropped(client, project, tasks):
    with pytest.raises(ClientError) as caught:
        client.list_tasks({"project": project["id"], "id__gt": "three"})
    assert caught.value.status_code == 400 and "id__gt" in str(caught.value.detail)


def test_annotation_is_stored_as_sent(client, tasks):
    data = {"classification": {"digit": "7"}, "score": 0.1, "points": [1, 2.5, None], "이름": "숫자"}
    answer = client.annotate_task_data(tasks[0], {"action": "submit", "data": data}, schema="any")
    assert answer["id"] == tasks[0]
    assert client.get_task(tasks[0])["data"] == data
    client.annotate_task_data(tasks[1], {"annotations": [{"type": "bbox", "coordinates": [10, 10, 100, 100]}]})
    assert client.get_task(tasks[1])["data"]["annotations"][0]["coordinates"] == [10, 10, 100, 100]
    read = client.get_task(tasks[0], params={"expand": "data_unit", "fields": "id,data,data_unit"})
    assert set(read) == {"id", "data", "data_unit"} and read["data_unit"]["files"]["image"]["checksum"]


def test_batch_of_annotations(client, tasks):
    items = [{"task_id": task, "data": {"action": "submit", "data": {"n": task}}} for task in tasks[:5]]
    result = client.annotate_task_data_batch(items + [{"task_id": 999999, "data": {"action": "submit", "data": {}}}])
    assert [result[task]["success"] for task in tasks[:5]] == [True] * 5 and result[999999]["success"] is False
    assert client.get_task(tasks[4])["data"] == {"n": tasks[4]}


def test_tags(server, client, project, tasks):
    tag = server.post("task_tags/", {"project": project["id"], "name": "reviewed", "category": "project"})
    assert client.get_task_tag(tag["id"])["name"] == "reviewed"
    assert [row["id"] for row in client.list_task_tags({"project": project["id"]})["results"]] == [tag["id"]]
    client.set_tags_tasks({"ids": tasks[:4], "tags": [tag["id"]]})
    tagged = client.list_tasks({"project": project["id"], "tags": tag["id"]})
    assert [row["id"] for row in tagged["results"]] == tasks[:4]
    client.set_tags_tasks({"ids": tasks[:1], "tags": [tag["id"]], "action": "remove"})
    assert client.list_tasks({"project": project["id"], "tags": tag["id"]})["count"] == 3
    server.post("tasks/set_tags/", {"task_ids": tasks[:1], "tag_ids": [tag["id"]]})
    assert client.list_tasks({"project": project["id"], "tags": tag["id"]})["count"] == 4
    with pytest.raises(ClientError) as caught:
        client.set_tags_tasks({"ids": [999999], "tags": [tag["id"]]})
    assert caught.value.status_code == 400 and "999999" in str(caught.value.detail)
