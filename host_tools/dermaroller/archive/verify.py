"""Holds each file against its name, each row of the index against its file, and each receipt against what is here."""

from dataclasses import astuple, dataclass, field
from pathlib import Path

from dermaroller import receipts
from dermaroller.archive import labels, place
from dermaroller.archive.catchup import Progress
from dermaroller.archive.index_row import COLUMNS, IndexRow
from dermaroller.archive.query import Index
from dermaroller.archive.rows import ALTERED, row_of
from dermaroller.archive.store import Archive, no_progress
from dermaroller.errors import IntegrityError

ALTERED_FILE, MISSING_FILE, WRONG_ROW, LABELS = "altered", "missing", "index", "labels"
_FROM_CLOCKS = {"start_s", "start_uncertainty_s", "start_source"}  # may come from receipts, not from the file


@dataclass(frozen=True)
class Problem:
    """kind: one of the words above. text: a sentence. sha256: of the session that it is about, or empty."""

    kind: str
    text: str
    sha256: str = ""


@dataclass
class Verdict:
    """What was looked at and found. notes: sentences on what is odd, but costs nothing."""

    sessions: int = 0
    bytes: int = 0
    receipts: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify(archive: Archive, progress: Progress = no_progress) -> Verdict:
    """Check the whole archive; nothing is changed but an index that was behind."""
    with archive.reading() as index:
        verdict = _Check(index).run(progress)
    if not verdict.problems:
        return verdict
    with archive.reading() as index:  # another process may have forgotten or mended something meanwhile
        still = _Check(index).of({problem.sha256 for problem in verdict.problems if problem.sha256})
    verdict.problems = still + [problem for problem in verdict.problems if not problem.sha256]
    return verdict


class _Check:
    def __init__(self, index: Index) -> None:
        self._index = index
        self._root = index.root
        self._verdict = Verdict()
        rows = index.sql.execute(f"SELECT {', '.join(COLUMNS)} FROM sessions")
        self._rows = {row.sha256: row for row in map(IndexRow._make, rows)}

    def run(self, progress: Progress) -> Verdict:
        digests = sorted(self._rows)
        for done, digest in enumerate(digests, 1):
            self._verdict.problems += self._of_row(digest)
            progress(done, len(digests))
        self._verdict.problems += self._of_receipts(None)
        self._look_at_the_rest()
        return self._verdict

    def of(self, digests: set[str]) -> list[Problem]:
        """The problems of these alone."""
        found = [problem for digest in sorted(digests & self._rows.keys()) for problem in self._of_row(digest)]
        return found + self._of_receipts(digests)

    def _of_row(self, digest: str) -> list[Problem]:
        path = place.file_of(self._root, digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            text = f"{self._name(digest)} has no file any more: pull it again with --all, or import it from a backup."
            return [Problem(MISSING_FILE, text, digest)]
        except OSError as error:
            return [Problem(ALTERED_FILE, f"{self._name(digest)} cannot be read: {error.strerror}.", digest)]
        self._verdict.sessions += 1
        self._verdict.bytes += len(data)
        row = row_of(digest, data)
        if row.values.state == ALTERED:
            text = f"{self._name(digest)} has other bytes than its name says: {self._place(path)}"
            return [Problem(ALTERED_FILE, f"{text} was altered. Pull it with --all, or import a backup.", digest)]
        pairs = zip(COLUMNS, self._rows[digest], row.values, strict=True)
        is_same = all(kept == read for key, kept, read in pairs if key not in _FROM_CLOCKS)
        zones = self._index.sql.execute("SELECT * FROM zones WHERE sha256 = ? ORDER BY position", (digest,))
        is_same &= [tuple(each)[2:] for each in zones] == [astuple(zone) for zone in row.zones]
        text = f"the index does not say of {self._name(digest)} what its file does: run `dermaroller archive rebuild`."
        return [] if is_same else [Problem(WRONG_ROW, text, digest)]

    def _of_receipts(self, digests: set[str] | None) -> list[Problem]:
        """Sessions that came, and are neither here nor known to the index nor forgotten."""
        rows = self._index.sql.execute(
            "SELECT DISTINCT sha256, device, session FROM arrivals WHERE sha256 NOT IN (SELECT sha256 FROM sessions) "
            "AND sha256 NOT IN (SELECT sha256 FROM forgettings) ORDER BY sha256"
        )  # fmt: skip
        return [
            Problem(
                MISSING_FILE,
                f"session {session} of {device} ({digest[:12]}) has a receipt, but no file: pull it again with --all, "
                "or import it from a backup.",
                digest,
            )
            for digest, device, session in rows if isinstance(digest, str) and (digests is None or digest in digests)
        ]  # fmt: skip

    def _look_at_the_rest(self) -> None:
        verdict = self._verdict
        if not self._root.is_dir():
            verdict.notes.append(f"There is no archive in {self._root}.")
        (state,) = self._index.sql.execute("PRAGMA quick_check(1)").fetchone()
        if state != "ok":
            text = f"the index is damaged ({state}): run `dermaroller archive rebuild`."
            verdict.problems.append(Problem(WRONG_ROW, text))
        try:
            labels.read(self._root)
        except IntegrityError as error:
            verdict.problems.append(Problem(LABELS, str(error)))
        verdict.receipts = sum(1 for _ in receipts.read(self._root))
        torn = _lines(self._root / receipts.NAME) - verdict.receipts
        if torn:
            verdict.notes.append(
                f"{torn} of the receipts cannot be read: their writer was stopped, or they were altered."
            )
        strange = [path for path in sorted((self._root / receipts.SESSIONS).rglob("*")) if place.root_of(path) is None]
        verdict.notes += [
            f"{self._place(path)} is no session file of the archive." for path in strange if path.is_file()
        ]

    def _name(self, digest: str) -> str:
        row = self._rows[digest]
        who = f" of {row.device}" if row.device else ""
        return f"session {row.session}{who} ({digest[:12]})" if row.session is not None else f"session {digest[:12]}"

    def _place(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def _lines(path: Path) -> int:
    try:
        return sum(1 for line in path.read_bytes().splitlines() if line.strip())
    except OSError:
        return 0
