"""Real processes on one archive: killed at any moment, and several at once."""

import os
import subprocess
import sys

import pytest

from dermaroller.archive import place
from dermaroller.archive.verify import verify

from ..conftest import on_a_terminal
from ..fake_device import FakeDevice
from . import kills, sessions

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals and kill -9")]
OURS = (sys.executable, "-m", "dermaroller.cli")
PATIENCE_S = 300  # of this computer, which may be busy


@pytest.mark.parametrize("kind", kills.KINDS)
def test_a_killed_writer_leaves_nothing_half_and_the_next_one_completes(tmp_path, kind):
    life, tally = kills.Life(tmp_path), kills.Tally()
    while tally.kills < 2:
        life.one(kind, tally)
    assert (tally.in_work, tally.problems) == (2, [])


def test_two_imports_of_the_same_and_a_reader_at_once(archive, tmp_path):
    made = sessions.many(60)
    sessions.write(tmp_path / "source", made)
    words = [*OURS, "archive", "import", str(tmp_path / "source"), "--json"]
    importers = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    readers = []
    while any(importer.poll() is None for importer in importers):
        readers.append(subprocess.run([*OURS, "archive", "list", "--json"], capture_output=True, text=True))
    assert [reader.returncode for reader in readers] == [0] * len(readers), readers[-1].stderr
    assert {importer.returncode for importer in importers} <= {0, 7}
    assert set(place.digests(archive.root)) == {sessions.digest(data) for data in made}
    assert verify(archive).problems == []
    with archive.reading() as index:
        assert len(index.sessions()) == 60
        arrivals = index.sql.execute("SELECT count(*), count(DISTINCT sha256) FROM arrivals").fetchone()
    assert tuple(arrivals) == (60, 60), "each came once"


def test_two_pulls_from_one_device_at_once(archive):
    on_device = dict(enumerate(sessions.many(8), 1))
    with on_a_terminal(FakeDevice(dict(on_device))) as a, on_a_terminal(FakeDevice(dict(on_device))) as b:
        pulls = [subprocess.Popen([*OURS, "-p", path, "pull"], stderr=subprocess.PIPE, text=True) for path in (a, b)]
        told = [pull.communicate(timeout=PATIENCE_S)[1] for pull in pulls]
    assert {pull.returncode for pull in pulls} <= {0, 7}, told
    assert set(place.digests(archive.root)) == {sessions.digest(data) for data in on_device.values()}
    assert verify(archive).problems == []
    assert not list((archive.root / "incoming").glob("*.part"))


def test_two_rebuilds_and_a_label_at_once(archive, twelve):
    words = [["archive", "rebuild"], ["archive", "rebuild"], ["archive", "label", "P-1", "Hypatia"]] * 2
    calls = [subprocess.Popen([*OURS, *each], stdout=subprocess.DEVNULL) for each in words]
    assert [call.wait(PATIENCE_S) for call in calls] == [0] * 6
    assert verify(archive).problems == []
