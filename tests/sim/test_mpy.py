"""The device's files are compiled once per content, and packed as MicroPython's ROM file system."""

import pytest

from dermaroller.errors import UsageError
from dermaroller.sim import mpy


def test_the_same_content_is_compiled_once(tmp_path):
    source = tmp_path / "x.py"
    source.write_text("x = 1\n")
    tree = mpy.compiled_tree({"a/b.py": source})
    assert (tree / "a" / "b.mpy").read_bytes()[:2] == b"M\x06"
    made = (tree / "a" / "b.mpy").stat().st_mtime_ns
    assert mpy.compiled_tree({"a/b.py": source}) == tree
    assert (tree / "a" / "b.mpy").stat().st_mtime_ns == made
    source.write_text("x = 2\n")
    assert mpy.compiled_tree({"a/b.py": source}) != tree


def test_a_syntax_error_is_told_with_its_place(tmp_path):
    source = tmp_path / "broken.py"
    source.write_text("x = = 1\n")
    with pytest.raises(mpy.CompileError, match=r"broken\.py cannot be compiled.*line 1.*SyntaxError"):
        mpy.compiled_tree({"broken.py": source})


def test_an_unknown_board_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match="there is no board 'nonsense'; choose one of virtual, esp32_devkitc"):
        mpy.board_file("nonsense")


def test_a_rom_image_is_laid_out_as_the_format_says(tmp_path):
    tree = tmp_path / "tree"
    (tree / "d").mkdir(parents=True)
    (tree / "d" / "f").write_bytes(b"abc")
    body = b"\x04\x0b\x01d" + b"\x05\x07\x01f" + b"\x02\x03abc"
    assert mpy.rom_image(tree).read_bytes() == b"\xd2\xcd\x31" + bytes([len(body)]) + body


def test_long_rom_records_have_long_lengths(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "f").write_bytes(b"x" * 300)
    assert b"\x02\x82\x2cxxx" in mpy.rom_image(tree).read_bytes()
