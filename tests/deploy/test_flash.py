"""make flash looks into the image before it writes; the images are built here, and the real esptool reads them."""

import subprocess
import sys
from pathlib import Path

import pytest

from dermaroller import boards
from dermaroller.deploy import flash
from dermaroller.deploy.__main__ import main
from dermaroller.deploy.remote import DeployError

from .images import BANNER, RAM, download, image

OLD = BANNER.replace(b"v1.26.1", b"v1.22.2")
BAD = {
    "another chip": (download("esp32c3", 0), "is for the esp32c3, but esp32_devkitc has an esp32"),
    "an unknown chip": (download("esp32s2", 0x1000), "is for the chip number 2, but"),
    "too old": (download("esp32", 0x1000, OLD), r"is MicroPython 1\.22\.2; 1\.24 or later is needed"),
    "not MicroPython": (download("esp32", 0x1000, b"Arduino"), "but not MicroPython"),
    "the application alone": (image("esp32", BANNER), "holds no boot loader or is cut off"),
    "cut off": (download("esp32", 0x1000)[:0xF008] + BANNER[:8], "not MicroPython"),
    "a page instead of a file": (b"<!doctype html>", "is no image for an ESP32"),
    "empty": (b"", "is no image for an ESP32"),
}


def test_the_image_for_the_board_is_taken(tmp_path: Path) -> None:
    for name in boards.names():
        board = boards.load(name)
        path = tmp_path / f"{name}.bin"
        path.write_bytes(download(board.CHIP, board.FLASH_OFFSET))
        assert flash.check_image(path, board) == flash.Image(board.CHIP, (1, 26, 1))


@pytest.mark.parametrize("case", BAD)
def test_another_file_is_refused(case: str, tmp_path: Path) -> None:
    content, words = BAD[case]
    path = tmp_path / "image.bin"
    path.write_bytes(content)
    with pytest.raises(DeployError, match=words):
        flash.check_image(path, boards.load("esp32_devkitc"))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="cannot be read"):
        flash.check_image(tmp_path / "missing.bin", boards.load("esp32_devkitc"))


@pytest.mark.parametrize("chip", RAM)
def test_esptool_reads_these_images_as_we_do(chip: str, tmp_path: Path) -> None:
    path = tmp_path / "image.bin"
    path.write_bytes(image(chip, BANNER))
    command = [sys.executable, "-m", "esptool", "--chip", chip, "image-info", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.lower().replace("-", "")
    assert f"({chip})" in said and said.count("(valid)") == 2, done.stdout


def test_esptool_understands_what_it_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It gets as far as the port, which is not there."""
    board = boards.load("esp32c6_devkitc")
    path = tmp_path / "image.bin"
    path.write_bytes(download(board.CHIP, board.FLASH_OFFSET))
    with pytest.raises(DeployError, match="esptool could not write to /dev/nowhere: hold the button BOOT"):
        flash.flash(path, board, "/dev/nowhere")
    said = "".join(capfd.readouterr())
    assert "/dev/nowhere" in said and "Usage" not in said


def test_each_board_is_written_at_its_offset() -> None:
    told = flash.arguments(Path("x.bin"), boards.load("esp32_devkitc"), "COM3")
    assert told[-3:] == ["write-flash", "0x1000", "x.bin"]
    assert told[:4] == ["--chip", "esp32", "--port", "COM3"]
    assert flash.arguments(Path("x.bin"), boards.load("esp32s3_devkitc"), "COM3")[-2] == "0x0"


WRONG_CALLS = {
    "no board": (["flash", "--image", "x.bin"], "which board? Give BOARD=NAME, one of esp32_devkitc", 2),
    "an unknown board": (["deploy", "--board", "esp8266"], "there is no board 'esp8266'", 2),
    "no image": (["flash", "--board", "esp32_devkitc", "--image", ""], "which image?", 2),
    "no such image": (["flash", "--board", "esp32_devkitc", "--image", "x.bin"], "x.bin cannot be read", 1),
    "no such port": (["wipe", "--port", "/dev/nowhere"], "there is no port /dev/nowhere", 3),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_CALLS)
def test_a_wrong_call_ends_with_one_sentence(case: str, capfd: pytest.CaptureFixture[str]) -> None:
    arguments, words, code = WRONG_CALLS[case]
    with pytest.raises(SystemExit) as left:
        main(arguments)
    said = capfd.readouterr().err
    assert (left.value.code, said.count("\n")) == (code, 1), said
    assert words in said
