"""The three export handlers of the SDK, as they are, read from the server what an export plugin would."""

from __future__ import annotations

import pytest
import requests
from synapse_sdk.plugins.actions.export.handlers import TargetHandlerFactory

from test_ml import dataset, tasks, truths, units, version  # noqa: F401


def export(client, target: str, filters: dict, **options) -> tuple[list[dict], int]:
    """What the SDK's export action does with a handler."""
    handler = TargetHandlerFactory.get_handler(target)
    handler.validate_filter(dict(filters), client)
    results, count = handler.get_results(client, dict(filters), **options)
    return list(handler.get_export_item(results)), count


def check_files(items: list[dict], pictures) -> None:
    """The original of each item is the primary file of its unit, whole and without credentials."""
    contents = {requests.get(item["files"]["url"], timeout=30).content for item in items}
    assert contents == {path.read_bytes() for path in pictures[: len(items)]}
    assert all(item["files"]["file_name_original"].endswith(".png") and item["files"]["is_primary"] for item in items)


@pytest.mark.parametrize("save", [False, True])
def test_the_task_handler_exports_every_task(server, client, project, tasks, pictures, save):
    items, count = export(client, "task", {"project": project["id"]}, save_original_file=save)
    assert count == 6 and [item["id"] for item in items] == sorted(tasks, reverse=True)
    assert [item["data"] for item in items] == [server.get(f"tasks/{item['id']}/")["data"] for item in items]
    check_files(items, pictures)


@pytest.mark.parametrize("save", [False, True])
def test_the_assignment_handler_exports_every_assignment(server, client, project, tasks, pictures, save):
    me = server.get("users/me/")["id"]
    made = server.post("assignments/", [{"task": task, "user": me} for task in tasks])
    for row in made:
        answer = requests.put(
            f"{server.url}/assignments/{row['id']}/annotate_assignment_data/", json={"action": "submit", "data": {"n": row["id"]}},
            headers={"Synapse-Access-Token": f"Token {server.token}"}, timeout=30)
        assert answer.ok, answer.text
    items, count = export(client, "assignment", {"project": project["id"]}, save_original_file=save)
    assert count == 6 and [item["id"] for item in items] == sorted((row["id"] for row in made), reverse=True)
    assert all(item["data"] == {"n": item["id"]} for item in items)
    check_files(items, pictures)


@pytest.mark.parametrize("save", [False, True])
def test_the_ground_truth_handler_exports_every_event_of_a_version(server, client, version, truths, pictures, save):
    items, count = export(client, "ground_truth", {"ground_truth_dataset_version": version["id"]}, save_original_file=save)
    assert count == 6 and {item["id"] for item in items} == {truth["id"] for truth in truths}
    assert [item["data"] for item in items] == [server.get(f"ground_truths/{item['id']}/")["data"] for item in items]
    check_files(items, pictures)
