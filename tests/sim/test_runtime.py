"""Finding MicroPython: the order of the places, what is refused, and fetching that never leaves half a cache."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from dermaroller.sim import debian, runtime
from dermaroller.sim.debian import FetchError
from dermaroller.sim.runtime import RuntimeMissingError, find_micropython

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins for MicroPython are shell scripts")

GOOD = "micropython 1 25 0 2147483647"
GOOD_64BIT = "micropython 1 26 1 9223372036854775807"
REFUSED = {
    "micropython 1 24 1 2147483647": r"is version 1\.24; 1\.25 or later is needed",
    "cpython 3 11 2 9223372036854775807": "does not answer as MicroPython does",
    "": "does not answer as MicroPython does",
}


class Machine:
    """A machine with nothing on it: an empty PATH and cache, and an archive that cannot be reached."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = folder / "bin/micropython"
        self.cache = folder / "cache"
        self.archive_has = ""  # what a fetched runtime answers; nothing if offline
        self.fetches = 0
        monkeypatch.setenv("PATH", str(self.path.parent))
        monkeypatch.delenv("MICROPYTHON", raising=False)
        monkeypatch.setattr(runtime, "cache_folder", lambda: self.cache)
        monkeypatch.setattr(debian, "can_fetch", lambda: True)
        monkeypatch.setattr(debian, "fetch_into", self.fetch_into)

    def fetch_into(self, root: Path) -> None:
        self.fetches += 1
        root.mkdir(parents=True)
        if not self.archive_has:
            raise FetchError("apt-get said: no network")
        time.sleep(0.1)  # long enough for a second caller to come in
        self.put_in_cache(self.archive_has, root)

    def put_in_cache(self, answer: str, root: Path | None = None) -> None:
        # The loader is what is started, so it can answer in the runtime's stead.
        write_script(Path(debian.command_in(root or self.cache / "micropython")[0]), answer)


def write_script(path: Path, answer: str) -> Path:
    """A program that gives this answer to whatever it is asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{answer}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_the_places_are_searched_in_order(machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine.archive_has = GOOD
    assert find_micropython().origin == "the cache"
    assert machine.fetches == 1
    machine.cache.rename(tmp_path / "away")
    write_script(machine.path, GOOD)
    assert find_micropython().command == [str(machine.path)]
    (tmp_path / "away").rename(machine.cache)
    assert find_micropython().origin == "the cache"
    monkeypatch.setenv("MICROPYTHON", str(write_script(tmp_path / "mine", GOOD)))
    assert find_micropython().command == [str(tmp_path / "mine")]
    assert machine.fetches == 1


def test_what_a_runtime_is_comes_from_itself(machine: Machine) -> None:
    write_script(machine.path, GOOD)
    assert (find_micropython().version, find_micropython().is_32bit) == ((1, 25, 0), True)
    write_script(machine.path, GOOD_64BIT)
    assert (find_micropython().version, find_micropython().is_32bit) == ((1, 26, 1), False)


@pytest.mark.parametrize("answer", REFUSED)
def test_a_runtime_that_was_named_and_cannot_be_used_is_an_error(
    answer: str, machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine.archive_has = GOOD
    monkeypatch.setenv("MICROPYTHON", str(write_script(tmp_path / "mine", answer)))
    with pytest.raises(
        RuntimeMissingError, match=rf"^MICROPYTHON=.*mine: it {REFUSED[answer]}; correct or unset it\.$"
    ):
        find_micropython()


def test_a_runtime_that_was_named_and_is_not_there_is_an_error(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROPYTHON", "/nowhere/micropython")
    with pytest.raises(RuntimeMissingError, match=r"^MICROPYTHON=/nowhere/micropython: it cannot be started"):
        find_micropython()


@pytest.mark.parametrize("answer", REFUSED)
def test_a_runtime_on_the_path_that_cannot_be_used_is_passed_over(
    answer: str, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.archive_has = GOOD
    write_script(machine.path, answer)
    assert find_micropython().origin == "the cache"
    assert f"{machine.path} is not used: it " in capsys.readouterr().err


@pytest.mark.parametrize("answer", REFUSED)
def test_a_broken_cache_is_repaired(answer: str, machine: Machine) -> None:
    machine.archive_has = GOOD
    machine.put_in_cache(answer)
    (machine.cache / "micropython/leftover").touch()
    assert find_micropython().is_32bit
    assert not (machine.cache / "micropython/leftover").exists()


@pytest.mark.parametrize("answer", REFUSED)
def test_a_fetched_runtime_that_does_not_run_is_not_kept(answer: str, machine: Machine) -> None:
    machine.archive_has = answer
    with pytest.raises(RuntimeMissingError):
        find_micropython()
    assert [path.name for path in machine.cache.iterdir()] == ["micropython.lock"]


def test_a_fetch_that_was_killed_halfway_is_done_again(machine: Machine) -> None:
    machine.archive_has = GOOD
    machine.put_in_cache("half", machine.cache / "micropython.part")
    assert find_micropython().is_32bit
    assert not (machine.cache / "micropython.part").exists()


def test_those_who_come_at_the_same_time_share_one_fetch(machine: Machine) -> None:
    machine.archive_has = GOOD
    found: list[runtime.Runtime] = []
    callers = [threading.Thread(target=lambda: found.append(find_micropython())) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert (len(found), machine.fetches) == (4, 1)


def test_offline_is_one_sentence_and_the_cache_stays_as_it_was(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runtime.main() == 12
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[1:] == [
        "MicroPython is missing and could not be fetched (apt-get said: no network): "
        "install MicroPython 1.25 or later (unix port, best its 32-bit build), or name its program in MICROPYTHON."
    ]
    assert [path.name for path in machine.cache.iterdir()] == ["micropython.lock"]


@pytest.mark.parametrize(
    "system, advice", {"Darwin": "brew install", "Windows": "Subsystem", "Linux": "unix port"}.items()
)
def test_where_nothing_can_be_fetched_one_sentence_says_what_to_install(
    system: str, advice: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "can_fetch", lambda: False)
    monkeypatch.setattr("platform.system", lambda: system)
    with pytest.raises(RuntimeMissingError, match=f"^MicroPython is missing: .*{advice}.* in MICROPYTHON\\.$"):
        find_micropython()
    assert not machine.cache.exists()


def test_what_was_found_is_printed(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    write_script(machine.path, GOOD_64BIT)
    assert runtime.main() == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("MicroPython 1.26.1 (64-bit, so tests ")
    assert second == str(machine.path)


def test_the_device_tree_of_a_checkout_is_the_checkout() -> None:
    tree = runtime.device_tree()
    assert (tree / "firmware/roller/wire.py").is_file()
    assert runtime.cache_folder() == tree / ".cache"


def test_the_real_runtime_runs(micropython: runtime.Runtime) -> None:
    assert runtime.probe(micropython.command, "").version == micropython.version


def test_a_runtime_that_hangs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "PROBE_TIMEOUT_S", 0.1)
    with pytest.raises(ValueError, match=r"cannot be started .*timed out"):
        runtime.probe([sys.executable, "-c", "import time; time.sleep(30)"], "")
