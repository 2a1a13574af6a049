"""Uploads that are killed, cut and damaged: the same command again goes on, and the bytes are right.

SYNAPSE_TEST_FULL=1 takes 2 GiB and a network that is away for 60 seconds; the sizes else are for every day.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from conftest import BINARY
from wire import Wire

MIB = 1 << 20
FULL = os.environ.get("SYNAPSE_TEST_FULL") == "1"
SIZE = (2048 if FULL else 96) * MIB + 12345
CHUNK = (50 if FULL else 8) * MIB
# Slow enough that there is a middle to be killed in.
RATE = (400 if FULL else 60) * MIB
# What requests weigh besides the bytes of the file.
HEADS = 64 << 10


@pytest.fixture
def state(tmp_path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def big(tmp_path) -> Path:
    path = tmp_path / "big.bin"
    write(path, SIZE)
    return path


def write(path: Path, size: int) -> None:
    """Bytes that differ everywhere, made fast."""
    block = os.urandom(MIB)
    with open(path, "wb") as file:
        for number in range(0, size, MIB):
            piece = number.to_bytes(8, "big") + block[8:]
            file.write(piece[: min(MIB, size - number)])


def md5(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def begin(url: str, server, state: Path, *arguments, chunk: int = CHUNK, **options) -> subprocess.Popen:
    environment = {
        **os.environ, "SYNAPSE_STATE_DIR": str(state), "SYNAPSE_HOST": url, "SYNAPSE_ACCESS_TOKEN": server.token,
    }
    return subprocess.Popen(
        [BINARY, *map(str, arguments), *(["--chunk-size", str(chunk)] if chunk else [])],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )


def upload(url: str, server, state: Path, path: Path, *arguments, chunk: int = CHUNK):
    """Runs `synapse file upload` to its end: exit status, JSON, and what it said."""
    process = begin(url, server, state, "file", "upload", path, "--output", "json", *arguments, chunk=chunk)
    output, said = process.communicate(timeout=600)
    return process.returncode, json.loads(output) if output else None, said


def checkpoints(state: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted(state.glob("uploads/*.json"))]


def killed(wire: Wire, server, state: Path, path: Path, share: float = 0.6, signal_number: int = signal.SIGKILL) -> int:
    """Ends an upload somewhere behind a share of the file; answers how much is acknowledged."""
    process = begin(wire.url, server, state, "file", "upload", path)
    wire.wait_for(int(path.stat().st_size * share))
    process.send_signal(signal_number)
    process.communicate(timeout=60)
    wire.wait_until_idle()
    (checkpoint,) = checkpoints(state)
    assert checkpoint["size"] == path.stat().st_size
    assert (checkpoint["offset"], checkpoint["checked_size"]) == (checkpoint["offset"],) * 2
    return checkpoint["offset"]


def only_file(server, path: Path, stored: dict) -> None:
    """The server has one file, with the bytes that the path has."""
    files = server.get("data_files/")
    assert files["count"] == 1
    assert (stored["checksum"], stored["size"]) == (md5(path), path.stat().st_size)
    found = [file for file in (server.directory / "files").rglob("*") if file.is_file()]
    assert [md5(file) for file in found] == [md5(path)]


def test_a_client_that_is_killed_goes_on(make_server, state, big):
    server = make_server()
    with Wire(server.port, RATE) as wire:
        acknowledged = killed(wire, server, state, big)
        assert 0.4 * SIZE < acknowledged < SIZE
        before, wire.rate = wire.sent, None
        status, stored, said = upload(wire.url, server, state, big)
        assert status == 0, said
        assert "going on at" in said
        # Of what was acknowledged nothing goes out again; the chunk on the way may.
        assert wire.sent - before <= SIZE - acknowledged + HEADS
        assert wire.sent <= SIZE + CHUNK + 2 * HEADS
        assert stored["upload"]["resumed_at"] >= acknowledged
        assert stored["upload"]["resent"] == 0 and stored["upload"]["started_over"] is None
        assert stored["upload"]["sent"] == SIZE - stored["upload"]["resumed_at"]
    only_file(server, big, stored)
    assert not list(state.glob("uploads/*"))


def test_a_server_that_is_killed_is_waited_for(make_server, state, big):
    server = make_server()
    with Wire(server.port, RATE) as wire:
        process = begin(wire.url, server, state, "file", "upload", big, "--output", "json")
        wire.wait_for(int(SIZE * 0.6))
        server.kill()
        time.sleep(1)
        server.start()
        wire.rate = None
        output, said = process.communicate(timeout=600)
        assert process.returncode == 0, said
        assert wire.sent <= SIZE + 2 * CHUNK + 4 * HEADS
        assert "trying again" in said
    only_file(server, big, json.loads(output))


@pytest.mark.parametrize("resets", [False, True])
def test_a_network_that_is_away_is_waited_for(make_server, state, big, resets):
    server = make_server()
    with Wire(server.port, RATE) as wire:
        process = begin(wire.url, server, state, "file", "upload", big, "--output", "json")
        wire.wait_for(int(SIZE * 0.5))
        # Longer than four quick attempts take.
        wire.cut(60 if FULL else 10, resets=resets)
        wire.rate = None
        output, said = process.communicate(timeout=600)
        assert process.returncode == 0, said
        assert wire.sent <= SIZE + 3 * CHUNK + 4 * HEADS
    only_file(server, big, json.loads(output))


def test_patience_ends_and_the_next_run_goes_on(make_server, state, big):
    server = make_server()
    with Wire(server.port, RATE) as wire:
        process = begin(wire.url, server, state, "file", "upload", big, "--patience", 1)
        wire.wait_for(int(SIZE * 0.5))
        threading.Thread(target=wire.cut, args=(3600, True), daemon=True).start()
        _, said = process.communicate(timeout=120)
        assert process.returncode == 5
        assert re.search(r"the upload stopped at byte \d+ of \d+", said) and "to go on" in said
    status, stored, said = upload(server.url, server, state, big)
    # The address of the server is another, so this is another upload; the one of old is found under its own.
    assert status == 0 and stored["upload"]["resumed_at"] == 0
    only_file(server, big, stored)


def test_an_interrupt_says_how_to_go_on(make_server, state, big):
    server = make_server()
    with Wire(server.port, RATE) as wire:
        process = begin(wire.url, server, state, "file", "upload", big)
        wire.wait_for(int(SIZE * 0.4))
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "Run the same command to go on" in said
        wire.rate = None
        status, stored, said = upload(wire.url, server, state, big)
        assert status == 0 and "going on at" in said and stored["upload"]["resumed_at"] > 0
    only_file(server, big, stored)


@pytest.mark.parametrize("time_is_put_back", [False, True])
def test_a_file_that_changed_is_sent_from_its_beginning(make_server, state, big, time_is_put_back):
    server = make_server()
    with Wire(server.port, RATE) as wire:
        acknowledged = killed(wire, server, state, big)
        times = big.stat()
        with open(big, "r+b") as file:
            file.seek(acknowledged // 2)
            byte = file.read(1)[0]
            file.seek(acknowledged // 2)
            file.write(bytes([byte ^ 1]))
        if time_is_put_back:
            os.utime(big, ns=(times.st_atime_ns, times.st_mtime_ns))
        wire.rate = None
        status, stored, said = upload(wire.url, server, state, big)
    assert status == 0, said
    assert "the file has changed" in said
    assert stored["upload"]["started_over"] == "source_changed" and stored["upload"]["resumed_at"] == 0
    only_file(server, big, stored)
    assert server.get("chunked_upload/")["count"] == 0


def test_a_change_behind_what_was_remembered_is_found_by_the_server(make_server, state, big):
    """Part of the chunk that was on its way may be stored: its bytes are nobody's but the server's to check."""
    server = make_server()
    with Wire(server.port, RATE) as wire:
        killed(wire, server, state, big)
        (path,) = state.glob("uploads/*.json")
        # As if the last acknowledgement had never arrived.
        remembered = json.loads(path.read_text())
        with open(big, "rb") as file:
            remembered["offset"] = remembered["checked_size"] = remembered["offset"] - CHUNK
            remembered["checked_md5"] = hashlib.md5(file.read(remembered["offset"])).hexdigest()
        path.write_text(json.dumps(remembered))
        times = big.stat()
        with open(big, "r+b") as file:
            file.seek(remembered["offset"] + 5)
            file.write(b"changed")
        os.utime(big, ns=(times.st_atime_ns, times.st_mtime_ns))
        wire.rate = None
        status, stored, said = upload(wire.url, server, state, big)
    assert status == 0, said
    assert stored["upload"]["started_over"] == "damaged"
    only_file(server, big, stored)


def test_an_upload_that_the_server_forgot_is_begun_again(make_server, state, big):
    server = make_server()
    with Wire(server.port, RATE) as wire:
        killed(wire, server, state, big, share=0.3)
        (checkpoint,) = checkpoints(state)
        server.delete(f"chunked_upload/{checkpoint['upload_id']}/")
        wire.rate = None
        status, stored, said = upload(wire.url, server, state, big)
    assert status == 0, said
    assert stored["upload"]["started_over"] == "upload_expired"
    only_file(server, big, stored)


def test_an_upload_that_was_complete_sends_nothing_and_makes_one_file(make_server, state, big):
    server = make_server()
    with Wire(server.port, RATE) as wire:
        killed(wire, server, state, big, share=0.3)
        wire.rate = None
        (path,) = state.glob("uploads/*.json")
        saved = path.read_bytes()
        status, stored, _ = upload(wire.url, server, state, big)
        assert status == 0
        # As if the client had been killed before it took the answer to the end.
        path.write_bytes(saved)
        before = wire.sent
        status, again, said = upload(wire.url, server, state, big)
        assert status == 0, said
        assert again["id"] == stored["id"] and again["upload"]["sent"] == 0
        assert wire.sent - before < HEADS
    only_file(server, big, again)


def test_two_uploads_of_one_file_at_once_are_two(make_server, state, big):
    server = make_server()
    with Wire(server.port, RATE) as wire:
        first = begin(wire.url, server, state, "file", "upload", big, "--output", "json")
        wire.wait_for(int(SIZE * 0.3))
        status, second, said = upload(wire.url, server, state, big)
        output, _ = first.communicate(timeout=600)
    assert (status, first.returncode) == (0, 0)
    assert "another upload of this file is under way" in said
    assert second["id"] == json.loads(output)["id"]
    only_file(server, big, second)
    assert not list(state.glob("uploads/*"))


@pytest.mark.parametrize("size", [0, 1, 50 * MIB - 1, 50 * MIB, 50 * MIB + 1, 100 * MIB])
def test_sizes_around_the_default_chunk(make_server, state, tmp_path, size):
    server = make_server()
    path = tmp_path / "file.bin"
    write(path, size)
    with Wire(server.port) as wire:
        status, stored, said = upload(wire.url, server, state, path, chunk=0)
        assert status == 0, said
        # Up to one chunk it is a direct upload, without ranges.
        assert len(wire.ranges) == (0 if size <= 50 * MIB else -(-size // (50 * MIB)))
        only_file(server, path, stored)
        wire.ranges.clear()
        status, again, said = upload(wire.url, server, state, path, "--chunked", chunk=0)
        assert status == 0, said
        assert wire.ranges == [(start, min(start + 50 * MIB, size) - 1) for start in range(0, size, 50 * MIB)]
        assert again["id"] == stored["id"]


def peak(process) -> tuple[int, int]:
    """The most KiB that a process holds until it ends: without the pages of the program's own file, which depend on how
    it was built, and with them."""
    held = whole = 0
    # Not ru_maxrss: that begins with the peak of the process that this one was forked from.
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            break
        kib = {name: int(size) for name, size in re.findall(r"(\w+):\s+(\d+) kB", status)}
        whole = max(whole, kib.get("VmHWM", 0))
        held = max(held, kib.get("RssAnon", 0), whole - kib.get("RssFile", whole))
        time.sleep(0.01)
    return held, whole


needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read from /proc")


@needs_proc
def test_memory_does_not_grow_with_the_file(make_server, state, tmp_path):
    """What the real program holds at its peak, whatever the size: SYNAPSE_TEST_SPARSE_GIB takes another."""
    server = make_server()
    path = tmp_path / "sparse.bin"
    gib = int(os.environ.get("SYNAPSE_TEST_SPARSE_GIB", "1"))
    with open(path, "wb") as file:
        file.truncate(gib << 30)
    process = begin(server.url, server, state, "file", "upload", path, "--output", "json", chunk=50 * MIB)
    held, whole = peak(process)
    output, said = process.communicate(timeout=3600)
    assert process.returncode == 0, said
    print(f"{gib} GiB: peak {held >> 10} MiB held, {whole >> 10} MiB with the program's pages")
    assert 0 < held << 10 <= 64 * MIB
    assert json.loads(output)["size"] == gib << 30


@needs_proc
def test_the_backend_does_not_grow_with_what_it_takes(make_server, state, tmp_path):
    """What the backend holds after 15 uploads of 100 MiB is about what it held after 5."""
    server = make_server()
    path = tmp_path / "file.bin"
    write(path, 100 * MIB)
    held = []
    for number in range(1, 16):
        status, _, said = upload(server.url, server, state, path, "--chunked", chunk=0)
        assert status == 0, said
        if number in (5, 15):
            text = Path(f"/proc/{server.process.pid}/status").read_text()
            held.append(int(re.search(r"RssAnon:\s+(\d+) kB", text).group(1)) << 10)
    print(f"{held[0] / MIB:.1f} MiB after 5, {held[1] / MIB:.1f} MiB after 15")
    assert 0 < held[1] < held[0] + 5 * MIB


@needs_proc
def test_a_file_more_costs_little_memory(make_server, state, tmp_path):
    """What 20,000 files add to a dry run of 2,000; SYNAPSE_TEST_FILES takes another number."""
    server = make_server()
    collection = server.post("data_collections/", {"name": "many", "category": "image", "file_specifications": [
        {"name": "image", "file_type": "image", "is_required": True, "is_primary": True}]})
    more = int(os.environ.get("SYNAPSE_TEST_FILES", "20000"))
    peaks = []
    for count in (2000, 2000 + more):
        folder = tmp_path / f"{count}"
        folder.mkdir()
        for index in range(count):
            (folder / f"picture-{index:07}.png").write_bytes(b"\x89PNG\r\n\x1a\n%d" % index)
        process = begin(server.url, server, state, "upload", folder, "--collection", collection["id"], "--dry-run", chunk=0)
        held, whole = peak(process)
        output, said = process.communicate(timeout=3600)
        assert process.returncode == 0 and f"{count} files would be uploaded" in output, output + said
        print(f"{count} files: peak {held >> 10} MiB held, {whole >> 10} MiB with the program's pages")
        assert 0 < held << 10 <= 64 * MIB
        peaks.append(held << 10)
    assert (peaks[1] - peaks[0]) / more < 600


def test_sessions_are_listed_and_cleared(make_server, state, big):
    server = make_server()
    with Wire(server.port, RATE) as wire:
        acknowledged = killed(wire, server, state, big, share=0.3)
        foreign = server.client()

        def session(*arguments) -> tuple[int, str, str]:
            process = begin(wire.url, server, state, "upload-session", *arguments, chunk=0)
            return (*process.communicate(timeout=60), process.returncode)

        wire.rate = None
        output, _, status = session("list", "--output", "json")
        (row,) = json.loads(output)
        assert status == 0 and foreign.get_chunked_upload(row["id"])["offset"] == row["offset"]
        assert row["file"] == str(big) and row["where"] == "both" and row["size"] == SIZE
        assert row["offset"] >= acknowledged and 0 <= row["age"] < 600
        output, _, _ = session("list")
        assert row["id"] in output and "both" in output
        assert "removed" not in session("clear", "--older-than", "1h")[1]
        assert session("clear")[2] == 64
        assert session("clear", "no-such-id")[2] == 4
        _, said, status = session("clear", row["id"])
        assert status == 0 and row["id"] in said
        assert json.loads(session("list", "--output", "json")[0]) == []
    assert server.get("chunked_upload/")["count"] == 0 and not checkpoints(state)


def test_no_secret_is_written_down(make_server, state, big):
    server = make_server()
    with Wire(server.port, RATE) as wire:
        killed(wire, server, state, big, share=0.3)
    (path,) = state.glob("uploads/*.json")
    assert server.token not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
