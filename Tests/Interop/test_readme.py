"""The commands in the README do what it says."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


def shell_blocks() -> list[str]:
    return re.findall(r"<!-- run: shell -->\n```sh\n(.*?)```", README.read_text(), re.S)


def test_the_shell_session(tmp_path):
    (block,) = shell_blocks()
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for index in range(3):
        (pictures / f"{index}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([index]) * 50)
    binaries = tmp_path / "bin"
    binaries.mkdir()
    (binaries / "synapse").symlink_to(os.environ["SYNAPSE_BINARY"])
    script = "set -eu\ntrap 'kill %1; wait' EXIT\n" + block.replace("8000", "${PORT}")
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    result = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(tmp_path), "PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    last = [line for line in result.stdout.splitlines() if line.startswith("{")]
    assert len(last) == 3 and '"label":"tabby"' in last[0]


def test_the_make_targets_exist():
    makefile = (README.parent / "Makefile").read_text()
    for target in set(re.findall(r"make ([a-z]+)", README.read_text())):
        assert re.search(rf"^{target}:", makefile, re.M), target


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text()))))
def test_links_lead_somewhere(link):
    assert (README.parent / link).exists()
