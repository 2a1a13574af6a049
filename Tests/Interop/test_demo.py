"""The main job as a user runs it: `synapse demo`, twice, against its own backend and against one that is killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import struct
import subprocess
import time
import zlib
from pathlib import Path

import pytest

BINARY = os.environ["SYNAPSE_BINARY"]


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BINARY, "demo", "--output", "json", *arguments], cwd=folder, capture_output=True, text=True, timeout=300
    )


def check_database(directory: Path) -> None:
    database = sqlite3.connect(directory / "synapse.db")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.close()


def test_the_demo_twice(tmp_path):
    first = demo(tmp_path)
    assert first.returncode == 0, first.stderr
    report = json.loads(first.stdout)
    if "job" not in report:
        assert "no agent" in first.stderr and report["checks"] == {"counts": True, "digests": True, "labels": True}
        pytest.skip("this backend has no agent that runs jobs")
    assert report["checks"] == {"counts": True, "digests": True, "labels": True, "accuracy": True}
    job = report["job"]
    assert job["status"] == "SUCCEEDED" and job["accuracy"] > 0.85 and job["model"] > 0 and job["log_lines"] >= 8
    assert [report[key] for key in ("files", "uploaded", "already_there", "units", "tasks", "annotated", "tagged", "downloaded")] \
        == [1797, 1797, 0, 1797, 1797, 1797, 100, 1797]
    assert report["requests"] > 1797 and report["seconds"] > 0 and report["url"].startswith("http://127.0.0.1:")

    second = demo(tmp_path)
    assert second.returncode == 0, second.stderr
    again = json.loads(second.stdout)
    assert (again["uploaded"], again["already_there"]) == (0, 1797)
    for key in ("files", "bytes", "units", "tasks", "annotated", "tagged", "downloaded", "checks"):
        assert again[key] == report[key], key
    # Another job, of the same release, with the same model.
    assert again["job"]["id"] != job["id"]
    assert (again["job"]["model"], again["job"]["accuracy"]) == (job["model"], job["accuracy"])
    database = sqlite3.connect(tmp_path / "synapse-demo" / "synapse.db")
    assert [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("plugin_release", "model")] == [1, 1]
    database.close()
    check_database(tmp_path / "synapse-demo")


def test_the_digits_are_pictures(tmp_path):
    """Decodes every PNG by hand, with Python's own zlib and CRC."""
    result = demo(tmp_path, "--no-job")
    assert result.returncode == 0 and "job" not in json.loads(result.stdout)
    pictures = sorted((tmp_path / "synapse-demo" / "images").rglob("*.png"))
    assert len(pictures) == 1797 and {path.parent.name for path in pictures} == set("0123456789")
    inks = set()
    for path in pictures:
        data = path.read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        at, chunks = 8, {}
        while at < len(data):
            (length,) = struct.unpack(">I", data[at : at + 4])
            kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
            assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
            chunks[kind] = body
            at += 12 + length
        assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (32, 32, 8, 0, 0, 0, 0)
        rows = zlib.decompress(chunks[b"IDAT"])
        assert len(rows) == 32 * 33 and set(rows[::33]) == {0}
        inks.add(bytes(rows))
    assert len(inks) == 1797


def test_pictures_of_ones_own(tmp_path):
    for label in ("cat", "dog"):
        (tmp_path / "mine" / label).mkdir(parents=True)
        for index in range(3):
            (tmp_path / "mine" / label / f"{index}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + label.encode() + bytes([index]))
    (tmp_path / "mine" / "cat" / "twin.png").write_bytes((tmp_path / "mine" / "cat" / "0.png").read_bytes())
    result = demo(tmp_path, "--images", "mine", "--directory", "own")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert "job" not in report and "left out" in result.stderr
    assert (report["files"], report["units"], report["tasks"], report["tagged"]) == (7, 6, 6, 6)
    assert (report["uploaded"], report["already_there"], report["failed"]) == (6, 1, 0)
    # Another folder of the same name is another project.
    (tmp_path / "other" / "mine" / "cat").mkdir(parents=True)
    (tmp_path / "other" / "mine" / "cat" / "9.png").write_bytes(b"\x89PNG\r\n\x1a\nother")
    other = demo(tmp_path, "--images", "other/mine", "--directory", "own")
    assert other.returncode == 0, other.stderr
    database = sqlite3.connect(tmp_path / "own" / "synapse.db")
    counts = database.execute("SELECT count(*) FROM task GROUP BY project_id ORDER BY project_id").fetchall()
    database.close()
    assert counts == [(6,), (1,)]
    # Other images in the same folder, and a picture less, disturb nothing.
    (tmp_path / "mine" / "dog" / "2.png").unlink()
    os.mkfifo(tmp_path / "mine" / "pipe.png")
    again = demo(tmp_path, "--images", "mine", "--directory", "own")
    assert again.returncode == 2 and "pipe.png" in again.stderr
    report = json.loads(again.stdout)
    assert (report["uploaded"], report["units"], report["checks"]["counts"]) == (0, 5, True)
    assert (report["files"], report["already_there"], report["failed"]) == (7, 6, 1)
    assert "1 of 7 files failed" in again.stderr
    # A label that is corrected is handed in anew.
    (tmp_path / "mine" / "pipe.png").unlink()
    (tmp_path / "mine" / "cat").rename(tmp_path / "mine" / "lion")
    renamed = demo(tmp_path, "--images", "mine", "--directory", "own")
    assert renamed.returncode == 0 and json.loads(renamed.stdout)["checks"]["labels"], renamed.stderr
    digits = demo(tmp_path, "--directory", "own", "--no-job")
    assert digits.returncode == 0 and json.loads(digits.stdout)["units"] == 1797, digits.stderr


def test_what_does_not_come_back_fails_a_check_and_is_repaired(tmp_path):
    for index in range(4):
        (tmp_path / "mine" / "cat").mkdir(parents=True, exist_ok=True)
        (tmp_path / "mine" / "cat" / f"{index}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([index]) * 100)
    arguments = ["--images", "mine", "--directory", "own"]
    assert demo(tmp_path, *arguments).returncode == 0
    stored = sorted(path for path in (tmp_path / "own" / "files").rglob("*") if path.is_file())
    # The same length and other bytes: only whoever reads them back finds out.
    stored[0].write_bytes(b"x" * stored[0].stat().st_size)
    damaged = demo(tmp_path, *arguments)
    assert damaged.returncode == 1 and "not downloaded" in damaged.stderr and ".png" in damaged.stderr
    report = json.loads(damaged.stdout)
    assert report["checks"] == {"counts": True, "digests": False, "labels": True} and report["downloaded"] == 3
    # Bytes that are cut or gone are found out by the server, and sent again.
    stored[0].unlink()
    stored[1].write_bytes(b"")
    repaired = demo(tmp_path, *arguments)
    assert repaired.returncode == 0, repaired.stderr
    report = json.loads(repaired.stdout)
    assert (report["uploaded"], report["already_there"], report["downloaded"]) == (2, 2, 4)


def test_a_demo_that_is_kept_ends_well(tmp_path):
    (tmp_path / "mine" / "cat").mkdir(parents=True)
    (tmp_path / "mine" / "cat" / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    command = [BINARY, "demo", "--images", "mine", "--directory", "own", "--keep"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = ""
    while "until Ctrl-C" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 0 and "Interrupted" not in rest, rest


@pytest.mark.parametrize("arguments, status, text", [
    (["--images", "nowhere"], 64, "nowhere"),
    (["--url", "http://127.0.0.1:9"], 5, "127.0.0.1:9"),
])
def test_what_goes_wrong_is_said_in_one_line(tmp_path, arguments, status, text):
    result = demo(tmp_path, *arguments)
    assert result.returncode == status and text in result.stderr and "Traceback" not in result.stderr
    assert result.stdout == ""


def test_the_server_is_killed_five_times(make_server, tmp_path):
    server = make_server()
    command = [BINARY, "demo", "--output", "json", "--no-job", "--url", server.url, "--token-file", str(server.directory / "admin-token")]
    for attempt in range(5):
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        files = server.directory / "files"
        before = sum(path.is_file() for path in files.rglob("*"))
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if sum(path.is_file() for path in files.rglob("*")) >= min(before + 150, 1797):
                break
            time.sleep(0.005)
        server.kill()
        assert process.wait(timeout=120) in (0, 1, 5)
        server.start()
    last = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert last.returncode == 0, last.stderr
    report = json.loads(last.stdout)
    assert report["checks"] == {"counts": True, "digests": True, "labels": True} and report["units"] == 1797
    assert server.stop() == 0
    check_database(server.directory)
    database = sqlite3.connect(server.directory / "synapse.db")
    stored = sum(path.is_file() for path in (server.directory / "files").rglob("*"))
    rows = database.execute("SELECT count(*) FROM stored_file").fetchone()[0]
    assert stored == rows == 1797
