"""docs/parity.md names everything that the documentation and the SDK have, and everything that it names exists."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
import requests
from synapse_sdk.clients.backend import BackendClient

PACKAGE = Path(__file__).parents[2]
PARITY = PACKAGE / "docs" / "parity.md"

# The names of the documentation.
OPERATIONS = """
get_project get_task annotate_task_data list_tasks create_tasks set_tags_tasks create_chunked_upload list_data_collection
get_data_collection create_data_file upload_data_file create_data_units get_assignment list_assignments set_tags_assignments
health_check_agent get_plugin create_plugin update_plugin run_plugin create_plugin_release get_plugin_release list_jobs get_job
update_job list_job_console_logs list_storages get_storage create_storage list_models get_model create_model
list_ground_truth_events get_ground_truth_version
""".split()
BEHAVIOUR = """
BackendClient(base_url) BackendClient(access_token) BackendClient(authorization_token) BackendClient(tenant)
BackendClient(agent_token) BackendClient(timeout) StorageCategory StorageProvider ClientError ClientError.status_code
ClientError.response list_all url_conversion
""".split() + ["page, page_size"]
CATEGORIES = {"internal", "external"}
PROVIDERS = {"amazon_s3", "azure", "digital_ocean", "file_system", "ftp", "sftp", "minio", "gcp"}
# What the SDK's client has beside its operations: its way to send a request, and the state of its connections.
PLUMBING = {"exists", "close", "reset_connection"}


class Row:
    def __init__(self, cells: list[str]):
        self.documented, self.sdk, self.swift, *middle, self.tests = cells
        self.cells = cells
        self.endpoint, self.server, self.command = middle or ("", "", "")

    def __repr__(self) -> str:
        return (names(self.sdk) or names(self.documented) or ["?"])[0]


def rows(text: str) -> list[Row]:
    found = []
    for line in text.splitlines():
        if line.startswith("|") and not re.match(r"\|(---|\s*Documented)", line):
            found.append(Row([cell.strip() for cell in line.strip("|").split(" | ")]))
    return found


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def only(cell: str) -> str:
    """The one name of a cell, without what is in brackets behind it."""
    return names(cell)[0].split("(list_all")[0] if names(cell) else ""


TABLE = rows(PARITY.read_text())
BEHAVIOUR_ROWS = [row for row in TABLE if not row.endpoint]
OPERATION_ROWS = [row for row in TABLE if row.endpoint]


def sdk_operations() -> set[str]:
    return {
        name
        for name, member in inspect.getmembers(BackendClient, callable)
        if not name.startswith("_") and name not in PLUMBING
    }


@cache
def sources(pattern: str) -> str:
    return "\n".join(path.read_text() for path in sorted(PACKAGE.glob(pattern)) if ".build" not in path.parts)


def test_every_documented_operation_has_a_row():
    assert set(OPERATIONS) - {only(row.documented) for row in OPERATION_ROWS} == set()


def test_every_operation_of_the_sdk_has_a_row():
    assert sdk_operations() - {only(row.sdk) for row in TABLE} == set()


def test_every_documented_value_and_behaviour_has_a_row():
    assert set(BEHAVIOUR) - {only(row.documented) for row in BEHAVIOUR_ROWS} == set()
    declared = sources("Sources/SynapseModels/**/*.swift")
    for value in CATEGORIES | PROVIDERS:
        assert f'"{value}"' in declared, f"no value {value}"


def test_no_cell_is_empty():
    for row in TABLE:
        assert len(row.cells) in (4, 7), row
        assert all(cell not in ("", "``") for cell in row.cells), row
        # A dash says that one of the two sources does not have it; what is here has no dash.
        assert {row.documented, row.sdk} != {"—"}, row
        assert "—" not in row.cells[2:], row


@pytest.mark.parametrize("row", OPERATION_ROWS + BEHAVIOUR_ROWS, ids=repr)
def test_the_swift_name_exists(row):
    source = sources("Sources/SynapseClient/**/*.swift") + sources("Sources/SynapseModels/**/*.swift")
    kinds = "func" if row.endpoint else "func|struct|enum|var|class"
    for name in names(row.swift):
        declared = re.search(rf"public (?:static )?(?:{kinds}) {name}\b", source)
        # A parameter of the constructor.
        argument = not row.endpoint and re.search(rf"\b{name}: [A-Z]\w*\??(?: =|,|\))", source)
        assert declared or argument, f"the client has no {name}"


def holds_route(source: str, method: str, path: str) -> bool:
    """Whether a file of routes registers a path: as one literal, or as a list of beginnings with an ending."""
    wanted = path.strip("/")
    on = rf"\.on(?:Stream|Open)?\(\s*\.{method.lower()},\s*"
    registered = re.findall(on + r"(\"[^\"]+\"|path(?: \+ \"[^\"]+\")?)", source)
    beginnings = [word for group in re.findall(r"for path in \[([^\]]+)\]", source) for word in names_in_quotes(group)]
    for literal in registered:
        ending = names_in_quotes(literal)
        if literal.startswith("path"):
            if wanted in [beginning + "".join(ending) for beginning in beginnings]:
                return True
        elif ending == [wanted]:
            return True
    return False


def names_in_quotes(text: str) -> list[str]:
    return re.findall(r'"([^"]+)"', text)


@pytest.mark.parametrize("row", OPERATION_ROWS, ids=repr)
def test_the_endpoint_exists(row, server):
    method, path = only(row.endpoint).split()
    # A path that the server has answers a method that it has not with those that it has.
    answer = requests.request("TRACE", f"{server.url}/{re.sub('{[a-z]+}', '1', path)}", timeout=30)
    assert answer.status_code == 405, f"the server has no {path}"
    assert method in re.split(r",\s*", answer.headers["Allow"]), f"the server has no {method} {path}"
    for file in names(row.server):
        source = PACKAGE / "Sources/SynapseServer/Routes" / f"{file}.swift"
        assert source.exists(), file
        assert holds_route(source.read_text(), method, path), f"{file} has no {method} {path}"


@pytest.mark.parametrize("row", OPERATION_ROWS, ids=repr)
def test_the_command_exists(row):
    if row.command.startswith("none: "):
        assert len(row.command) > 25, "a reason is due"
    for command in names(row.command):
        words = command.split()
        assert words[0] == "synapse" and len(words) > 1, command
        shown = subprocess.run(
            [os.environ["SYNAPSE_BINARY"], *words[1:], "--help"], capture_output=True, text=True, timeout=30
        )
        assert shown.returncode == 0, command
        # The help of a command that is not there is that of the one above it.
        assert f"USAGE: {command}" in shown.stdout, f"there is no '{command}'"


@pytest.mark.parametrize("row", OPERATION_ROWS + BEHAVIOUR_ROWS, ids=repr)
def test_the_tests_exist(row):
    assert names(row.tests), "a test is due"
    for name in names(row.tests):
        if "::" in name:
            file, function = name.split("::")
            assert re.search(rf"^def {function}\(", (PACKAGE / "Tests/Interop" / file).read_text(), re.M), name
        else:
            suite, _, test = name.partition("/")
            files = [p for p in PACKAGE.glob("Tests/*/**/*.swift") if re.search(rf"\b{suite}\b", p.read_text())]
            declared = re.compile(rf"func (?:`{re.escape(test)}`|{re.escape(test)}\()")
            assert any(declared.search(path.read_text()) for path in files), name


def body_of(source: str, function: str) -> str:
    """A Python function's text."""
    return re.search(rf"^def {function}\(.*?(?=^\S|\Z)", source, re.M | re.S)[0]


def calls(row: Row) -> tuple[bool, bool]:
    """Whether a named Swift test's file calls the Swift operation, and a named Python test the SDK's method."""
    swift = python = False
    for name in names(row.tests):
        if "::" in name:
            python |= bool(re.search(rf"\b{only(row.sdk)}\b", body(name)))
        else:
            suite = name.partition("/")[0]
            for path in PACKAGE.glob(f"Tests/*/**/{suite}.swift"):
                swift |= any(re.search(rf"\.{operation}\(", path.read_text()) for operation in names(row.swift))
    return swift, python


def body(name: str) -> str:
    file, function = name.split("::")
    return body_of((PACKAGE / "Tests/Interop" / file).read_text(), function)


@pytest.mark.parametrize("row", OPERATION_ROWS, ids=repr)
def test_the_named_tests_call_the_operation(row):
    swift, python = calls(row)
    assert swift, f"no named Swift test calls {only(row.swift)}"
    assert python or row.sdk == "—", f"no named Python test calls {only(row.sdk)}"


def test_every_operation_is_named_in_the_guide_for_python_users():
    guide = (PACKAGE / "Sources/SynapseClient/Documentation.docc/MovingFromPython.md").read_text()
    for row in OPERATION_ROWS:
        assert f"`{only(row.swift)}`" in guide, only(row.swift)
        if row.sdk != "—":
            assert f"`{only(row.sdk)}`" in guide, only(row.sdk)
