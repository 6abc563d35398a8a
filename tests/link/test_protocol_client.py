"""PROTOCOL.md says all that a client needs: one written from it alone pulls a session from a served board."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dermaroller.sim.serve import Server

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")]

CLIENT = Path(__file__).with_name("protocol_client.py")
PATIENCE_S = 120  # of this computer, which may be busy


def test_it_lists_and_pulls_a_session_byte_for_byte(rolled, flash, tmp_path):
    got = tmp_path / "got.drl"
    with Server(flash=flash) as server:
        words = [sys.executable, str(CLIENT), server.path, str(got)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    sessions = {f"{each['id']:05d}.drl": each["bytes"] for each in json.loads(done.stdout)}
    assert sessions == {name: len(content) for name, content in rolled[1].items()}
    assert got.read_bytes() == rolled[1]["00001.drl"]


def test_it_is_short_and_knows_nothing_of_the_project():
    text = CLIENT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in [getattr(node, "module", None) or node.names[0].name]
    }
    assert imported - {"serial"} <= sys.stdlib_module_names
