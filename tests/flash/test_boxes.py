"""The files whose blocks sessions are programmed into: found again, and never taken for others' blocks."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from dermaroller.sim import image, sessions
from roller import boxes
from roller.area import BLOCK

from .life import GOLDEN

littlefs = pytest.importorskip("littlefs")

N = 70


@pytest.fixture
def file_system():
    made = image._file_system()
    sessions.make(made, N)
    return made


def found(file_system):
    return boxes.find(sessions.Chip(file_system.context.buffer), "/log", sessions.Files(file_system))


def content(file_system, name):
    with file_system.open(name, "rb") as file:
        return file.read()


def test_what_is_programmed_into_a_block_is_seen_in_the_file(file_system):
    (box,) = found(file_system)
    assert len(set(box)) == N
    for place in (0, 1, 64, N - 2):
        at = box[place] * BLOCK + 200
        file_system.context.buffer[at : at + 8] = b"place%3d" % place
    seen = content(file_system, "/log/00.box")
    assert [seen.count(b"place%3d" % place) for place in (0, 1, 64, N - 2)] == [1, 1, 1, 1]


def test_an_erased_block_has_its_pointers_again(file_system):
    before = content(file_system, "/log/00.box")
    store = sessions.store(file_system)
    store.create(1).write(bytes(60 * BLOCK))
    assert content(file_system, "/log/00.box") != before
    store.finish(1)
    store.remove(1)
    while store.tidy():
        pass
    assert content(image.mount(bytes(file_system.context.buffer)), "/log/00.box")[: 60 * BLOCK] == before[: 60 * BLOCK]


def test_a_copy_of_a_box_is_left_alone_and_others_blocks_as_well(file_system):
    """Its map names blocks that are no longer its own."""
    copy = content(file_system, "/log/00.box")
    file_system.remove("/log/00.box")
    with file_system.open("/log/00.box", "wb") as file:
        file.write(copy)
    assert found(file_system) == []
    assert "00.box" in file_system.listdir("/log")


def test_a_box_that_was_not_finished_is_removed(file_system):
    with file_system.open("/log/01.box", "wb") as file:
        file.write(bytes(3 * BLOCK))
    with file_system.open("/log/02.box", "wb") as file:
        file.write(content(file_system, "/log/00.box")[:-BLOCK] + b"\xff" * BLOCK)
    assert len(found(file_system)) == 1
    assert file_system.listdir("/log") == ["00.box"]


def test_after_twenty_thousand_boots_the_box_is_still_found(file_system):
    (box,) = found(file_system)
    at = box[-1] * BLOCK
    file_system.context.buffer[at + 1024 : at + BLOCK] = bytes(BLOCK - 1024)
    assert found(image.mount(bytes(file_system.context.buffer))) == [box]


def test_images_are_read_by_many_threads_at_once(tmp_path):
    path, patience_s = tmp_path / "flash.bin", sys.getswitchinterval()
    image.ensure_image(path)
    image.put_sessions(path, {"00001.drl": GOLDEN})
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            read = list(threads.map(lambda _: image.read_files(path), range(200)))
    finally:
        sys.setswitchinterval(patience_s)
    assert read == [{"00001.drl": GOLDEN}] * 200
