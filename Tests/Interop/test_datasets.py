"""`synapse upload`: no file is lost, whatever happens, and nothing is made twice."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

BINARY = os.environ["SYNAPSE_BINARY"]
FULL = os.environ.get("SYNAPSE_TEST_FULL") == "1"


class Folder:
    """A folder that goes to a collection of its own, with a state folder of its own."""

    def __init__(self, server, tmp_path: Path, *, project: bool = False, specifications: list[dict] | None = None):
        self.server = server
        self.path = tmp_path / "data"
        self.path.mkdir()
        self.state = tmp_path / "state"
        self.collection = server.post("data_collections/", {
            "name": f"dataset {time.monotonic_ns()}", "category": "image",
            "file_specifications": specifications or [{"name": "image", "file_type": "image", "is_required": True, "is_primary": True}],
        })["id"]
        self.project = None
        if project:
            self.project = server.post("projects/", {
                "title": f"p {time.monotonic_ns()}", "category": "image", "data_collection": self.collection, "configuration": {},
            })["id"]

    def picture(self, name, size: int = 60) -> bytes:
        path = self.path / name if isinstance(name, str) else os.path.join(os.fsencode(self.path), name)
        content = b"\x89PNG\r\n\x1a\n" + os.urandom(size)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return content

    def arguments(self, *more: str) -> list[str]:
        project = ["--project", str(self.project)] if self.project else []
        return [BINARY, "upload", str(self.path), "--collection", str(self.collection), *project, *more]

    @property
    def environment(self) -> dict:
        return {**os.environ, "SYNAPSE_HOST": self.server.url, "SYNAPSE_ACCESS_TOKEN": self.server.token,
                "SYNAPSE_STATE_DIR": str(self.state)}

    def start(self, *more: str) -> subprocess.Popen:
        return subprocess.Popen(self.arguments(*more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment)

    def run(self, *more: str, status: int = 0, timeout: int = 900):
        result = subprocess.run(self.arguments("-o", "json", *more), capture_output=True, text=True, timeout=timeout, env=self.environment)
        assert result.returncode == status, result.stderr
        report = json.loads(result.stdout) if result.stdout else {}
        report["stderr"] = result.stderr
        return report

    def count(self, what: str = "data_units/") -> int:
        field = {"data_units/": "data_collection", "tasks/": "project"}[what]
        where = {field: self.collection if what == "data_units/" else self.project, "page_size": 1}
        return self.server.get("sdk/tasks/" if what == "tasks/" else what, **where)["count"]


def states(report: dict) -> Counter:
    return Counter(item["state"] for item in report["items"])


def by_path(report: dict) -> dict:
    rows = {item["path"]: item for item in report["items"]}
    assert len(rows) == len(report["items"]), "each file has one row"
    return rows


def test_a_bad_day_loses_nothing(make_server, tmp_path):
    count = 10_000 if FULL else 1_000
    plan = tmp_path / "plan.json"
    faults = [
        {"fault": "status", "status": 503, "probability": 0.0025},
        {"fault": "reset", "probability": 0.0025},
        {"fault": "html", "status": 400, "probability": 0.0025},
        {"fault": "lost_reply", "probability": 0.0025},
    ]
    plan.write_text(json.dumps({"seed": 11, "rules": faults}))
    server = make_server("--fault-plan", str(plan))
    # What sets the scene must not meet the plan.
    server.stop()
    server.arguments = []
    server.start()
    folder = Folder(server, tmp_path, project=True)
    for index in range(count):
        folder.picture(f"{index % 10}/{index:05}.png", 40)
    server.stop()
    server.arguments = ["--fault-plan", str(plan)]
    server.start()
    started = time.monotonic()
    first = subprocess.run(folder.arguments("-o", "json"), capture_output=True, text=True, timeout=900, env=folder.environment)
    seconds = time.monotonic() - started
    assert first.returncode in (0, 2), first.stderr
    report = json.loads(first.stdout)
    assert len(by_path(report)) == count and sum(states(report).values()) == count
    assert report["uploaded"] + report["already_there"] + report["failed"] == count
    met = server.directory.with_suffix(".log").read_text().count("fault on purpose")
    assert met > 0
    server.stop()
    server.arguments = []
    server.start()
    second = folder.run()
    assert second["failed"] == 0 and second["units"] == second["tasks"] == count
    third = folder.run()
    assert (third["uploaded"], third["bytes"], third["already_there"]) == (0, 0, count)
    assert folder.count() == count and folder.count("tasks/") == count
    print(f"{count} files: first run {seconds:.1f} s, {dict(states(report))}, {met} faults met; second {dict(states(second))}")


def test_names(server, tmp_path):
    folder = Folder(server, tmp_path)
    names = ["a b.png", "caf\u00e9.png", "cafe\u0301.png", "\U0001F9ED.png", "x" * 251 + ".png", "one/same.png", "two/same.png",
             "line\r\nbreak.png", 'quote".png', "-.png", "semi;colon.png"]
    for name in names:
        folder.picture(name)
    folder.picture(b"latin-\xe9.png")
    folder.picture(b"dir-\xff/inside.png")
    outside = tmp_path / "outside.png"
    outside.write_bytes(b"\x89PNG\r\n\x1a\nsecret")
    (folder.path / "out.png").symlink_to("../outside.png")
    (folder.path / "absolute.png").symlink_to(outside)
    (folder.path / "in.png").symlink_to("a b.png")
    (folder.path / "loop.png").symlink_to("loop.png")
    (folder.path / "gone.png").symlink_to("nowhere")
    (folder.path / "folder.png").symlink_to("one")
    os.mkfifo(folder.path / "pipe.png")
    before = sorted(path.name for path in tmp_path.iterdir())
    report = folder.run(status=2)
    rows = by_path(report)
    for name in names:
        assert rows[name]["state"] == "uploaded" and rows[name]["data_unit"], name
    assert rows["in.png"]["state"] == "already_there"
    reasons = {path: row["reason"] for path, row in rows.items() if row["state"] in ("failed", "skipped")}
    assert reasons == {
        "latin-\\xE9.png": "name_not_utf8", "dir-\\xFF/inside.png": "name_not_utf8", "out.png": "link_outside",
        "absolute.png": "link_outside", "loop.png": "link_loop", "gone.png": "link_broken", "folder.png": "link_to_folder",
        "pipe.png": "not_a_file",
    }
    assert {rows[name]["state"] for name in ("out.png", "absolute.png")} == {"skipped"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, "state"])
    # The line break of a name steers no terminal and no other line.
    assert "line\r\nbreak" not in report["stderr"]
    assert by_path(folder.run("--follow-links", status=2))["absolute.png"]["state"] == "uploaded"


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every file")
def test_an_unreadable_file_is_one_row(server, tmp_path):
    folder = Folder(server, tmp_path)
    for index in range(3):
        folder.picture(f"{index}.png")
    (folder.path / "1.png").chmod(0)
    rows = by_path(folder.run(status=2))
    assert rows["1.png"]["reason"] == "file_unreadable" and rows["2.png"]["state"] == "uploaded"


def test_a_refused_file_is_one_row_and_may_be_allowed(server, tmp_path):
    folder = Folder(server, tmp_path)
    for index in range(3):
        folder.picture(f"{index}.png")
    (folder.path / "id_rsa").write_text("a key by its name")
    report = folder.run(status=2)
    row = by_path(report)["id_rsa"]
    assert (row["state"], row["reason"]) == ("failed", "unsafe_content") and "SENSITIVE_FILE" in row["message"]
    assert report["uploaded"] == 3
    assert by_path(folder.run("--allow", "SENSITIVE_FILE"))["id_rsa"]["state"] == "uploaded"


def test_a_dry_run_sends_nothing(server, tmp_path):
    folder = Folder(server, tmp_path, specifications=[{"name": "image", "file_type": "image", "extensions": ["png"]}])
    for index in range(5):
        folder.picture(f"{index}.png")
    (folder.path / "notes.txt").write_text("no picture")
    files = server.get("data_files/", page_size=1)["count"]
    report = folder.run("--dry-run")
    assert (report["planned"], report["uploaded"], report["skipped"]) == (5, 0, 1)
    assert report["bytes"] == 5 * 68 and "notes.txt" in report["stderr"]
    assert by_path(report)["notes.txt"]["reason"] == "no_specification"
    assert server.get("data_files/", page_size=1)["count"] == files and folder.count() == 0
    assert folder.run()["uploaded"] == 5
    again = folder.run("--dry-run")
    assert (again["planned"], again["already_there"]) == (0, 5)


def test_metadata_goes_to_the_units_it_names(server, tmp_path):
    folder = Folder(server, tmp_path)
    for name in ("a.png", "b.png", "c.png", "sub/d.png", "x/twin.png", "y/twin.png"):
        folder.picture(name)
    # The file lies among the data and is none of it.
    table = folder.path / "notes.csv"
    table.write_bytes(
        b'\xef\xbb\xbffile,weather,"a ""title""",groups\r\na.png,sun,"two\r\nlines, one comma",train/cats\r\n'
        b'b,rain,,\r\nsub/d.png,snow,x,test\r\n../../x,none,x,\r\n/etc/passwd,none,x,\r\nmissing.png,none,x,\r\ntwin.png,none,x,\r\n')
    report = folder.run("--metadata", str(table))
    rows = by_path(report)
    assert "notes.csv" not in rows
    meta = {path: server.get(f"data_units/{row['data_unit']}/")["meta"] for path, row in rows.items() if "data_unit" in row}
    assert meta["a.png"] == {"weather": "sun", 'a "title"': "two\r\nlines, one comma"}
    assert meta["b.png"] == {"weather": "rain", 'a "title"': ""} and meta["sub/d.png"]["weather"] == "snow"
    assert meta["c.png"] == {}
    reasons = {path: row["reason"] for path, row in rows.items() if row["state"] == "skipped"}
    assert reasons == {"../../x": "metadata_outside", "/etc/passwd": "metadata_outside", "missing.png": "metadata_without_file",
                       "twin.png": "metadata_ambiguous"}
    assert "line 8" in rows["missing.png"]["message"], rows["missing.png"]
    assert re.search(r"no metadata for .*c\.png", report["stderr"])


def test_metadata_as_json(server, tmp_path):
    for number, document in enumerate(({"a.png": {"n": 1, "groups": ["l", "m"]}}, [{"filename": "a", "n": 1, "groups": "l/m"}])):
        base = tmp_path / str(number)
        base.mkdir()
        folder = Folder(server, base)
        folder.picture("a.png")
        path = base / "notes.json"
        path.write_text(json.dumps(document))
        unit = by_path(folder.run("--metadata", str(path)))["a.png"]["data_unit"]
        assert server.get(f"data_units/{unit}/")["meta"] == {"n": 1}


@pytest.mark.parametrize("text, says", [
    ("file,n\na.png,1,2\n", "line 2, column 9: 3 fields, but the header has 2"),
    ("file,n\na.png,x\"y\n", "line 2, column 8: a quote stands inside"),
    ("file,n\na.png,\"x\n", "line 2, column 7: a quoted field is not closed"),
    ("name,n\na.png,1\n", "no column is called file"),
    ("file,n\n,1\n", "line 2, column 1: no file is named"),
    ('[{"n": 1}]', "[0]: no file is named"),
    ('{"a":\n {]}', "line 2, column 3"),
    ('{"a": 1}', '"a": an object is expected'),
    ('{"a": {"n": 1}, "b": {}, "a": {"n": 2}}', "the document: a is there twice"),
    ('{"a": {"n": 1, "n": 2}}', '"a": n is there twice'),
    ('[{"file": "a", "n": 1, "n": 2, "n": 3}]', "[0]: n is there twice"),
])
def test_bad_metadata_is_named_before_anything_is_sent(server, tmp_path, text, says):
    folder = Folder(server, tmp_path)
    folder.picture("a.png")
    path = tmp_path / "notes"
    path.write_text(text)
    result = folder.run("--metadata", str(path), status=64)
    assert says in result["stderr"] and folder.count() == 0


def test_report_and_retry(server, tmp_path):
    folder = Folder(server, tmp_path)
    for index in range(4):
        folder.picture(f"{index}.png")
    (folder.path / "4.png").write_bytes(b"MZ" + b"\0" * 100)
    report = tmp_path / "report.jsonl"
    first = folder.run("--report", str(report), status=2)
    rows = [json.loads(line) for line in report.read_text().splitlines()]
    assert sorted(rows, key=str) == sorted(first["items"], key=str) and str(report) in first["stderr"]
    good = next(row for row in rows if row["path"] == "0.png")
    assert set(good) == {"path", "state", "checksum", "bytes", "data_unit"}
    # What was added meanwhile is not tried, what failed is.
    folder.picture("5.png")
    folder.picture("4.png")
    retried = folder.run("--retry-failed", str(report))
    assert [(row["path"], row["state"]) for row in retried["items"]] == [("4.png", "uploaded")]
    # A half line at the end is what a kill leaves.
    report.write_text(report.read_text() + '{"path": "5.p')
    assert len(folder.run("--retry-failed", str(report))["items"]) == 1
    report.write_text("nonsense\n")
    assert "line 1" in folder.run("--retry-failed", str(report), status=64)["stderr"]


def test_a_retry_gives_a_file_no_notes_of_another(server, tmp_path):
    folder = Folder(server, tmp_path)
    folder.picture("1.png")
    (folder.path / "b").mkdir()
    (folder.path / "b/1.png").write_bytes(b"MZ" + b"\0" * 100)
    notes, report = tmp_path / "notes.csv", tmp_path / "report.jsonl"
    notes.write_text("file,n\n1.png,root\n")
    folder.run("--metadata", str(notes), "--report", str(report), status=2)
    folder.picture("b/1.png")
    retried = by_path(folder.run("--metadata", str(notes), "--retry-failed", str(report)))
    assert list(retried) == ["b/1.png"]
    assert server.get(f"data_units/{retried['b/1.png']['data_unit']}/")["meta"] == {}


def test_units_of_several_files(server, tmp_path):
    folder = Folder(server, tmp_path, specifications=[
        {"name": "image", "file_type": "image", "is_required": True, "extensions": ["png"]},
        {"name": "label", "file_type": "text", "extensions": ["json"]},
    ])
    for name in ("a", "b"):
        folder.picture(f"{name}.png")
        (folder.path / f"{name}.json").write_text(json.dumps({"name": name}))
    (folder.path / "c.json").write_text("{}")
    (folder.path / "b.png").write_bytes(b"MZ" + b"\0" * 100)
    rows = by_path(folder.run(status=2))
    assert rows["a.png"]["data_unit"] == rows["a.json"]["data_unit"] and folder.count() == 1
    assert (rows["b.png"]["reason"], rows["b.json"]["reason"]) == ("unsafe_content", "unit_incomplete")
    assert (rows["c.json"]["state"], rows["c.json"]["reason"]) == ("skipped", "unit_incomplete")


def big_folder(server, tmp_path, count: int = 1500) -> Folder:
    folder = Folder(server, tmp_path, project=True)
    for index in range(count):
        folder.picture(f"{index:04}.png", 1500)
    return folder


def wait_for_units(folder: Folder) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and folder.count() == 0:
        time.sleep(0.02)


def test_ctrl_c_keeps_the_ledger(server, tmp_path):
    folder = big_folder(server, tmp_path)
    process = folder.start()
    wait_for_units(folder)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130 and "go on" in said
    ledger = next(folder.state.glob("datasets/*.ledger.jsonl"))
    kept = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert ledger.stat().st_mode & 0o777 == 0o600
    assert all(row["state"] in ("uploaded", "failed") for row in kept)
    assert folder.run()["units"] == 1500 and folder.count("tasks/") == 1500


def test_kill_in_the_middle_makes_nothing_twice(server, tmp_path):
    folder = big_folder(server, tmp_path)
    for _ in range(2):
        process = folder.start()
        before = folder.count()
        deadline = time.monotonic() + 60
        while process.poll() is None and folder.count() == before and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        process.communicate()
    # What a kill in the middle of a line leaves.
    ledger = next(folder.state.glob("datasets/*.ledger.jsonl"))
    with open(ledger, "a") as file:
        file.write('{"path":"0001.png","sta')
    last = folder.run()
    assert last["units"] == last["tasks"] == 1500 and states(last)["failed"] == 0
    assert folder.count() == 1500 and folder.count("tasks/") == 1500
    assert folder.run()["bytes"] == 0


def test_two_uploads_of_one_folder_do_not_run_at_once(server, tmp_path):
    folder = big_folder(server, tmp_path, 1000)
    process = folder.start()
    wait_for_units(folder)
    second = subprocess.run(folder.arguments(), capture_output=True, text=True, timeout=60, env=folder.environment)
    running = process.poll() is None
    process.communicate(timeout=60)
    assert process.returncode == 0
    if running:
        assert second.returncode == 1 and "is running" in second.stderr


def test_a_server_that_goes_away_is_waited_for(make_server, tmp_path):
    server = make_server()
    folder = big_folder(server, tmp_path)
    process = folder.start("-o", "json")
    wait_for_units(folder)
    server.kill()
    server.start()
    out, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert json.loads(out)["units"] == 1500 and folder.count() == 1500


def test_a_server_that_stays_away_ends_the_run(make_server, tmp_path):
    server = make_server()
    folder = big_folder(server, tmp_path)
    process = folder.start("-o", "json", "--wait", "0")
    wait_for_units(folder)
    server.kill()
    out, said = process.communicate(timeout=120)
    assert process.returncode == 5, said
    report = json.loads(out)
    assert len(by_path(report)) == 1500 and report["failed"] > 0 and "go on" in said
    assert "not_tried" in {item.get("reason") for item in report["items"]}
    server.start()
    assert folder.run()["units"] == 1500 and folder.count("tasks/") == 1500


def test_unchanged_files_are_not_read_again(server, tmp_path):
    folder = Folder(server, tmp_path)
    old = time.time() - 1000
    for index in range(3):
        folder.picture(f"{index}.png")
        os.utime(folder.path / f"{index}.png", (old, old))
    first = by_path(folder.run())
    with open(next(folder.state.glob("datasets/*.ledger.jsonl"))) as ledger:
        assert all("changed" in json.loads(line) for line in ledger)
    # Same size, age and place, another content: the time of the change can't be set back.
    path = folder.path / "1.png"
    kept = path.read_bytes()
    path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    os.utime(path, (old, old))
    rows = by_path(folder.run())
    assert rows["1.png"]["checksum"] != first["1.png"]["checksum"] and rows["1.png"]["state"] == "uploaded"
    assert rows["0.png"] == {**first["0.png"], "state": "already_there"}


def test_a_server_that_is_not_there_at_the_start(make_server, tmp_path):
    server = make_server()
    folder = big_folder(server, tmp_path, 20)
    server.kill()
    report = folder.run("--wait", "0", status=5)
    assert {(row["state"], row["reason"]) for row in report["items"]} == {("failed", "not_tried")}
    assert len(by_path(report)) == 20 and report["report"] in report["stderr"]
    process = folder.start("-o", "json", "--wait", "60")
    time.sleep(0.5)
    server.start()
    out, said = process.communicate(timeout=120)
    assert process.returncode == 0 and json.loads(out)["units"] == 20, said


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_retry_that_is_ended_forgets_no_failure(make_server, tmp_path, end):
    server = make_server()
    folder = big_folder(server, tmp_path)
    report = tmp_path / "report.jsonl"
    server.kill()
    folder.run("--wait", "0", "--report", str(report), status=5)
    before = report.read_bytes()
    assert before.count(b"not_tried") == 1500
    server.start()
    process = folder.start("--retry-failed", str(report), "--report", str(report))
    wait_for_units(folder)
    process.send_signal(end)
    process.communicate(timeout=60)
    assert process.returncode != 0
    if end == signal.SIGKILL:
        assert report.read_bytes() == before
    rows = [json.loads(line) for line in report.read_text().splitlines()]
    assert len({row["path"] for row in rows}) == 1500 and {row.get("reason") for row in rows} <= {None, "not_tried", "interrupted"}
    left = sum(row["state"] == "failed" for row in rows)
    assert left > 0 and len(folder.run("--retry-failed", str(report), "--report", str(report))["items"]) == left
    assert folder.count() == 1500 and b"not_tried" not in report.read_bytes()


def test_an_upload_that_is_interrupted_can_be_retried_by_its_report(make_server, tmp_path):
    folder = big_folder(make_server(), tmp_path)
    report = tmp_path / "report.jsonl"
    process = folder.start("--report", str(report))
    wait_for_units(folder)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    rows = [json.loads(line) for line in report.read_text().splitlines()]
    assert len({row["path"] for row in rows}) == len(rows) == 1500
    assert folder.run("--retry-failed", str(report))["failed"] == 0 and folder.count() == 1500


def test_what_a_dry_run_planned_can_be_sent_by_its_report(server, tmp_path):
    folder = Folder(server, tmp_path)
    folder.picture("a.png")
    report = tmp_path / "report.jsonl"
    report.write_text('{"path":"a.png","state":"failed"}\n')
    folder.run("--retry-failed", str(report), "--report", str(report), "--dry-run")
    assert folder.count() == 0
    assert folder.run("--retry-failed", str(report), "--report", str(report))["uploaded"] == 1
    empty = folder.run("--retry-failed", str(report), "--report", str(report))
    assert (empty["failed"], empty["items"]) == (0, []) and "nothing failed" in empty["stderr"]
    report.write_text("")
    assert "is empty" in folder.run("--retry-failed", str(report), status=64)["stderr"]


def test_a_report_of_another_folder_is_not_retried(server, tmp_path):
    folder = Folder(server, tmp_path)
    folder.picture("a.png")
    report = tmp_path / "report.jsonl"
    report.write_text('{"path":"b.png","state":"failed"}\n')
    assert "of another folder" in folder.run("--retry-failed", str(report), status=64)["stderr"]


def test_files_of_a_folder_that_failed_are_tried(server, tmp_path):
    folder = Folder(server, tmp_path)
    folder.picture("a.png")
    for index in range(3):
        folder.picture(f"closed/{index}.png")
    report = tmp_path / "report.jsonl"
    report.write_text('{"path":"a.png","state":"uploaded"}\n{"path":"closed","state":"failed","reason":"unreadable"}\n')
    assert sorted(by_path(folder.run("--retry-failed", str(report)))) == [f"closed/{index}.png" for index in range(3)]


def test_two_runs_do_not_write_one_report(make_server, tmp_path):
    server = make_server()
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first, second = big_folder(server, tmp_path / "one"), big_folder(server, tmp_path / "two", 20)
    report = tmp_path / "report.jsonl"
    process = first.start("--report", str(report))
    wait_for_units(first)
    assert "another upload writes the report" in second.run("--report", str(report), status=64)["stderr"]
    process.communicate(timeout=120)
    assert process.returncode == 0 and len(report.read_text().splitlines()) == 1500
    second.run("--report", str(report))


def test_a_project_of_another_collection_is_found_out_before_anything_is_sent(server, tmp_path):
    (tmp_path / "other").mkdir()
    folder, other = Folder(server, tmp_path), Folder(server, tmp_path / "other", project=True)
    folder.picture("a.png")
    for more in ([], ["--dry-run"]):
        result = folder.run("--project", str(other.project), *more, status=64)
        assert f"of data collection {other.collection}, not {folder.collection}" in result["stderr"]
    assert folder.count() == 0


def test_a_token_on_standard_input(server, tmp_path):
    folder = Folder(server, tmp_path)
    folder.picture("a.png")
    environment = {name: value for name, value in folder.environment.items() if name != "SYNAPSE_ACCESS_TOKEN"}
    result = subprocess.run(
        folder.arguments("--token-file", "-"), input=server.token + "\n", capture_output=True, text=True, env=environment)
    assert result.returncode == 0, result.stderr
    assert folder.count() == 1


def test_metadata_about_nothing_sends_nothing_and_spelling_does_not_matter(server, tmp_path):
    folder = Folder(server, tmp_path)
    folder.picture("caf\u00e9.png")
    notes = tmp_path / "notes.csv"
    notes.write_text("file,n\nother.png,1\n")
    assert "nothing was sent" in folder.run("--metadata", str(notes), status=64)["stderr"] and folder.count() == 0
    notes.write_text("file,n\ncafe\u0301.png,1\n")
    unit = by_path(folder.run("--metadata", str(notes)))["caf\u00e9.png"]["data_unit"]
    assert server.get(f"data_units/{unit}/")["meta"] == {"n": "1"}


def test_a_wrong_digest_in_the_ledger_costs_one_run(server, tmp_path):
    folder = Folder(server, tmp_path)
    folder.picture("a.png")
    os.utime(folder.path / "a.png", (1, 1))
    time.sleep(2.1)
    folder.run()
    ledger = next(folder.state.glob("datasets/*.ledger.jsonl"))
    ledger.write_text(re.sub('"checksum":"[0-9a-f]*"', f'"checksum":"{"0" * 32}"', ledger.read_text()))
    assert by_path(folder.run(status=2))["a.png"]["reason"] == "checksum_mismatch"
    assert folder.run()["failed"] == 0


def test_a_report_takes_the_place_of_nothing_else(server, tmp_path):
    folder = Folder(server, tmp_path)
    content = folder.picture("a.png")
    folder.picture("b.png")
    notes = tmp_path / "notes.csv"
    notes.write_text("file,n\na.png,1\n")
    text = tmp_path / "text.txt"
    text.write_text("of worth")
    (folder.path / "empty.png").write_bytes(b"")
    for path in (folder.path / "a.png", notes, text, folder.path / "empty.png", folder.path):
        result = folder.run("--metadata", str(notes), "--report", str(path), status=64)
        assert "--report" in result["stderr"], result["stderr"]
    (folder.path / "empty.png").unlink()
    assert (folder.path / "a.png").read_bytes() == content and text.read_text() == "of worth" and folder.count() == 0
    ledger = tmp_path / "ledger.jsonl"
    folder.run()
    os.utime(folder.path / "a.png", (1, 1))
    folder.run()
    ledger.write_bytes(next(folder.state.glob("datasets/*.ledger.jsonl")).read_bytes())
    folder.run("--report", str(ledger), status=64)
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    link = tmp_path / "link"
    link.symlink_to(empty)
    for _ in range(2):
        folder.run("--report", str(link))
    assert link.is_symlink() and len(empty.read_text().splitlines()) == 2


def test_a_retry_names_what_is_gone(server, tmp_path):
    folder = Folder(server, tmp_path)
    folder.picture("a.png")
    for name in ("b.png", "c.png"):
        (folder.path / name).write_bytes(b"MZ" + b"\0" * 100)
    report = tmp_path / "report.jsonl"
    folder.run("--report", str(report), status=2)
    (folder.path / "b.png").unlink()
    folder.picture("c.png")
    rows = by_path(folder.run("--retry-failed", str(report), status=2))
    assert {path: (row["state"], row.get("reason")) for path, row in rows.items()} == {
        "b.png": ("failed", "missing"), "c.png": ("uploaded", None)}
    (folder.path / "a.png").unlink()
    (folder.path / "c.png").unlink()
    assert list(by_path(folder.run("--retry-failed", str(report), status=2))) == ["b.png", "c.png"]
    report.write_text('{"path":"a.png","state":"uploaded"}\n{"path":"b.png","state":"lost"}\n')
    assert "line 2: unknown state 'lost'" in folder.run("--retry-failed", str(report), status=64)["stderr"]


@pytest.mark.parametrize("limit, is_whole", [(45_000, True), (20_000, False)])
def test_a_disk_that_fills_up_does_not_end_the_run(server, tmp_path, limit, is_whole):
    folder = Folder(server, tmp_path)
    for index in range(300):
        folder.picture(f"{index}.png")
        os.utime(folder.path / f"{index}.png", (1, 1))
    report = tmp_path / "report.jsonl"
    result = subprocess.run(
        folder.arguments("--report", str(report)), capture_output=True, text=True, timeout=60, env=folder.environment,
        restore_signals=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert "300 files uploaded" in result.stdout and folder.count() == 300, result.stderr
    assert result.stderr.count("the ledger is not kept any more") == 1, result.stderr
    assert result.returncode == (0 if is_whole else 1), result.stderr
    assert ("is not complete" in result.stderr) != is_whole and report.exists() == is_whole


def test_units_that_keep_other_notes_are_told(server, tmp_path):
    folder = Folder(server, tmp_path)
    content = folder.picture("a.png")
    (folder.path / "twin.png").write_bytes(content)
    folder.picture("c.png")
    notes = tmp_path / "notes.json"
    notes.write_text(json.dumps({"a": {"n": 1, "m": 1.50}, "twin": {"n": 2}, "c": {"z": 1, "a": [1]}}))
    first = folder.run("--metadata", str(notes))
    rows = by_path(first)
    unit = rows["a.png"]["data_unit"]
    assert first["units_with_other_notes"] == 1 and "note" not in rows["a.png"] and "note" not in rows["c.png"]
    assert rows["twin.png"]["note"] == f"the unit of the same content keeps its notes: unit {unit}"
    notes.write_text(json.dumps({"a": {"m": 1.50, "n": 1}, "c": {"z": 2}}))
    second = folder.run("--metadata", str(notes))
    rows = by_path(second)
    assert second["units_with_other_notes"] == 1 and "note" in rows["c.png"] and "note" not in rows["a.png"]
    text = subprocess.run(folder.arguments("--metadata", str(notes)), capture_output=True, text=True, env=folder.environment).stdout
    assert "1 units were there and keep their notes" in text
    assert folder.run()["units_with_other_notes"] == 0


def test_hidden_files_are_skipped(server, tmp_path):
    folder = Folder(server, tmp_path)
    for name in ("a.png", ".b.png", "sub/.c.png", ".git/d.png"):
        folder.picture(name)
    report = folder.run()
    rows = by_path(report)
    assert report["hidden"] == report["skipped"] == 3
    assert {path: row["state"] for path, row in rows.items()} == {
        "a.png": "uploaded", ".b.png": "skipped", "sub/.c.png": "skipped", ".git": "skipped"}
    assert rows[".git"]["reason"] == "hidden" and rows[".git"]["message"] == "a hidden folder"
    text = subprocess.run(folder.arguments(), capture_output=True, text=True, env=folder.environment).stdout
    assert "3 skipped (3 hidden)" in text


def test_what_earlier_runs_left_in_the_folder_is_no_data(server, tmp_path):
    folder = Folder(server, tmp_path, specifications=[{"name": "data", "file_type": "data", "is_required": True, "is_primary": True}])
    (folder.path / "rows.jsonl").write_text('{"path": "x", "state": "open"}\n')
    folder.state = folder.path / "state"
    for number in range(3):
        report = folder.run("--report", str(folder.path / f"r{number}.jsonl"))
        rows = by_path(report)
        assert rows["rows.jsonl"]["state"] == ("already_there" if number else "uploaded")
        assert all(row["reason"] == "report" for path, row in rows.items() if path != "rows.jsonl"), rows
    assert folder.count() == 1 and len(rows) >= 3
