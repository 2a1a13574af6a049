"""Files: chunked uploads, direct uploads, digests, and what becomes of a bad one."""

from __future__ import annotations

import hashlib
import os

import pytest
import requests
from synapse_sdk.clients.exceptions import ClientError, NotFoundError


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


@pytest.mark.parametrize("size", [1, 999, 1000, 1001, 2500])
def test_chunked_upload_arrives_whole(server, client, tmp_path, size):
    data = os.urandom(size)
    path = tmp_path / "model.bin"
    path.write_bytes(data)
    seen = []
    upload = client.create_chunked_upload(path, chunk_size=1000, on_progress=lambda done, total: seen.append(done))
    assert seen[-1] == size and len(seen) == -(-size // 1000)
    state = client.get_chunked_upload(upload["id"])
    assert (state["offset"], state["status"], state["filename"]) == (size, 2, "model.bin")
    assert state["completed_at"] and state["checksum"] == md5(data) and state["size"] == size


def test_chunked_upload_of_an_empty_file(client, tmp_path):
    path = tmp_path / "empty.bin"
    path.touch()
    upload = client.create_chunked_upload(path)
    assert client.get_chunked_upload(upload["id"])["status"] == 2


def test_chunked_upload_of_a_whole_default_chunk_and_more(server, client, tmp_path):
    path = tmp_path / "large.bin"
    piece = os.urandom(1 << 20)
    digest = hashlib.md5()
    with open(path, "wb") as file:
        for _ in range(53):
            file.write(piece)
            digest.update(piece)
    stored = client.create_data_file(path)
    assert stored["checksum"] == digest.hexdigest() and stored["size"] == 53 << 20
    answer = requests.get(server.get(f"data_files/{stored['id']}/")["file"], timeout=60)
    assert answer.status_code == 200 and md5(answer.content) == digest.hexdigest()


def test_a_lost_chunk_answer_does_not_end_the_upload(server, tmp_path):
    """The SDK sends the same chunk again after a lost answer; the server takes it for what it is."""
    headers = {"Synapse-Access-Token": f"Token {server.token}"}

    def put(url, start, data, total):
        return requests.put(
            url,
            headers={**headers, "Content-Range": f"bytes {start}-{start + len(data) - 1}/{total}"},
            data={"filename": "a.bin"},
            files={"file": ("file", data)},
            timeout=30,
        )

    first = put(f"{server.url}/chunked_upload/", 0, b"0123456789", 20)
    assert first.status_code == 200 and first.json()["offset"] == 10
    again = put(first.json()["url"], 0, b"0123456789", 20)
    assert again.status_code == 200 and again.json()["offset"] == 10
    wrong = put(first.json()["url"], 5, b"0123456789", 20)
    assert wrong.status_code == 400
    assert wrong.json()["expected_offset"] == 10 and wrong.json()["provided_offset"] == 5


def test_unknown_upload(client):
    with pytest.raises(NotFoundError) as caught:
        client.get_chunked_upload("00000000-0000-4000-8000-000000000000")
    assert caught.value.status_code == 404


def test_direct_upload_is_readable_without_credentials(server, client, pictures):
    stored = client.create_data_file(pictures[0])
    data = pictures[0].read_bytes()
    assert isinstance(stored["id"], int) and stored["checksum"] == md5(data) and stored["size"] == len(data)
    url = server.get(f"data_files/{stored['id']}/")["file"]
    answer = requests.get(url, timeout=30)
    assert answer.content == data and answer.headers["Accept-Ranges"] == "bytes" and answer.headers["ETag"]
    part = requests.get(url, headers={"Range": "bytes=10-19"}, timeout=30)
    assert part.status_code == 206 and part.content == data[10:20]
    assert requests.get(url.split("?")[0], timeout=30).status_code in (401, 403, 404)


def test_chunked_data_file(client, pictures):
    stored = client.create_data_file(pictures[1], use_chunked_upload=True)
    assert stored["checksum"] == md5(pictures[1].read_bytes())


def test_known_checksums(client, pictures):
    known = client.create_data_file(pictures[2])["checksum"]
    unknown = md5(b"never sent")
    assert client.verify_data_files_checksums([known, unknown]) == {"existing_checksums": [known]}


def test_wrong_token(server, pictures):
    from synapse_sdk.clients.backend import BackendClient

    with pytest.raises(ClientError) as caught:
        BackendClient(server.url, "wrong").create_data_file(pictures[0])
    assert caught.value.status_code == 401
