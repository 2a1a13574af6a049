"""The command line as scripts use it: exit codes, streams, interruption."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

BINARY = os.environ["SYNAPSE_BINARY"]


def run(server, *arguments: str, token: str | None = None, **options) -> subprocess.CompletedProcess:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "SYNAPSE_STATE_DIR": os.environ["SYNAPSE_STATE_DIR"], "SYNAPSE_HOST": server.url,
                   "SYNAPSE_ACCESS_TOKEN": token or server.token}
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, env=environment, **options)


def test_json_output_is_one_document_or_one_object_a_line(server, project):
    page = json.loads(run(server, "project", "list", "--page-size", "1", "--output", "json").stdout)
    assert set(page) == {"count", "next", "previous", "results"} and len(page["results"]) == 1
    lines = run(server, "project", "list", "--all", "--output", "json").stdout.splitlines()
    assert len(lines) == page["count"] and project["id"] in [json.loads(line)["id"] for line in lines]
    one = json.loads(run(server, "project", "get", str(project["id"]), "--output", "json").stdout)
    assert one["configuration"] == project["configuration"]


def test_rows_before_a_page_that_fails_are_printed(server):
    class Cut(BaseHTTPRequestHandler):
        def do_GET(self):
            first = "page=2" not in self.path
            body = json.dumps({
                "count": 6, "next": f"http://127.0.0.1:{self.server.server_port}/projects/?page=2", "previous": None,
                "results": [{"id": number, "title": "t", "category": "image"} for number in (1, 2, 3)],
            } if first else {"detail": "the second page is out of order"}).encode()
            self.send_response(200 if first else 400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    cut = ThreadingHTTPServer(("127.0.0.1", 0), Cut)
    threading.Thread(target=cut.serve_forever, daemon=True).start()
    try:
        for output in ("json", "table"):
            result = run(server, "project", "list", "--all", "-o", output, "--url", f"http://127.0.0.1:{cut.server_port}")
            assert result.returncode == 1 and "the second page is out of order" in result.stderr
            lines = result.stdout.splitlines()
            numbers = [json.loads(line)["id"] if output == "json" else int(line.split()[0]) for line in lines[-3:]]
            assert numbers == [1, 2, 3] and len(lines) == (3 if output == "json" else 4)
    finally:
        cut.shutdown()
        cut.server_close()


@pytest.mark.parametrize("arguments, token, status", [
    (["project", "get", "999999"], None, 4),
    (["project", "list"], "syn_not-a-token", 3),
    (["project", "list", "--url", "http://127.0.0.1:9"], None, 5),
    (["project", "list", "--page", "0"], None, 64),
    (["project", "create", "--title", "t", "--category", "poem"], None, 1),
    (["task", "annotate", "1", "--data", "{"], None, 64),
    (["upload", "/nonexistent", "--collection", "1"], None, 64),
    (["unit", "create", "--collection", "1", "--file", "image=/nonexistent.png"], None, 64),
    (["file", "upload", "/nonexistent"], None, 64),
])
def test_exit_codes(server, arguments, token, status):
    result = run(server, *arguments, token=token)
    assert result.returncode == status, result.stderr
    assert result.stdout == "" and len(result.stderr.strip().splitlines()) >= 1
    assert server.token not in result.stderr and (token or "no token") not in result.stderr


def test_null_is_null_and_absent_is_absent(server):
    """What is printed as JSON is what the wire says, member by member."""
    made = server.post("projects/", {"title": "without a collection", "category": "image"})
    assert made["data_collection"] is None
    printed = json.loads(run(server, "project", "get", str(made["id"]), "-o", "json").stdout)
    assert printed == server.get(f"projects/{made['id']}/")
    listed = json.loads(run(server, "project", "list", "--search", "without a collection", "-o", "json").stdout)
    assert listed == server.get("projects/", search="without a collection")


def test_a_full_disk_of_the_server_is_no_unreachable_server(make_server, tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"rules": [
        {"route": "/chunked_upload/", "method": "PUT", "fault": "status", "status": 507, "every": 1}]}))
    server = make_server("--fault-plan", str(plan))
    (tmp_path / "file.bin").write_bytes(b"\0" * 1000)
    result = run(server, "file", "upload", str(tmp_path / "file.bin"), "--chunked")
    assert result.returncode == 1 and "507" in result.stderr, result.stderr


def test_an_empty_file_in_chunks_is_all_there(server, tmp_path):
    (tmp_path / "empty.bin").write_bytes(b"")
    result = run(server, "file", "upload", str(tmp_path / "empty.bin"), "--chunked")
    assert result.returncode == 0 and "of 1 B" not in result.stderr, result.stderr


def test_files_that_nobody_tried_are_not_said_to_be_gone(collection, server, tmp_path):
    for index in range(3):
        (tmp_path / f"{index}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([index]))
    result = run(server, "upload", str(tmp_path), "--collection", str(collection["id"]), "--url", "http://127.0.0.1:9")
    assert result.returncode == 5 and "3 of 3 files failed or were not tried" in result.stderr, result.stderr


def test_one_bad_file_does_not_end_an_upload(server, collection, project, tmp_path):
    for index in range(5):
        (tmp_path / f"{index}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(20))
    (tmp_path / "bad.txt").write_text("no picture")
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere")
    arguments = ["upload", str(tmp_path), "--collection", str(collection["id"]), "--project", str(project["id"]), "-o", "json"]
    first = run(server, *arguments)
    assert first.returncode == 2, first.stderr
    report = json.loads(first.stdout)
    assert (report["uploaded"], report["failed"], report["skipped"], report["tasks"]) == (5, 2, 1, 5)
    for name in ("bad.txt", "pipe.png", "gone.png"):
        assert name in first.stderr and any(name == item["path"] for item in report["items"])
    again = json.loads(run(server, *arguments).stdout)
    assert (again["uploaded"], again["already_there"], again["units"]) == (0, 5, report["units"])
    assert [item.get("data_unit") for item in again["items"]] == [item.get("data_unit") for item in report["items"]]


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every file")
def test_an_unreadable_file_is_named_and_the_exit_code_says_so(server, collection, tmp_path):
    for index in range(3):
        (tmp_path / f"{index}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(20))
    (tmp_path / "1.png").chmod(0)
    result = run(server, "upload", str(tmp_path), "--collection", str(collection["id"]))
    assert result.returncode == 2 and "1.png" in result.stderr


def test_interruption_says_how_to_go_on(server, collection, tmp_path):
    for index in range(3000):
        (tmp_path / f"{index}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(2000))
    environment = {**os.environ, "SYNAPSE_HOST": server.url, "SYNAPSE_ACCESS_TOKEN": server.token}
    command = [BINARY, "upload", str(tmp_path), "--collection", str(collection["id"]), "-o", "json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    first_line = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    started = time.monotonic()
    _, rest = process.communicate(timeout=30)
    assert process.returncode == 130, first_line + rest
    assert "go on" in rest and ".report.jsonl" in rest and time.monotonic() - started < 20
    last = run(server, *command[1:])
    assert last.returncode == 0, last.stderr
    report = json.loads(last.stdout)
    assert last.returncode == 0 and report["units"] == 3000


def test_a_reader_that_goes_away_is_no_failure(server, project):
    pipe = f"'{BINARY}' project list --all --output json | head -n 1"
    environment = {**os.environ, "SYNAPSE_HOST": server.url, "SYNAPSE_ACCESS_TOKEN": server.token}
    result = subprocess.run(["bash", "-c", pipe], capture_output=True, text=True, env=environment, timeout=60)
    assert json.loads(result.stdout) and result.stderr == ""
    # A script that watches for failures sees that the command could not say what became of it.
    gone = f"{{ sleep 1; '{BINARY}' project list; }} | true; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", gone], capture_output=True, text=True, env=environment, timeout=60)
    assert result.returncode == 141 and result.stderr == ""


def test_a_port_or_a_directory_in_use_is_said(server, tmp_path):
    port = subprocess.run([BINARY, "serve", "--data", str(tmp_path / "d"), "--port", str(server.port)],
                          capture_output=True, text=True, timeout=30)
    assert port.returncode == 1 and str(server.port) in port.stderr
    directory = subprocess.run([BINARY, "serve", "--data", str(server.directory), "--port", "0"],
                               capture_output=True, text=True, timeout=30)
    assert directory.returncode == 1 and Path(server.directory).name in directory.stderr


def test_a_host_that_is_not_known_is_said(tmp_path):
    result = subprocess.run([BINARY, "serve", "--data", str(tmp_path / "d"), "--host", "nosuch.invalid", "--port", "0"],
                            capture_output=True, text=True, timeout=30)
    assert result.returncode == 1 and "the host is not known" in result.stderr
    assert "Listening" not in result.stderr and "SocketAddressError" not in result.stderr


def test_a_folder_that_takes_no_files_is_said(tmp_path):
    (tmp_path / "images").write_text("a file where the demo wants a folder")
    result = subprocess.run([BINARY, "demo", "--directory", str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert result.returncode == 1 and "NSCocoaErrorDomain" not in result.stderr and "images" in result.stderr


def test_a_long_wait_is_said_and_has_an_end(tmp_path):
    class Busy(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(429)
            self.send_header("Retry-After", "6")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    busy = ThreadingHTTPServer(("127.0.0.1", 0), Busy)
    threading.Thread(target=busy.serve_forever, daemon=True).start()
    started = time.monotonic()
    result = subprocess.run(
        [BINARY, "project", "list", "--url", f"http://127.0.0.1:{busy.server_port}", "--deadline", "8"],
        capture_output=True, text=True, timeout=60, env={**os.environ, "SYNAPSE_ACCESS_TOKEN": "t"})
    busy.shutdown()
    assert result.returncode == 1 and "too many requests" in result.stderr
    assert "repeating a request" in result.stderr
    assert time.monotonic() - started < 30


def test_a_full_disk_behind_standard_output_is_a_failure(server, project):
    environment = {**os.environ, "SYNAPSE_HOST": server.url, "SYNAPSE_ACCESS_TOKEN": server.token}
    with open("/dev/full", "w") as full:
        result = subprocess.run([BINARY, "project", "list", "--all", "-o", "json"], stdout=full, stderr=subprocess.PIPE,
                                text=True, env=environment, timeout=60)
    assert result.returncode == 1 and "standard output" in result.stderr


def test_a_project_that_is_not_there_is_found_out_first(server, collection, tmp_path):
    (tmp_path / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(20))
    before = server.get("data_files/")["count"]
    result = run(server, "upload", str(tmp_path), "--collection", str(collection["id"]), "--project", "999999")
    assert result.returncode == 4 and server.get("data_files/")["count"] == before


def test_two_spellings_of_one_letter_are_two_files(server, collection, tmp_path):
    for name in ("\u00e9.png", "e\u0301.png"):
        (tmp_path / name).write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(20))
    result = run(server, "upload", str(tmp_path), "--collection", str(collection["id"]), "-o", "json")
    assert result.returncode == 0 and json.loads(result.stdout)["units"] == 2
