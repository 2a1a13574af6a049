"""Uploads by signed URLs: both clients against `synapse serve`, and this client against S3 with URLs that boto3 signed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess

import pytest
import requests
from s3_front import S3Front

BINARY = os.environ["SYNAPSE_BINARY"]
PART = 5 << 20


def upload(url: str, token: str, *arguments: str) -> tuple[subprocess.CompletedProcess, list[dict]]:
    environment = {**os.environ, "SYNAPSE_HOST": url, "SYNAPSE_ACCESS_TOKEN": token}
    result = subprocess.run(
        [BINARY, "file", "upload-bulk", "-o", "json", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, env=environment,
    )
    assert "X-Amz" not in result.stderr + result.stdout and "signature=" not in result.stderr + result.stdout
    return result, [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def files(tmp_path):
    paths = []
    for index, size in enumerate([0, 1, 24, 99_999, 100_000, 100_001, 250_000, 1_000_000]):
        path = tmp_path / f"{index}.bin"
        path.write_bytes(b"\0" * min(1, size) + os.urandom(max(0, size - 1)))
        paths.append(path)
    return paths


@pytest.fixture
def server_of_parts(make_server):
    return make_server("--part-size", "100000")


def check_stored(server, identifier: int, path) -> None:
    row = server.get(f"data_files/{identifier}/")
    data = path.read_bytes()
    assert row["checksum"] == hashlib.md5(data).hexdigest() and row["size"] == len(data)
    assert requests.get(row["file"], timeout=30).content == data


def test_the_sdk_uploads_whole_files_and_parts(server_of_parts, files):
    seen = []
    answer = server_of_parts.client().upload_files_bulk(
        files, strategy="presigned", on_progress=lambda done, total: seen.append((done, total)))
    assert (answer.created_count, answer.failed_count) == (len(files), 0)
    results = {result.file_key: result for result in answer.results}
    for path in files:
        result = results[str(path)]
        assert result.success and result.checksum == hashlib.sha1(path.read_bytes()).hexdigest()
        check_stored(server_of_parts, result.data_file_id, path)
    assert seen[-1] == (len(files), len(files))
    assert os.listdir(server_of_parts.directory / "uploads") == []
    # What is known is not made twice.
    again = server_of_parts.client().upload_files_bulk(files[:3], strategy="presigned")
    assert sorted(result.data_file_id for result in again.results) == sorted(
        results[str(path)].data_file_id for path in files[:3])


def test_this_client_uploads_whole_files_and_parts(server_of_parts, files):
    result, lines = upload(server_of_parts.url, server_of_parts.token, *files)
    assert result.returncode == 0, result.stderr
    assert [line["path"] for line in lines] == [str(path) for path in files]
    for line, path in zip(lines, files):
        assert line["sha1"] == hashlib.sha1(path.read_bytes()).hexdigest()
        assert line["md5"] == hashlib.md5(path.read_bytes()).hexdigest()
        check_stored(server_of_parts, line["data_file"], path)
    assert os.listdir(server_of_parts.directory / "uploads") == []


def test_both_clients_name_the_same_file(server_of_parts, files):
    _, lines = upload(server_of_parts.url, server_of_parts.token, *files)
    answer = server_of_parts.client().upload_files_bulk(files, strategy="presigned")
    theirs = {result.file_key: result.data_file_id for result in answer.results}
    assert {line["path"]: line["data_file"] for line in lines} == theirs


def test_a_bad_file_costs_itself_alone(server_of_parts, files, tmp_path):
    bad = tmp_path / "page.txt"
    bad.write_text("<script>")
    result, lines = upload(server_of_parts.url, server_of_parts.token, files[1], bad, tmp_path / "none", files[6])
    assert result.returncode == 2
    assert ["error" in line for line in lines] == [False, True, True, False]
    assert "page.txt" in result.stderr and "--allow SCRIPT_INJECTION" in result.stderr


def test_s3_takes_whole_files_and_parts(tmp_path):
    small, large = tmp_path / "a.jpg", tmp_path / "big.bin"
    small.write_bytes(b"\xff\xd8\xff" + os.urandom(1000))
    large.write_bytes(b"\0" + os.urandom(2 * PART + 12345))
    with S3Front() as front:
        result, lines = upload(front.url, "tok", small, large)
        assert result.returncode == 0, result.stderr
        assert [line["data_file"] for line in lines] == [900, 901]
        sizes = sorted(put["size"] for put in front.seen)
        assert sizes == [1003, 12346, PART, PART]
        for put in front.seen:
            assert not {"synapse-access-token", "authorization", "synapse-tenant"} & put["headers"].keys()
            assert put["headers"].get("content-type") == ("image/jpeg" if put["size"] == 1003 else None)


def test_s3_expired_urls_are_renewed(tmp_path):
    small, large = tmp_path / "a.bin", tmp_path / "big.bin"
    small.write_bytes(b"\0" + os.urandom(2000))
    large.write_bytes(b"\0" + os.urandom(PART + 10))
    with S3Front(lifetimes=[1]) as front:
        result, lines = upload(front.url, "tok", small, large)
        assert result.returncode == 0, result.stderr
        assert all(line["data_file"] for line in lines)
        assert len(front.asked) == 3
        assert {body["expiration"] for body in front.asked[1:]} == {86400}


@pytest.mark.parametrize("harm", ["cut", (503, b"<Error><Code>SlowDown</Code></Error>"), (403, b"<html>proxy</html>")])
def test_s3_a_part_that_fails_is_sent_again(tmp_path, harm):
    large = tmp_path / "big.bin"
    large.write_bytes(b"\0" + os.urandom(2 * PART + 10))
    failed = []

    def once(number, query):
        if query.get("partNumber") == "2" and not failed:
            failed.append(number)
            return harm

    with S3Front(harm=once) as front:
        result, lines = upload(front.url, "tok", large)
        assert result.returncode == 0, result.stderr
        assert lines[0]["data_file"] == 900
        numbers = sorted(put["query"]["partNumber"] for put in front.seen)
        assert numbers == ["1", "2", "2", "3"]


def test_s3_a_refusal_is_final_and_says_no_secret(tmp_path):
    small = tmp_path / "a.bin"
    small.write_bytes(b"\0" + os.urandom(2000))
    text = b"<Error><Code>SignatureDoesNotMatch</Code><StringToSign>AWS4-HMAC-SHA256 X-Amz-Signature</StringToSign></Error>"
    with S3Front(harm=lambda number, query: (403, text)) as front:
        environment = {**os.environ, "SYNAPSE_HOST": front.url, "SYNAPSE_ACCESS_TOKEN": "tok"}
        result = subprocess.run([BINARY, "file", "upload-bulk", "-o", "json", str(small)],
                                capture_output=True, text=True, timeout=60, env=environment)
        assert result.returncode == 2 and len(front.seen) == 1
        assert "SignatureDoesNotMatch" in result.stderr
        assert "X-Amz" not in result.stderr + result.stdout and "AWS4" not in result.stderr + result.stdout


def test_a_server_that_is_away_or_lets_nobody_in_has_its_own_exit(server, files):
    result, lines = upload(server.url, "wrong", *files[1:3])
    assert result.returncode == 3 and len(lines) == 2, result.stderr
    result, lines = upload("http://127.0.0.1:9", "tok", *files[1:3])
    assert result.returncode == 5 and len(lines) == 2, result.stderr
    assert all(line["error"] for line in lines)


def test_the_sdk_takes_the_three_steps_one_by_one(server, client, tmp_path):
    path = tmp_path / "steps.bin"
    path.write_bytes(b"\0" + os.urandom(5000))
    plan = client.request_presigned_upload([{"filename": path.name, "size": 5001}])
    sent = client.upload_file_to_presigned_url(plan.files[0].presigned_url, path)
    # An open connection more or less changes nothing.
    client.reset_connection()
    answer = client.confirm_presigned_upload(
        [{"file_key": plan.files[0].file_key, "checksum": sent.checksum, "size": 5001}])
    assert answer.results[0].success and sent.checksum == hashlib.sha1(path.read_bytes()).hexdigest()
    check_stored(server, answer.results[0].data_file_id, path)
