"""The content guard, compared with the SDK's own on files that are made by the hundred."""

from __future__ import annotations

import json
import os
import random
import subprocess

from synapse_sdk.utils.file.content_guard import inspect_file

BINARY = os.environ["SYNAPSE_BINARY"]

PIECES = [
    b"<script>", b"<script ", b"< ScRipt/", b"<scripts>", b"<img onerror=a>", b"<p/onload = b", b"<p on=1>", b"<p>onload=1",
    b"href=javascript:a", b"src = ' VBScript : b", b"title=javascript:c", b"url(javascript:d)", b"url( \"vbscript:e",
    b"data:text/html", b"data : text/HTML", b"data:text/plain", b"<iframe >", b"<frameset/", b"<embed", b"< object\n",
    b" srcdoc=f", b"srcdoc=g", b"-----BEGIN PRIVATE KEY-----", b"-----BEGIN RSA PRIVATE KEY-----",
    b"-----BEGIN CERTIFICATE-----", b"AKIAABCDEFGHIJKLMNOP", b"xAKIAABCDEFGHIJKLMNOP", b"ASIA0123456789ABCDEF_",
    b"ghp_" + b"a" * 36, b"ghs_" + b"Z" * 35, b"gho_" + b"b" * 40 + b"_", b"xoxb-1234567890", b"xoxz-1234567890",
    b" ", b"\n", b"\"", b"'", b"<", b">", b"=", b":", b"(", b"on", b"a", b"\xc3\xa4", b"\x00", b"word ", b"1 < 2 ",
]
HEADS = [
    b"", b"", b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WAVE", b"RIFFab",
    b"RIFF\0\0\0\0XXXX", b"II*\0", b"MM\0+", b"BM" + b"\1" * 12, b"BM", b"x%PDF-1", b"PK\3\4", b"PK\5\6", b"\x1f\x8b",
    b"\0\0\0\1ftyp", b"aaaamdat", b"\x1a\x45\xdf\xa3", b"OggS", b"fLaC", b"ID3", b"\xff\xfb", b"\x7fELF", b"\xce\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"MZ" + b"\1" * 58 + b"\x40\0\0\0PE\0\0", b"MZ" + b"\1" * 58 + b"\1\0\1\0", b"MZ", b"#!/bin/sh\n",
    b"\xff\xfe", b"\xfe\xff", b"a" * 1030 + b"%PDF-", b"a" * 8190,
]
NAMES = [
    "a.txt", "a.csv", "a", "a.jpg", "a.JPEG", "a.png", "a.gif", "a.webp", "a.bmp", "a.tif", "a.pdf", "a.zip", "a.docx", "a.gz",
    "a.mp4", "a.mov", "a.mkv", "a.avi", "a.wav", "a.ogg", "a.flac", "a.mp3", "a.exe", "a.SH", "a.so", "a.py", "a.html", ".env",
    "x.env", ".env.local", "credentials.txt", "id_rsa", "id_rsa.pub", "cert.pem", "A.KEY", ".sh", "a.", "a.b.jar", "ä.deb",
]


def content(chance: random.Random) -> bytes:
    head = chance.choice(HEADS)
    body = b"".join(chance.choices(PIECES, k=chance.choice([0, 1, 2, 4, 8, 30])))
    if head in (b"\xff\xfe", b"\xfe\xff"):
        text = body.decode("utf-8", errors="replace")
        wide = text.encode("utf-16-le" if head == b"\xff\xfe" else "utf-16-be")
        return head + wide + chance.choice([b"", b"\0", b"\xd8\0", b"\0\xd8"])
    if chance.random() < 0.05:
        filler = b"lorem ipsum " * (chance.randint(80_000, 200_000))
        cut = chance.randint((1 << 20) - 60, (1 << 20) + 20)
        return head + filler[: cut - len(head)] + body + filler[:1000]
    return head + body


def test_the_same_files_are_refused_for_the_same_reasons(tmp_path):
    chance = random.Random(20260217)
    paths = []
    for index in range(1500):
        folder = tmp_path / str(index)
        folder.mkdir()
        path = folder / chance.choice(NAMES)
        path.write_bytes(content(chance))
        paths.append(path)
    ours = {}
    for start in range(0, len(paths), 500):
        result = subprocess.run(
            [BINARY, "file", "check", "--output", "json", *map(str, paths[start:start + 500])],
            capture_output=True, text=True, timeout=120,
        )
        assert result.returncode == 2, result.stderr
        for line in result.stdout.splitlines():
            entry = json.loads(line)
            ours[entry["path"]] = entry["findings"]
    refused = 0
    for path in paths:
        theirs = [finding.to_dict() for finding in inspect_file(path)]
        refused += bool(theirs)
        assert ours[str(path)] == theirs, (path.name, path.read_bytes()[:200])
    assert 300 < refused < 1400


def test_a_refused_file_is_named_and_can_be_allowed(server, collection, tmp_path):
    def run(*arguments: str) -> subprocess.CompletedProcess:
        environment = {**os.environ, "SYNAPSE_HOST": server.url, "SYNAPSE_ACCESS_TOKEN": server.token}
        return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, env=environment)

    page = tmp_path / "page.html"
    page.write_text("<script>alert('secret')</script>")
    refused = run("file", "upload", str(page))
    assert refused.returncode == 1 and "page.html" in refused.stderr and "--allow SCRIPT_INJECTION" in refused.stderr
    assert "secret" not in refused.stderr
    assert run("file", "upload", str(page), "--allow", "script_injection").returncode == 0
    assert run("file", "upload", str(page), "--allow", str(page)).returncode == 0
    assert run("file", "upload", str(page), "--allow", "EXECUTABLE").returncode == 1
    assert run("file", "upload", str(page), "--allow", "SCRIPT_INJECTON").returncode == 64

    page.unlink()
    folder = ["upload", str(tmp_path), "--collection", str(collection["id"]), "-o", "json"]
    (tmp_path / "good.png").write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(50))
    (tmp_path / "bad.png").write_text("<script>")
    some = run(*folder)
    assert some.returncode == 2 and "bad.png" in some.stderr and "good.png" not in some.stderr
    assert json.loads(some.stdout)["uploaded"] == 1
    every = run(*folder, "--allow", "TYPE_MISMATCH", "--allow", "SCRIPT_INJECTION")
    assert every.returncode == 0 and json.loads(every.stdout)["uploaded"] == 1
