"""What survives: a kill at any moment, a second start, a request that is sent twice."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time

import requests


def test_kill_during_uploads_leaves_no_half_state(make_server, pictures):
    server = make_server()
    collection = server.post(
        "data_collections/",
        {"name": "c", "category": "image", "file_specifications": [{"name": "image", "file_type": "image"}]},
    )
    for round_number in range(3):
        client = server.client()
        stop = threading.Event()

        def upload():
            for path in pictures * 20:
                if stop.is_set():
                    return
                try:
                    client.create_data_file(path)
                except Exception:
                    return

        thread = threading.Thread(target=upload)
        thread.start()
        time.sleep(0.05 + 0.1 * round_number)
        server.kill()
        stop.set()
        server.start()
        thread.join(60)
    client = server.client()
    bodies = [client.upload_data_file({"files": {"image": str(path)}, "meta": {}}, collection["id"]) for path in pictures]
    units = client.create_data_units(bodies)
    assert len({unit["id"] for unit in units}) == 20
    listing = server.get("data_units/", data_collection=collection["id"], page_size=100)
    for row in listing["results"]:
        assert requests.get(row["files"]["image"]["url"], timeout=30).status_code == 200
    assert server.stop() == 0
    database = sqlite3.connect(server.directory / "synapse.db")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    stored = [path for path in (server.directory / "files").rglob("*") if path.is_file()]
    assert len(stored) == 20
    assert not [path for path in (server.directory / "uploads").rglob("*") if path.is_file()]


def test_a_second_start_changes_nothing(make_server, pictures):
    server = make_server()
    stored = server.client().create_data_file(pictures[0])
    token = server.token
    assert server.stop() == 0
    # The one file is whole by itself: what a person copies as a backup.
    copy = server.directory.with_suffix(".copy")
    shutil.copy(server.directory / "synapse.db", copy)
    assert sqlite3.connect(copy).execute("SELECT count(*) FROM data_file").fetchone() == (1,)
    server.start()
    assert server.token == token
    assert server.get(f"data_files/{stored['id']}/")["checksum"] == stored["checksum"]
    assert (server.directory / "admin-token").stat().st_mode & 0o777 == 0o600


def test_a_write_with_a_key_is_done_once(server):
    body = {"title": "once", "category": "image", "configuration": {}}
    key = {"Idempotency-Key": f"key-{time.monotonic_ns()}"}
    first = server.post("projects/", body, **key)
    assert server.post("projects/", body, **key) == first
    other = requests.post(
        f"{server.url}/projects/",
        json={**body, "title": "other"},
        headers={"Synapse-Access-Token": f"Token {server.token}", **key},
        timeout=30,
    )
    assert other.status_code == 409
    assert other.headers["Synapse-Capabilities"] == "idempotency-key"
