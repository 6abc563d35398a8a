"""Finding MicroPython: the order of the places, what is refused, and fetching that never leaves half a cache."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dermaroller.sim import debian, fetching, runtime
from dermaroller.sim.debian import FetchError
from dermaroller.sim.fetching import Source
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
    """A machine with nothing on it: an empty PATH and cache, and sources that cannot be reached."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = folder / "bin/micropython"
        self.cache = folder / "cache"
        self.source_has = {"first": "", "second": "", "third": ""}  # what a fetched runtime answers; nothing if offline
        self.tried: list[str] = []
        self.fetching_takes: Callable[[], None] = lambda: None
        monkeypatch.setenv("PATH", str(self.path.parent))
        monkeypatch.delenv("MICROPYTHON", raising=False)
        monkeypatch.setattr(runtime, "cache_folder", lambda: self.cache)
        monkeypatch.setattr(fetching, "sources", lambda: [self.source(name) for name in self.source_has])

    def source(self, name: str) -> Source:
        def fetch(work: Path, root: Path) -> Callable[[Path], list[str]]:
            self.tried.append(name)
            (work / "got").touch()
            if not self.source_has[name]:
                raise FetchError("no network")
            self.fetching_takes()
            self.put_in_cache(self.source_has[name], root)
            return debian.command_in

        return Source(name, fetch)

    def put_in_cache(self, answer: str, root: Path | None = None) -> None:
        # The loader is what is started, so it can answer in the runtime's stead.
        write_script(Path(debian.command_in(root or self.cache / "micropython")[0]), answer)

    def in_cache(self) -> set[str]:
        return {path.name for path in self.cache.iterdir()} - {"micropython.lock"}


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
    machine.source_has["first"] = GOOD
    assert find_micropython().origin == "the cache, fetched from first"
    machine.cache.rename(tmp_path / "away")
    write_script(machine.path, GOOD)
    assert find_micropython().command == [str(machine.path)]
    (tmp_path / "away").rename(machine.cache)
    assert find_micropython().origin == "the cache, fetched from first"
    monkeypatch.setenv("MICROPYTHON", str(write_script(tmp_path / "mine", GOOD)))
    assert find_micropython().command == [str(tmp_path / "mine")]
    assert machine.tried == ["first"]


def test_each_source_is_tried_when_the_one_before_fails(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.source_has["second"] = "cpython 3 11 2 9223372036854775807"
    machine.source_has["third"] = GOOD
    found = find_micropython()
    why = (
        "$MICROPYTHON is not set",
        "the cache has none",
        "the PATH has none",
        "first: no network",
        "second: it does not answer as MicroPython does",
    )
    assert (found.origin, found.passed_over) == ("the cache, fetched from third", why)
    assert machine.tried == ["first", "second", "third"]
    assert machine.in_cache() == {"micropython"}
    told = capsys.readouterr()
    assert told.err.splitlines()[:2] == ["MicroPython is missing; trying first ...", "  no network."]
    assert told.out == ""


def test_the_cache_remembers_its_source_and_why_not_another(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.source_has["second"] = GOOD
    find_micropython()
    capsys.readouterr()
    assert runtime.main() == 0
    first, command, *passed_over = capsys.readouterr().out.splitlines()
    assert first == "MicroPython 1.25.0 (32 bit) from the cache, fetched from second:"
    assert command.split() == debian.command_in(machine.cache / "micropython")
    assert passed_over[0] == "Passed over:"
    assert "  first: no network" in passed_over
    assert machine.tried == ["first", "second"]


def test_a_source_that_failed_goes_on_from_what_it_had_got(machine: Machine) -> None:
    with pytest.raises(RuntimeMissingError):
        find_micropython()
    assert (machine.cache / "micropython.fetching/0/got").exists()
    machine.source_has["first"] = GOOD
    find_micropython()
    assert machine.in_cache() == {"micropython"}


def test_a_runtime_that_is_a_python_package_is_started_from_where_it_is(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine = str(write_script(tmp_path / "mine", GOOD_64BIT))
    monkeypatch.setattr(fetching, "sources", lambda: [Source("a package", lambda work, root: lambda _root: [mine])])
    assert find_micropython().command == [mine]
    monkeypatch.setattr(fetching, "sources", list)
    assert find_micropython().command == [mine]
    assert find_micropython().origin == "the cache, fetched from a package"


def test_what_a_runtime_is_comes_from_itself(machine: Machine) -> None:
    write_script(machine.path, GOOD)
    assert (find_micropython().version, find_micropython().is_32bit) == ((1, 25, 0), True)
    write_script(machine.path, GOOD_64BIT)
    assert (find_micropython().version, find_micropython().is_32bit) == ((1, 26, 1), False)


@pytest.mark.parametrize("answer", REFUSED)
def test_a_runtime_that_was_named_and_cannot_be_used_is_an_error(
    answer: str, machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine.source_has["first"] = GOOD
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
def test_a_runtime_on_the_path_that_cannot_be_used_is_passed_over(answer: str, machine: Machine) -> None:
    machine.source_has["first"] = GOOD
    write_script(machine.path, answer)
    assert f"{machine.path} on the PATH is not used: it " in find_micropython().passed_over[2]
    assert machine.tried == ["first"]


@pytest.mark.parametrize("answer", REFUSED)
def test_a_broken_cache_is_repaired(answer: str, machine: Machine) -> None:
    machine.source_has["first"] = GOOD
    machine.put_in_cache(answer)
    (machine.cache / "micropython/leftover").touch()
    assert find_micropython().is_32bit
    assert not (machine.cache / "micropython/leftover").exists()


@pytest.mark.parametrize("answer", REFUSED)
def test_a_fetched_runtime_that_does_not_run_is_not_kept(answer: str, machine: Machine) -> None:
    machine.source_has["first"] = answer
    with pytest.raises(RuntimeMissingError):
        find_micropython()
    assert "micropython" not in machine.in_cache()


def test_a_fetch_that_was_killed_halfway_is_done_again(machine: Machine) -> None:
    machine.source_has["first"] = GOOD
    machine.put_in_cache("half", machine.cache / "micropython.part")
    assert find_micropython().is_32bit
    assert not (machine.cache / "micropython.part").exists()


def test_those_who_come_at_the_same_time_share_one_fetch(machine: Machine) -> None:
    all_there = threading.Barrier(5)
    machine.source_has["first"] = GOOD
    machine.fetching_takes = all_there.wait
    found: list[runtime.Runtime] = []

    def find() -> None:
        if threading.current_thread() is not callers[0]:
            all_there.wait()
        found.append(find_micropython())

    callers = [threading.Thread(target=find) for _ in range(4)]
    for caller in callers:
        caller.start()
    all_there.wait()  # the first one is fetching, and the others are about to ask
    for caller in callers:
        caller.join()
    assert (len(found), machine.tried) == (4, ["first"])


def test_waiting_for_another_process_has_an_end(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setattr(fetching, "PATIENCE_S", 0)
    machine.cache.mkdir()
    with (
        FileLock(machine.cache / "micropython.lock", is_singleton=False),
        pytest.raises(RuntimeMissingError, match=r"another process has been fetching .*micropython\.lock.*try again"),
    ):
        find_micropython()


def test_with_every_source_failing_one_sentence_names_each(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runtime.main() == 12
    said = capsys.readouterr()
    assert said.out == ""
    sentence = said.err.splitlines()[-1]
    assert sentence.startswith(
        "there is no MicroPython to run the virtual board on ($MICROPYTHON is not set; the cache has none; "
        "the PATH has none; first: no network; second: no network; third: no network): "
    )
    assert sentence.endswith("or name its program in MICROPYTHON.")
    assert "micropython" not in machine.in_cache()


def test_what_is_in_the_cache_stays_while_nothing_better_is_fetched(machine: Machine) -> None:
    machine.put_in_cache("broken")
    with pytest.raises(RuntimeMissingError, match="the one in the cache is not used: it does not answer"):
        find_micropython()
    assert Path(debian.command_in(machine.cache / "micropython")[0]).exists()


@pytest.mark.parametrize(
    "system, advice",
    {"Darwin": "brew install", "Windows": "Subsystem", "Linux": "add a 64-bit one by `"}.items(),
)
def test_one_sentence_says_what_to_install(
    system: str, advice: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    with pytest.raises(RuntimeMissingError, match=f"{advice}.*, or name its program in MICROPYTHON\\.$"):
        find_micropython()


@pytest.mark.parametrize("system, machine_type", [("Darwin", "x86_64"), ("Linux", "aarch64"), ("Windows", "AMD64")])
def test_debians_programs_are_not_fetched_where_they_cannot_run(
    system: str, machine_type: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.machine", lambda: machine_type)
    for source in fetching.sources()[:-1]:
        with pytest.raises(FetchError, match="its programs need Linux on x86"):
            source.fetch(tmp_path, tmp_path)


def test_a_heap_grows_with_the_word(machine: Machine) -> None:
    write_script(machine.path, GOOD_64BIT)
    found = find_micropython()
    assert found.with_heap("128k") == [str(machine.path), "-X", "heapsize=128wk"]
    assert found.with_heap("1m")[-1] == "heapsize=1wm"


def test_the_real_runtime_holds_as_much_as_the_chip(micropython: runtime.Runtime) -> None:
    program = (
        "import gc, sys; gc.collect(); print((gc.mem_free() + gc.mem_alloc()) * 4 // (8 if sys.maxsize > 2**31 else 4))"
    )
    done = subprocess.run([*micropython.with_heap("128k"), "-c", program], capture_output=True, text=True, check=True)
    assert 120_000 < int(done.stdout) < 131_072


def test_what_was_found_is_printed(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    write_script(machine.path, GOOD_64BIT)
    assert runtime.main() == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("MicroPython 1.26.1 (64 bit, so tests ")
    assert second.strip() == str(machine.path)


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
