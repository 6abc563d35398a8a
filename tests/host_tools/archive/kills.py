"""Kills processes that write into an archive at random moments, and looks at what they leave.

Each writer is a process of its own that has loaded its modules and waits for a line on its stdin, so that the kill
falls into its work and not into its start. A moment is the n-th time that the writer touches a file of the archive,
which is the same on any computer; or so many seconds, which fall into the middle of a write or of SQLite's work too.
"""

import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from functools import cache
from io import StringIO

from dermaroller import cli
from dermaroller.archive import labels, place
from dermaroller.archive.importing import Importer
from dermaroller.archive.sources import sources
from dermaroller.archive.store import Archive
from dermaroller.archive.verify import verify

from ..conftest import on_a_terminal
from ..fake_device import FakeDevice
from . import sessions

KINDS = ("import", "pull", "forget", "backup", "rebuild", "label")
SUBJECT = "P-1"
_WRITER = """
import os, signal, sys
from dermaroller import archive, cli, cli_archive, cli_pull, evidence
from dermaroller.archive import backup, importing, pulling, verify
left, folder = int(sys.argv[1]), sys.argv[2]

def look(event, arguments):
    global left
    if arguments and isinstance(arguments[0], (str, os.PathLike)) and os.fspath(arguments[0]).startswith(folder):
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

print("ready", flush=True)
sys.stdin.readline()
sys.addaudithook(look)
cli.main(sys.argv[3:])
"""


class Touches:
    """Counts how often this process touches a file below `folder`, as the writer does. Python keeps a hook for good."""

    def __init__(self):
        self.folder = None
        self.count = 0
        sys.addaudithook(self._look)

    def _look(self, event, arguments):
        if self.folder and arguments and isinstance(arguments[0], (str, os.PathLike)):
            self.count += os.fspath(arguments[0]).startswith(self.folder)


touches = cache(Touches)


@dataclass
class Tally:
    """What became of the kills of one kind. in_work: those that the writer did not outrun."""

    kills: int = 0
    in_work: int = 0
    problems: list[str] = field(default_factory=list)


class Life:
    """An archive with sessions in it, others to be imported, and others on a device; all of it in one folder."""

    def __init__(self, folder, n=40, seed=1, is_by_time=False):
        self.folder = folder
        self.is_by_time = is_by_time
        self.root = folder / "archive"
        self.dice = random.Random(seed)
        self.here = sessions.many(n)
        self.coming = sessions.many(n, first=1000)
        self.on_device = dict(enumerate(sessions.many(12, first=2000, subjects=1), 1))
        sessions.write(folder / "here", self.here)
        sessions.write(folder / "coming", self.coming)
        Importer(Archive(self.root), sources([folder / "here"])).run()
        self._extent = {}  # of the work: touches, or seconds

    def one(self, kind, tally):
        """Kill one writer at a random moment of its work; look; let it be completed; look again."""
        shutil.rmtree(self.folder / "now", ignore_errors=True)
        shutil.copytree(self.root, self.folder / "now" / "archive")
        archive = Archive(self.folder / "now" / "archive")
        with archive.changing():
            labels.put(archive.root, SUBJECT, "Hypatia")
        words = self._words(kind)
        with ExitStack() as stack:
            if kind == "pull":
                words = ["-p", stack.enter_context(on_a_terminal(FakeDevice(dict(self.on_device)))), *words]
            work = kind, words[-1]
            if work not in self._extent:
                self._extent[work] = self._complete(archive, words)
                return
            tally.in_work += self._kill(archive, words, self.dice.uniform(0, self._extent[work]))
            tally.kills += 1
            self._look(archive, kind, tally, is_complete=False)
            self._complete(archive, words)
            self._look(archive, kind, tally, is_complete=True)

    def _words(self, kind):
        copy = self.folder / "now" / self.dice.choice(("copy", "copy.zip"))
        return {
            "import": ["archive", "import", str(self.folder / "coming")],
            "pull": ["pull"],
            "forget": ["archive", "forget", SUBJECT, "--yes"],
            "backup": ["archive", "backup", str(copy)],
            "rebuild": ["archive", "rebuild"],
            "label": ["archive", "label", SUBJECT, "Emmy"],
        }[kind]

    def _kill(self, archive, words, moment):
        """Whether the writer was killed in its work."""
        at_touch = 0 if self.is_by_time else 1 + int(moment)
        words = [str(at_touch), str(self.folder / "now"), "--archive", str(archive.root), *words]
        pipe, none = subprocess.PIPE, subprocess.DEVNULL
        process = subprocess.Popen([sys.executable, "-c", _WRITER, *words], stdin=pipe, stdout=pipe, stderr=none)
        assert process.stdout.readline() == b"ready\n"
        process.stdin.write(b"\n")
        process.stdin.flush()
        if self.is_by_time:
            time.sleep(moment)
            process.kill()
        process.communicate(timeout=120)
        return process.returncode < 0

    def _complete(self, archive, words):
        """Call the command in this process; how much it worked."""
        start_s, touched = time.monotonic(), touches()
        touched.folder, touched.count = str(self.folder / "now"), 0
        with suppress(SystemExit), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            cli.main(["--archive", str(archive.root), *words])
        touched.folder = None
        return time.monotonic() - start_s if self.is_by_time else touched.count

    def _look(self, archive, kind, tally, is_complete):
        """Everything whole, nothing lost, and once it was completed, everything done."""
        found = [problem.text for problem in verify(archive).problems]
        files = set(place.digests(archive.root))
        digests = {name: {sessions.digest(data) for data in getattr(self, name)} for name in ("here", "coming")}
        device = {sessions.digest(data) for data in self.on_device.values()}
        of_subject = {sessions.digest(data) for i, data in enumerate(self.here, 1) if i % 5 == 1}
        wanted = {"import": digests["coming"], "pull": device}.get(kind, set()) if is_complete else set()
        kept = digests["here"] - (of_subject if kind == "forget" else set())
        if missing := (kept | wanted) - files:
            found.append(f"{len(missing)} sessions are lost")
        if kind == "forget" and is_complete and of_subject & files:
            found.append("what was to be forgotten is here")
        with archive.reading() as index:
            if {one.row.sha256 for one in index.sessions()} != files:
                found.append("the index is not that of the files")
        before, after = "Hypatia", {"forget": None, "label": "Emmy"}.get(kind, "Hypatia")
        if labels.read(archive.root).get(SUBJECT) not in ({after} if is_complete else {before, after}):
            found.append("the label is wrong")
        if is_complete and kind == "backup":
            (copy,) = (archive.root.parent / name for name in ("copy", "copy.zip") if self._is_there(archive, name))
            other = Archive(archive.root.parent / "taken back")
            Importer(other, sources([copy])).run()
            if set(place.digests(other.root)) != files or verify(other).problems:
                found.append("the copy is not whole")
        tally.problems += [f"{kind}: {text}" for text in found]

    @staticmethod
    def _is_there(archive, name):
        return (archive.root.parent / name).exists()
