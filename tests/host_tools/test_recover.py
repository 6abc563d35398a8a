"""Sessions out of raw flash: with its file system, without it, and with parts of it gone."""

import json
import random

import numpy as np
import pytest

from dermaroller.carve import FLASH_BLOCK, carve
from dermaroller.errors import IntegrityError
from dermaroller.recover import recover
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace

from .logs import whole_log

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def flash(micropython, tmp_path_factory):
    """(dump, files): the flash of a virtual board that recorded two sessions, each longer than a flash block."""
    path = tmp_path_factory.mktemp("recover") / "flash.bin"
    t_s = np.arange(0, 70, 0.02)
    position_mm = 30 * np.sin(t_s)
    force_n = np.where(t_s % 12 < 10, 2 + 0.7 * np.sin(9 * t_s), 0.0)
    for seed in (1, 2):
        result = run(Trace("rolling", t_s, position_mm, force_n), flash=path, seed=seed, noise_mn=60)
    assert all(len(content) > FLASH_BLOCK for content in result.files.values())
    return path.read_bytes(), result.files


def without_file_system(dump):
    return b"\xff" * (2 * FLASH_BLOCK) + dump[2 * FLASH_BLOCK :]


def files_of(recovery):
    return {f"{session.id:05d}.drl": session.data for session in recovery.sessions}


@pytest.mark.slow
def test_an_intact_file_system_gives_its_files(flash):
    dump, files = flash
    recovery = recover(dump)
    assert recovery.is_file_system_intact
    assert files_of(recovery) == files
    assert all(session.is_whole for session in recovery.sessions)


@pytest.mark.slow
def test_blocks_are_put_together_without_the_file_system(flash):
    dump, files = flash
    recovery = recover(without_file_system(dump))
    assert not recovery.is_file_system_intact
    assert files_of(recovery) == files
    assert all(session.is_whole and session.device == "240ac4000001" for session in recovery.sessions)


@pytest.mark.slow
def test_a_dump_of_the_whole_chip_is_searched_as_well(flash):
    dump, files = flash
    for part in (dump, without_file_system(dump)):
        assert files_of(recover(random.Random(1).randbytes(0x200000) + part)) == files


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.slow
def test_every_block_that_is_intact_is_found(flash, seed):
    dump, _ = flash
    rest = bytearray(without_file_system(dump))
    used = sorted({found.pos // FLASH_BLOCK for found in carve(dump)})
    lost = random.Random(seed).sample(used, len(used) // 4)
    for block in lost:
        rest[block * FLASH_BLOCK : (block + 1) * FLASH_BLOCK] = random.Random(block).randbytes(FLASH_BLOCK)
    before, after = carve(dump), {found.pos for found in carve(bytes(rest))}
    inside = [f for f in before if f.pos % FLASH_BLOCK + len(f.data) <= FLASH_BLOCK]
    assert len(inside) < len(before)  # some blocks run from one flash block into the next
    assert all(f.pos in after for f in inside if f.pos // FLASH_BLOCK not in lost)


@pytest.mark.slow
def test_what_is_missing_is_said(flash, command, tmp_path):
    dump, files = flash
    rest = bytearray(without_file_system(dump))
    at = rest.find(files["00002.drl"][2000:2040])
    while at >= 0:  # in every copy of it
        rest[at] ^= 0xFF
        at = rest.find(files["00002.drl"][2000:2040])
    (tmp_path / "dump.bin").write_bytes(rest)
    code, out, err = command("recover", tmp_path / "dump.bin", "--to", tmp_path / "rescued", "--json")
    assert code == 6 and "1 session of 2" in err
    told = json.loads(out)
    assert not told["file_system_intact"]
    assert [(row["is_whole"], row["missing_blocks"]) for row in told["sessions"]] == [(True, 0), (False, 1)]
    assert (tmp_path / "rescued" / "240ac4000001-00001.drl").read_bytes() == files["00001.drl"]
    code, out, _ = command("recover", tmp_path / "dump.bin", "--to", tmp_path / "rescued")
    assert "00001.drl: whole" in out and "00002.drl: at least 1 block missing" in out


@pytest.mark.slow
def test_files_that_are_there_stay(flash, command, tmp_path):
    (tmp_path / "dump.bin").write_bytes(flash[0])
    (tmp_path / "240ac4000001-00001.drl").write_bytes(b"precious")
    assert command("recover", tmp_path / "dump.bin", "--to", tmp_path)[0] == 0
    assert (tmp_path / "240ac4000001-00001.drl").read_bytes() == b"precious"
    assert len(list(tmp_path.glob("*.drl"))) == 3


def test_two_sessions_of_one_number_are_told_apart_from_one(tmp_path):
    one, other = whole_log().data(), whole_log(device="another").data()
    dump = one.ljust(FLASH_BLOCK, b"\xff") + other.ljust(FLASH_BLOCK, b"\xff")
    (session,) = recover(dump).sessions
    assert session.conflicts and not session.is_whole


def test_a_dump_without_sessions_is_refused(command, tmp_path):
    with pytest.raises(IntegrityError, match="no session was found in 8192 bytes"):
        recover(bytes(8192))
    assert command("recover", tmp_path / "nothing.bin")[0] == 2
