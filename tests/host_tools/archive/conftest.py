"""An archive with sessions in it."""

import pytest

from dermaroller.archive.importing import Importer
from dermaroller.archive.sources import sources
from dermaroller.archive.store import Archive

from . import sessions


@pytest.fixture
def archive(archive_folder):
    """The archive that the commands of this test use; it is not there yet."""
    return Archive(archive_folder)


@pytest.fixture
def twelve(archive, tmp_path):
    """{digest: bytes} of twelve sessions that were imported."""
    made = sessions.many(12)
    sessions.write(tmp_path / "source", made)
    Importer(archive, sources([tmp_path / "source"])).run()
    return {sessions.digest(data): data for data in made}
