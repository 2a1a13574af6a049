"""Data collections and units."""

from __future__ import annotations

import hashlib

import pytest
import requests
from synapse_sdk.clients.exceptions import ClientError


def test_collections_are_listed_and_read(client, collection):
    listed = client.list_data_collections()
    assert collection["id"] in [row["id"] for row in listed["results"]] and listed["count"] >= 1
    specifications = client.get_data_collection(collection["id"])["file_specifications"]
    assert [(row["name"], row["is_required"], row["is_primary"]) for row in specifications] == [
        ("image", True, True),
        ("notes", False, False),
    ]
    assert specifications[0]["extensions"] == ["png"]


def test_units_come_back_in_the_order_of_the_request(server, client, collection, pictures):
    bodies = [client.upload_data_file({"files": {"image": str(path)}, "meta": {"n": n}}, collection["id"])
              for n, path in enumerate(pictures)]
    units = client.create_data_units(bodies)
    assert [unit["meta"]["n"] for unit in units] == list(range(20))
    assert [unit["data_collection"] for unit in units] == [collection["id"]] * 20
    assert client.create_data_units(bodies) == units, "the same units again are answered, not made"
    assert server.get("data_units/", data_collection=collection["id"])["count"] == 20


def test_one_unit_as_an_object_with_groups(server, client, collection, pictures):
    body = client.upload_data_file(
        {"files": {"image": str(pictures[0])}, "meta": {}, "groups": ["lot-1", "morning"]}, collection["id"]
    )
    unit = client.create_data_units(body)
    assert isinstance(unit, dict)
    read = client.get_data_unit(unit["id"], params={"expand": "files"})
    file = read["files"]["image"]
    assert file["is_primary"] is True and file["file_name_original"] == pictures[0].name
    assert requests.get(file["url"], timeout=30).content == pictures[0].read_bytes()


def test_list_all_units_downloads_every_file(client, collection, pictures):
    bodies = [client.upload_data_file({"files": {"image": str(path)}, "meta": {}}, collection["id"]) for path in pictures]
    client.create_data_units(bodies)
    rows, count = client.list_data_units({"data_collection": collection["id"]}, list_all=True, page_size=7)
    paths = [row["files"]["image"]["path"] for row in rows]
    assert count == 20
    wanted = sorted(hashlib.md5(path.read_bytes()).hexdigest() for path in pictures)
    assert sorted(hashlib.md5(open(path, "rb").read()).hexdigest() for path in paths) == wanted


def test_list_all_units_downloads_files_of_any_name(client, collection, tmp_path):
    """The SDK's downloader spells addresses in its own way: it writes plainly what needs no percent code in a path."""
    names = ["a (1).png", "it's.png", "what!$&*,;=@.png", "c:d.png", "100%.png", "50%2B+1.png", "ü ö#?.png", "~[x]{y}|^`.png"]
    bodies = []
    for number, name in enumerate(names):
        path = tmp_path / name
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([number]) * 50)
        bodies.append(client.upload_data_file({"files": {"image": str(path)}, "meta": {"name": name}}, collection["id"]))
    client.create_data_units(bodies)
    rows, count = client.list_data_units({"data_collection": collection["id"]}, list_all=True)
    found = {row["meta"]["name"]: open(row["files"]["image"]["path"], "rb").read() for row in rows}
    assert count == len(names) and found == {name: (tmp_path / name).read_bytes() for name in names}


@pytest.mark.parametrize(
    "change, field",
    [
        ({"files": {}}, "files"),
        ({"files": {"unknown": {"checksum": "aa", "path": "a.png"}}}, "files"),
        ({"files": {"image": {"checksum": "0" * 32, "path": "a.png"}}}, "files"),
        ({"data_collection": 987654}, "data_collection"),
    ],
)
def test_a_bad_unit_is_refused_by_field(client, collection, pictures, change, field):
    body = client.upload_data_file({"files": {"image": str(pictures[0])}, "meta": {}}, collection["id"])
    with pytest.raises(ClientError) as caught:
        client.create_data_units({**body, **change})
    assert caught.value.status_code == 400 and field in str(caught.value.detail)


def test_upload_data_collection(server, client, collection, pictures):
    items = [{"files": {"image": str(path)}, "meta": {"name": path.name}} for path in pictures]
    seen = []
    client.upload_data_collection(collection["id"], items, batch_size=6, on_progress=lambda *now: seen.append(now))
    assert seen[-1] == (20, 20)
    units = server.get("data_units/", data_collection=collection["id"], page_size=100)
    assert sorted(unit["meta"]["name"] for unit in units["results"]) == [path.name for path in pictures]


def test_upload_data_collection_with_tasks(make_server, pictures):
    """The call needs the units in an envelope, which the server gives when it is started so."""
    server = make_server("--created-units", "results")
    collection = server.post(
        "data_collections/",
        {"name": "c", "category": "image", "file_specifications": [{"name": "image", "file_type": "image"}]},
    )
    project = server.post(
        "projects/", {"title": "p", "category": "image", "data_collection": collection["id"], "configuration": {}}
    )
    items = [{"files": {"image": str(path)}} for path in pictures]
    server.client().upload_data_collection(collection["id"], items, project_id=project["id"])
    assert server.get("sdk/tasks/", project=project["id"])["count"] == 20
