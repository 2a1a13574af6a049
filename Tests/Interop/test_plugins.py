"""Agents, plugins, plugin releases and storages: the SDK drives the server, plain HTTP reads what it did."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
import requests
from synapse_sdk.clients.backend import BackendClient
from synapse_sdk.clients.backend.models import StorageProvider
from synapse_sdk.clients.exceptions import ClientError, NotFoundError
from synapse_sdk.utils.storage.provider import BackendSessionProvider

BINARY = os.environ["SYNAPSE_BINARY"]


def headers(server) -> dict:
    return {"Synapse-Access-Token": f"Token {server.token}"}


@pytest.fixture
def code() -> str:
    return f"plugin-{time.monotonic_ns()}"


def run(server, *arguments: str, **options) -> subprocess.CompletedProcess:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "SYNAPSE_HOST": server.url,
                   "SYNAPSE_ACCESS_TOKEN": server.token}
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, env=environment, **options)


# Agents


def test_list_agents_of_a_fresh_backend(make_server):
    # One that runs jobs is an agent itself.
    agents = make_server().client().list_agents()
    assert [(agent.name, agent.is_connected) for agent in agents] == [("local", True)]
    server = make_server("--no-jobs")
    assert server.client().list_agents() == []
    assert server.get("agents/") == {"count": 0, "next": None, "previous": None, "results": []}


def test_list_agents_and_health_check_agent(server, client):
    made = server.post("agents/", {"name": f"gpu {time.monotonic_ns()}", "url": "http://10.0.0.1:8000"})
    agent = next(agent for agent in client.list_agents() if agent.id == made["id"])
    assert (agent.name, agent.url, agent.token) == (made["name"], made["url"], made["token"])
    assert not agent.is_connected and agent.extract_token() == made["token"]
    answer = client.health_check_agent(agent.token)
    assert answer["id"] == made["id"] and answer["status"] == "connected" and "token" not in answer
    read = server.get(f"agents/{made['id']}/")
    assert read["status"] == "connected" and read["last_seen"] is not None
    assert next(agent for agent in client.list_agents({"search": made["name"]})).is_connected
    with pytest.raises(NotFoundError):
        client.health_check_agent("0" * 40)


# Plugins


def test_create_plugin_get_plugin_update_plugin(server, client, code):
    made = client.create_plugin({"name": "Detector", "code": code, "category": "neural_net", "is_public": True})
    assert server.get(f"plugins/{made['id']}/") == made
    assert client.get_plugin(made["id"])["code"] == code == client.get_plugin(code)["code"]
    changed = client.update_plugin(made["id"], {"description": "finds things", "is_active": False})
    read = server.get(f"plugins/{code}/")
    assert read == changed and (read["description"], read["is_active"], read["name"]) == ("finds things", False, "Detector")
    assert made["id"] in [row["id"] for row in server.get("plugins/", category="neural_net", is_active="False")["results"]]
    with pytest.raises(ClientError) as caught:
        client.create_plugin({"name": "Other", "code": code})
    assert caught.value.status_code == 400 and "code" in caught.value.detail
    with pytest.raises(NotFoundError):
        client.get_plugin(999999)


def test_create_plugin_in_its_documented_form(server, client, code):
    made = client.create_plugin({"name": code.upper(), "description": "no code"})
    assert server.get(f"plugins/{code}/")["id"] == made["id"]


# Releases


def pack(path: Path, content: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("weights.bin", content)


@pytest.fixture
def archive(tmp_path) -> Path:
    path = tmp_path / "plugin.zip"
    pack(path, os.urandom(3 << 20))
    return path


def test_create_plugin_release_with_a_file(server, client, code, archive):
    client.create_plugin({"name": "P", "code": code})
    config = {"code": code, "name": "P", "actions": {"train": {"method": "job"}, "test": {}}}
    made = client.create_plugin_release(
        {"plugin": code, "version": "1.0.0", "config": config, "requirements": ["numpy", "torch>=2"], "debug": True},
        file=archive)
    read = server.get(f"plugin_releases/{made['id']}/")
    assert read["config"] == config and read["requirements"] == ["numpy", "torch>=2"] and read["debug"] is True
    assert read["available_actions"] == ["train", "test"] and read["version"] == "1.0.0"
    content = requests.get(read["file"], timeout=30)
    assert content.content == archive.read_bytes()
    assert read["checksum"] == hashlib.md5(content.content).hexdigest() and read["size"] == len(content.content)
    # Debugging releases are replaced under the same id.
    pack(archive, b"changed")
    again = client.create_plugin_release({"plugin": code, "version": "1.0.0", "debug": True}, file=str(archive))
    assert again["id"] == made["id"]
    assert requests.get(server.get(f"plugin_releases/{made['id']}/")["file"], timeout=30).content == archive.read_bytes()


def test_create_plugin_release_without_a_file_and_a_version_that_exists(server, client, code):
    client.create_plugin({"name": "P", "code": code})
    made = client.create_plugin_release({"plugin": code, "version": "1.0.0"})
    read = server.get(f"plugin_releases/{made['id']}/")
    assert read["file"] is None and read["debug"] is False and read["config"] == {}
    with pytest.raises(ClientError) as caught:
        client.create_plugin_release({"plugin": code, "version": "1.0.0"})
    assert caught.value.status_code == 400
    assert "version_exists" in str(caught.value) and "already exists" in str(caught.value)
    with pytest.raises(ClientError) as caught:
        client.create_plugin_release({"plugin": "nobody-knows-it", "version": "1.0.0"})
    assert "nobody-knows-it" in str(caught.value.detail["plugin"])


def test_get_plugin_release_list_plugin_releases_and_get_plugin_release_by_lookup(server, client, code):
    plugin = client.create_plugin({"name": "P", "code": code})
    ids = [
        client.create_plugin_release({"plugin": code, "version": version, "config": {"code": code, "v": version}})["id"]
        for version in ("1.0.0", "1.0.1", "a/b c")
    ]
    rows = client.list_plugin_releases(code)
    assert [row["id"] for row in rows] == ids[::-1] and rows[0]["config"]["v"] == "a/b c"
    assert [row["id"] for row in client.list_plugin_releases(code, params={"page_size": 1})] == [ids[2]]
    assert [row["id"] for row in client.list_plugin_releases(str(plugin["id"]))] == ids[::-1]
    assert client.get_plugin_release(ids[0])["plugin"] == plugin["id"]
    assert client.get_plugin_release(ids[0], params={"expand": "plugin"})["plugin"]["code"] == code
    for lookup, release in ((f"{code}@1.0.1", ids[1]), (f"{code}@a/b c", ids[2]), (str(ids[0]), ids[0])):
        found = client.get_plugin_release_by_lookup(lookup)
        assert found["id"] == release and found["plugin"]["code"] == code
        assert found["plugin"]["manifest"] == server.get(f"plugins/{code}/")["manifest"]
    assert client.get_plugin_release_by_lookup(f"{code}@1.0.0", expand=None)["plugin"] == plugin["id"]
    with pytest.raises(NotFoundError):
        client.get_plugin_release_by_lookup(f"{code}@9.9.9")


def test_publishing_with_the_command_line_of_the_sdk(server, client, code, tmp_path):
    folder = tmp_path / "plugin"
    (folder / "plugin").mkdir(parents=True)
    (folder / "config.yaml").write_text(
        f"name: Published\ncode: {code}\nversion: 1.0.0\ncategory: export\ndescription: from the command line\n"
        "actions:\n  export:\n    entrypoint: plugin.export.Export\n    method: job\n")
    (folder / "plugin" / "__init__.py").touch()
    (folder / "plugin" / "export.py").write_text("class Export:\n    pass\n")
    sdk = Path(os.sys.executable).parent / "synapse"
    command = [str(sdk), "plugin", "publish", "-p", str(folder), "--host", server.url, "--token", server.token, "-y"]
    environment = {**os.environ, "HOME": str(tmp_path)}
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert result.returncode == 0, result.stdout + result.stderr
    plugin = server.get(f"plugins/{code}/")
    assert (plugin["name"], plugin["category"], plugin["description"]) == ("Published", "export", "from the command line")
    release = client.get_plugin_release_by_lookup(f"{code}@1.0.0")
    assert release["config"]["actions"]["export"]["method"] == "job"
    assert requests.get(release["file"], timeout=30).content[:2] == b"PK"


# Storages

CONFIGURATIONS = {
    "amazon_s3": {"bucket_name": "b", "access_key": "hush-a", "secret_key": "hush-b"},
    "azure": {"container": "c", "connection_string": "AccountName=x;AccountKey=hush"},
    "digital_ocean": {"bucket_name": "b", "access_key": "hush-a", "secret_key": "hush-b", "region_name": "ams3"},
    "file_system": {"location": "/mnt/data"},
    "ftp": {"host": "ftp.example", "username": "u", "password": "hush", "port": 21, "root_path": "/"},
    "sftp": {"host": "h", "username": "u", "password": "hush"},
    "minio": {"bucket_name": "b", "access_key": "hush-a", "secret_key": "hush-b", "endpoint_url": "http://minio:9000"},
    "gcp": {"bucket_name": "b", "credentials": {"private_key": "hush"}},
    "synology": {"url": "https://nas.example", "username": "u", "password": "hush"},
    "smb": {"host": "10.0.0.2", "share": "s", "username": "u", "password": "hush"},
}


def test_every_provider_of_the_sdk_has_a_case():
    assert set(CONFIGURATIONS) == {provider.value for provider in StorageProvider}


@pytest.mark.parametrize("provider", CONFIGURATIONS)
def test_get_storage_of_each_provider(make_server, provider):
    server = make_server()
    client = server.client()
    configuration = CONFIGURATIONS[provider]
    made = server.post("storages/", {"name": "s", "provider": provider, "configuration": configuration})
    storage = client.get_storage(made["id"])
    assert (storage.provider, storage.configuration, storage.category) == (provider, configuration, "internal")
    # Opening would connect to the storage; this is what the SDK opens it with.
    payload = BackendSessionProvider(client)._fetch_session_payload(made["id"], "write")
    assert payload == {"provider": provider, "configuration": configuration, "expires_at": None, "contract_version": 1}
    shown = [requests.get(f"{server.url}/{path}", headers=headers(server), timeout=30).text
             for path in ("storages/", f"storages/{made['id']}/")]
    broken = {key: value for key, value in configuration.items() if key not in ("bucket_name", "host", "url", "container",
                                                                                "location")}
    refused = requests.post(f"{server.url}/storages/", headers=headers(server), timeout=30,
                            json={"name": "t", "provider": provider, "configuration": broken})
    assert refused.status_code == 400 and "required" in refused.text
    shown += [refused.text, server.directory.with_suffix(".log").read_text()]
    assert all("hush" not in text for text in shown) and provider in shown[0]


def test_get_default_storage(make_server):
    server = make_server()
    client = server.client()
    born = client.get_default_storage()
    assert born["is_default"] is True and born["provider"] == "file_system"
    location = Path(client.get_storage(born["id"]).configuration["location"])
    assert location.is_dir() and server.directory in location.parents
    made = server.post("storages/", {"name": "bucket", "provider": "amazon_s3", "is_default": True,
                                     "configuration": CONFIGURATIONS["amazon_s3"]})
    assert client.get_default_storage()["id"] == made["id"]
    assert server.get(f"storages/{born['id']}/")["is_default"] is False


def test_a_folder_as_storage_is_used_through_a_session(make_server):
    server = make_server()
    client = server.client()
    storage = client.get_default_storage()
    session = BackendSessionProvider(client).open(storage["id"], purpose="write")
    assert (session.provider, session.purpose, session.contract_version) == ("file_system", "write", 1)
    session.path("/in").mkdir(parents=True)
    session.path("/in/a.txt").write_text("hello")
    assert (Path(client.get_storage(storage["id"]).configuration["location"]) / "in" / "a.txt").read_text() == "hello"


def test_session_refusals_have_a_code(server, client):
    made = server.post("storages/", {"name": f"smb {time.monotonic_ns()}", "provider": "smb",
                                     "configuration": {"host": "10.0.0.2", "share": "s"}})
    with pytest.raises(ClientError) as caught:
        BackendSessionProvider(client).open(made["id"])
    assert caught.value.status_code == 400 and caught.value.detail["code"] == "credential_not_registered"
    with pytest.raises(NotFoundError):
        client.get_storage(999999)


# The command line


def test_synapse_agent(server):
    name = f"cli {time.monotonic_ns()}"
    made = json.loads(run(server, "agent", "create", "--name", name, "-o", "json").stdout)
    # Looking at an agent is no sign of its life; its own token is.
    looked_at = run(server, "agent", "check", str(made["id"]))
    assert looked_at.returncode == 1 and "disconnected" in looked_at.stdout
    assert server.get(f"agents/{made['id']}/")["status"] == "disconnected"
    by_token = run(server, "agent", "check", "--agent-token-file", "-", input=made["token"] + "\n")
    assert by_token.returncode == 0 and name in by_token.stdout and made["token"] not in by_token.stdout + by_token.stderr
    checked = json.loads(run(server, "agent", "check", str(made["id"]), "-o", "json").stdout)
    assert checked["status"] == "connected" == server.get(f"agents/{made['id']}/")["status"]
    table = run(server, "agent", "list", "--all").stdout
    assert name in table and made["token"] not in table
    assert name in run(server, "agent", "get", str(made["id"])).stdout
    unknown = run(server, "agent", "check", "--agent-token-file", "-", input="f" * 40)
    assert unknown.returncode == 4 and "f" * 40 not in unknown.stderr


def test_what_keeps_jobs_from_running_is_said(make_server, tmp_path):
    for argument, waits in ((["--python", "/nope"], "waits: "), (["--no-jobs"], "waits for whoever runs it")):
        server = make_server(*argument)
        if agents := server.get("agents/")["results"]:
            checked = run(server, "agent", "check", str(agents[0]["id"]))
            assert checked.returncode == 1 and "disconnected" in checked.stdout
            assert "/nope is no Python" in checked.stderr
        else:
            assert run(server, "agent", "create", "--name", "outside").returncode == 0
        folder = tmp_path / argument[0].strip("-")
        assert run(server, "plugin", "init", str(folder)).returncode == 0
        code = json.loads(run(server, "plugin", "publish", str(folder), "-o", "json").stdout)["code"]
        job = json.loads(run(server, "plugin", "run", code, "run").stdout)["job_id"]
        waited = run(server, "job", "wait", job, "--for", "3")
        assert waited.returncode == 1 and waited.stderr.count(waits) == 1 and "PENDING 0 %" not in waited.stderr
        assert waits in run(server, "job", "get", job).stdout


def test_synapse_plugin(server, code, archive):
    made = json.loads(run(server, "plugin", "create", "--code", code, "--name", "P", "--category", "export",
                          "-o", "json").stdout)
    assert run(server, "plugin", "update", code, "--description", "d", "--no-active").returncode == 0
    read = server.get(f"plugins/{code}/")
    assert (read["id"], read["description"], read["is_active"]) == (made["id"], "d", False)
    shown = json.loads(run(server, "plugin", "get", code, "-o", "json").stdout)
    assert shown == read
    assert code in run(server, "plugin", "list", "--category", "export", "--all").stdout
    release = run(server, "plugin", "release", "create", str(archive), "--plugin", code, "--release", "1.0", "--config",
                  "-", "--requirement", "numpy", "-o", "json", input=json.dumps({"code": code, "actions": {"a": {}}}))
    assert release.returncode == 0, release.stderr
    release = server.get(f"plugin_releases/{json.loads(release.stdout)['id']}/")
    assert release["requirements"] == ["numpy"] and release["available_actions"] == ["a"]
    assert requests.get(release["file"], timeout=30).content == archive.read_bytes()
    assert code in run(server, "plugin", "release", "get", f"{code}@1.0").stdout
    assert "1.0" in run(server, "plugin", "release", "list", "--plugin", code).stdout
    again = run(server, "plugin", "release", "create", "--plugin", code, "--release", "1.0")
    assert again.returncode == 1 and "already exists" in again.stderr


def test_synapse_storage(server, tmp_path):
    name = f"cli {time.monotonic_ns()}"
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(CONFIGURATIONS["sftp"]))
    create = ["storage", "create", "--name", name, "--provider", "sftp", "--category", "external", "-o", "json"]
    made = run(server, *create, "--configuration", f"@{settings}")
    assert made.returncode == 0 and "hush" not in made.stdout, made.stderr
    storage = json.loads(made.stdout)
    on_argument = run(server, *create, "--configuration", settings.read_text())
    assert on_argument.returncode == 64 and "hush" not in on_argument.stderr
    broken = run(server, *create, "--configuration", "-", input='{"host": "h", "password": "hush"}')
    assert broken.returncode == 1 and "username" in broken.stderr and "hush" not in broken.stderr
    listed = run(server, "storage", "list", "--category", "external", "--all", "-o", "json").stdout
    assert name in listed and "hush" not in listed
    whole = json.loads(run(server, "storage", "get", str(storage["id"]), "--with-configuration", "-o", "json").stdout)
    assert whole["configuration"] == CONFIGURATIONS["sftp"]
    assert "hush" not in run(server, "storage", "get", str(storage["id"]), "-o", "json").stdout
    update = run(server, "storage", "update", str(storage["id"]), "--configuration", "-", input='{"host": "h2"}')
    assert update.returncode == 0
    assert server.get(f"storages/{storage['id']}/", with_configuration="1")["configuration"]["host"] == "h2"
    assert "file_system" in run(server, "storage", "default").stdout
