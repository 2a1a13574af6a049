"""Signing in, users and tokens: by the SDK, by its command line, and by ours."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from synapse_sdk.clients.backend import BackendClient
from synapse_sdk.clients.backend_v2 import BackendClientV2
from synapse_sdk.clients.backend_v2.exceptions import AuthenticationError as AuthenticationErrorV2
from synapse_sdk.clients.exceptions import AuthenticationError, AuthorizationError

BINARY = os.environ["SYNAPSE_BINARY"]
PASSWORD = "correct horse battery"


def run(home: Path, *arguments: str, stdin: str = "", check: bool = True, **environment) -> subprocess.CompletedProcess:
    """Our command line with a home of its own and nothing else in its environment."""
    result = subprocess.run(
        [BINARY, *arguments], input=stdin, capture_output=True, text=True, timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": str(home), **environment},
    )
    if check:
        assert result.returncode == 0, result.stderr
    return result


@pytest.fixture
def user(server) -> dict:
    email = f"user-{time.monotonic_ns()}@example.com"
    return {"email": email, **server.post("users/", {"email": email, "password": PASSWORD, "role": "admin"})}


def test_login_of_the_sdk_gives_a_token_that_its_client_works_with(server, user, project):
    signed_in = BackendClientV2(server.url, tenant="default").auth.login(email=user["email"], password=PASSWORD)
    token = signed_in.token.get_secret_value()
    client = BackendClient(server.url, authorization_token=token, tenant="default")
    assert client.get_project(project["id"])["title"] == project["title"]
    me = requests.get(f"{server.url}/users/me/", headers={"Authorization": f"Token {token}"}, timeout=30).json()
    assert (me["email"], me["role"], me["tenant"]) == (user["email"], "admin", "default")
    with pytest.raises(AuthorizationError):
        BackendClient(server.url, authorization_token=token, tenant="other").get_project(project["id"])
    # Without a tenant it is the one that the user is a member of.
    assert BackendClient(server.url, authorization_token=token).get_project(project["id"])["id"] == project["id"]


def test_login_of_the_sdk_with_a_wrong_password(server, user):
    with pytest.raises(AuthenticationErrorV2):
        BackendClientV2(server.url).auth.login(email=user["email"], password="something else")


def test_login_of_the_sdk_command_line(server, user, project, tmp_path):
    """The SDK's `synapse login` keeps a token; what it kept works for its client and for our command line."""
    token = server.post("tokens/", {"description": "for the SDK"})["token"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    sdk = Path(sys.executable).parent / "synapse"
    done = subprocess.run(
        [sdk, "login", "--host", server.url, "--token", token], capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    script = (
        "from synapse_sdk.utils.auth import create_backend_client; import json; "
        f"print(json.dumps(create_backend_client().get_project({project['id']})))"
    )
    read = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, env=environment)
    assert json.loads(read.stdout.splitlines()[-1])["title"] == project["title"], read.stderr
    assert json.loads(run(tmp_path, "project", "get", str(project["id"]), "-o", "json").stdout)["id"] == project["id"]


def test_login_of_our_command_line_is_understood_by_the_sdk(server, user, project, tmp_path):
    shown = run(tmp_path, "login", "--url", server.url, "--email", user["email"], "-o", "json", stdin=PASSWORD + "\n")
    assert json.loads(shown.stdout)["email"] == user["email"] and PASSWORD not in shown.stdout + shown.stderr
    kept = tmp_path / ".synapse" / "config.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    config = json.loads(kept.read_text())
    assert config["host"] == server.url and config["tenant"] == "default"
    for name in ("user_token", "access_token"):
        assert config[name] not in shown.stdout + shown.stderr
    # The SDK's own loader and client.
    script = (
        "from synapse_sdk.cli.auth import get_auth_config, backend_client_from_auth; import json; "
        f"print(json.dumps(backend_client_from_auth(get_auth_config(interactive=False)).get_project({project['id']})))"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    read = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, env=environment)
    assert json.loads(read.stdout.splitlines()[-1])["title"] == project["title"], read.stderr
    # whoami, and logout, which ends the session on the server too.
    assert json.loads(run(tmp_path, "whoami", "-o", "json").stdout)["email"] == user["email"]
    run(tmp_path, "logout")
    assert json.loads(kept.read_text()) == {"host": server.url}
    for header, name in (("Authorization", "user_token"), ("Synapse-Access-Token", "access_token")):
        gone = requests.get(f"{server.url}/users/me/", headers={header: f"Token {config[name]}"}, timeout=30)
        assert gone.status_code == 401
    assert run(tmp_path, "whoami", check=False).returncode == 3
    assert run(tmp_path, "logout").returncode == 0


def test_login_of_our_command_line_keeps_other_settings(server, tmp_path):
    folder = tmp_path / ".synapse"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"agent": {"id": 7}, "access_token": "old", "language": "ko"}))
    (tmp_path / "token").write_text(server.token + "\n")
    run(tmp_path, "login", "--url", server.url, "--token-file", str(tmp_path / "token"))
    config = json.loads((folder / "config.json").read_text())
    assert config == {"agent": {"id": 7}, "language": "ko", "host": server.url, "access_token": server.token, "tenant": "default"}
    assert stat.S_IMODE((folder / "config.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("arguments, stdin, status", [
    (["--email", "nobody@example.com"], "wrong password\n", 3),
    (["--email", "nobody@example.com"], "", 64),
    ([], "", 64),
    (["--email", "a@b.c", "--token-file", "-"], "x\n", 64),
])
def test_login_of_our_command_line_that_fails_keeps_nothing(server, tmp_path, arguments, stdin, status):
    result = run(tmp_path, "login", "--url", server.url, *arguments, stdin=stdin, check=False)
    assert result.returncode == status, result.stderr
    assert result.stdout == "" and result.stderr and "wrong password" not in result.stderr
    assert not (tmp_path / ".synapse").exists()


def test_user_and_token_commands(server, tmp_path):
    """A fresh server's first password: made with the administrator's token."""
    admin = {"SYNAPSE_HOST": server.url, "SYNAPSE_ACCESS_TOKEN": server.token}
    email = f"first-{time.monotonic_ns()}@example.com"
    made = json.loads(
        run(tmp_path, "user", "create", "--email", email, "--role", "owner", "-o", "json", stdin=PASSWORD + "\n", **admin).stdout)
    assert server.get(f"users/{made['id']}/")["email"] == email
    assert email in run(tmp_path, "user", "list", "--search", email, **admin).stdout
    run(tmp_path, "login", "--url", server.url, "--email", email, stdin=PASSWORD)
    # Our own session makes a token; it is shown once, on standard output alone.
    created = run(tmp_path, "token", "create", "--description", "nightly")
    token = created.stdout.strip()
    assert token.startswith("syn_") and token not in created.stderr
    assert BackendClient(server.url, token).list_task_tags({})["count"] >= 0
    listed = json.loads(run(tmp_path, "token", "list", "--search", "nightly", "-o", "json").stdout)
    row = next(row for row in listed["results"] if row["user"] == made["id"])
    assert row["description"] == "nightly" and row["last_used"] and "token" not in row
    run(tmp_path, "token", "revoke", str(row["id"]))
    with pytest.raises(AuthenticationError):
        BackendClient(server.url, token).list_task_tags({})
    assert run(tmp_path, "token", "revoke", str(row["id"]), check=False).returncode == 4
    # A new password ends the old one.
    run(tmp_path, "user", "password", stdin=f"{PASSWORD}\nanother password\n")
    assert run(tmp_path, "login", "--url", server.url, "--email", email, stdin=PASSWORD, check=False).returncode == 3
    run(tmp_path, "login", "--url", server.url, "--email", email, stdin="another password")
    short = run(tmp_path, "user", "create", "--email", "x" + email, stdin="short\n", check=False)
    assert short.returncode == 1 and "password" in short.stderr and '"short"' not in short.stderr


def test_login_of_a_member_is_enough_for_the_commands_of_the_sdk(server, tmp_path):
    """The SDK's commands look for an access token; a member makes one for itself by signing in."""
    email = f"member-{time.monotonic_ns()}@example.com"
    server.post("users/", {"email": email, "password": PASSWORD})
    run(tmp_path, "login", "--url", server.url, "--email", email, stdin=PASSWORD + "\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COLUMNS": "200"}
    sdk = Path(sys.executable).parent / "synapse"
    done = subprocess.run([sdk, "doctor"], capture_output=True, text=True, timeout=120, env=environment)
    # It asks the server with the access token that it found.
    assert "Token is valid" in done.stdout and "access_token" not in done.stdout, done.stdout


def test_a_tenant_is_made_on_the_data_folder_while_no_server_runs(make_server, tmp_path):
    server = make_server()
    folder = str(server.directory)
    refused = run(tmp_path, "tenant", "create", "second", "--data", folder, check=False)
    assert refused.returncode == 64 and "stop it first" in refused.stderr
    missing = run(tmp_path, "tenant", "list", "--data", folder + "-not-there", check=False)
    assert missing.returncode == 64 and "no backend" in missing.stderr and not Path(folder + "-not-there").exists()
    server.stop()
    made = run(tmp_path, "tenant", "create", "second", "--name", "The second", "--data", folder)
    kept = server.directory / "admin-token-second"
    token = kept.read_text().strip()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 and str(kept) in made.stdout
    assert token not in made.stdout + made.stderr
    assert run(tmp_path, "tenant", "create", "second", "--data", folder, check=False).returncode == 64
    assert kept.read_text().strip() == token
    rows = json.loads(run(tmp_path, "tenant", "list", "--data", folder, "-o", "json").stdout)
    assert [(row["code"], row["name"]) for row in rows] == [("default", "Default"), ("second", "The second")]
    server.start()
    server.post("data_collections/", {"name": "ours", "category": "image", "file_specifications": []})
    theirs = BackendClient(server.url, token)
    assert theirs.list_data_collections()["count"] == 0
    me = requests.get(f"{server.url}/users/me/", headers={"Synapse-Access-Token": f"Token {token}"}, timeout=30).json()
    assert (me["tenant"], me["role"]) == ("second", "owner")
