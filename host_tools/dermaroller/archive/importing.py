"""Takes sessions from elsewhere into the archive, with what their receipts tell of clocks and of whence they came."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from dermaroller import receipts
from dermaroller.archive import labels, place, shelf
from dermaroller.archive.catchup import Progress
from dermaroller.archive.query import Index
from dermaroller.archive.rows import UNREADABLE, Row, plain, row_of
from dermaroller.archive.sources import Source
from dermaroller.archive.store import Archive, no_progress

_BATCH = 64  # sessions between which other programs may have their turn


@dataclass
class Imported:
    """What came of it. refused: a sentence for each file that holds no session, or cannot be read."""

    new: list[Path] = field(default_factory=list)
    known: list[Path] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{len(self.new)} new, {len(self.known)} known, {len(self.refused)} refused"


class Importer:
    """Imports from several sources into one archive; `imported` tells what has come so far, also when it is stopped."""

    def __init__(self, archive: Archive, sources: list[Source]) -> None:
        self._archive = archive
        self._sources = sources
        self.imported = Imported()

    def run(self, progress: Progress = no_progress) -> Imported:
        """Take everything. What is here already stays as it is; what was forgotten comes back."""
        total = sum(len(source.sessions) for source in self._sources)
        found = self._readable()
        while batch := list(islice(found, _BATCH)):
            with self._archive.changing() as index:
                self._put(index, batch)
            done = self.imported
            progress(len(done.new) + len(done.known) + len(done.refused), total)
        with self._archive.changing():
            self._take_receipts()
            self._take_labels()
        return self.imported

    def _readable(self) -> Iterator[tuple[bytes, Row]]:
        for source in self._sources:
            for name, read in source.sessions:
                try:
                    data = read()
                except (OSError, zipfile.BadZipFile, zlib.error) as error:
                    self.imported.refused.append(f"{name} cannot be read: {error}.")
                    continue
                row = row_of(hashlib.sha256(data).hexdigest(), data)
                if row.values.state == UNREADABLE:
                    self.imported.refused.append(f"{name} is no session file: not one intact block is in it.")
                else:
                    yield data, row

    def _put(self, index: Index, batch: list[tuple[bytes, Row]]) -> None:
        made: dict[str, receipts.Receipt] = {}
        for data, row in batch:
            digest = row.values.sha256
            path = place.file_of(self._archive.root, digest)
            is_new = not shelf.holds(self._archive.root, digest)
            if is_new:
                shelf.put(self._archive.root, data, digest)
            (self.imported.new if is_new else self.imported.known).append(path)
            if is_new or not (digest in made or index.has_arrived(digest)):
                device, session = row.values.device, row.values.session
                details = {"session": session, "bytes": len(data), "sha256": digest}
                file = path.relative_to(self._archive.root).as_posix()
                made[digest] = receipts.new(receipts.IMPORT, device or "", **details, file=file)
        if made:
            receipts.append(self._archive.root, list(made.values()))

    def _take_receipts(self) -> None:
        """Those that are not here yet and speak of a clock, of a session that is here, or of one that was forgotten."""
        here = set(place.digests(self._archive.root))
        known = {_key(receipt) for receipt in receipts.read(self._archive.root)}
        for source in self._sources:
            lines = [receipt for receipt in source.receipt_lines() if _key(receipt) not in known]
            forgotten = {digest for receipt in lines for digest in _forgotten(receipt)} - here
            kept = [fitted for receipt in lines if (fitted := _fitted(receipt, here, forgotten))]
            if kept:
                receipts.append(self._archive.root, kept)
                known |= {_key(receipt) for receipt in kept}

    def _take_labels(self) -> None:
        here = labels.read(self._archive.root)
        for source in self._sources:
            for subject, label in source.all_labels().items():
                if plain(subject) not in here:
                    labels.put(self._archive.root, subject, label)


def _key(receipt: receipts.Receipt) -> str:
    return json.dumps(receipt, sort_keys=True)


def _forgotten(receipt: receipts.Receipt) -> list[str]:
    digests = receipt.get("sha256")
    is_list = receipt.get("kind") == receipts.FORGET and isinstance(digests, list)
    return [digest for digest in digests or [] if isinstance(digest, str)] if is_list else []


def _fitted(receipt: receipts.Receipt, here: set[str], forgotten: set[str]) -> receipts.Receipt | None:
    """The receipt, as far as it fits what is here."""
    kind = receipt.get("kind")
    if kind == receipts.CLOCK:
        return receipt
    if kind == receipts.FORGET:
        digests = [digest for digest in _forgotten(receipt) if digest not in here]
        return {**receipt, "sessions": len(digests), "sha256": digests} if digests else None
    is_of_one = kind in (receipts.PULL, receipts.IMPORT, receipts.ERASE)
    return receipt if is_of_one and receipt.get("sha256") in here | forgotten else None
