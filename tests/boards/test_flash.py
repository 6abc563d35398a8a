"""The flash keeps what was written, through restarts and through power cuts at any operation."""

import pytest

from dermaroller.errors import UsageError
from dermaroller.sim import image


def test_files_stay_from_one_run_to_the_next_and_are_read_from_outside(play, tmp_path):
    write = "with open({!r}, 'w') as file:\n    file.write({})\n"
    play(write.format("/note.txt", "'kept'"))
    result = play(write.format("/log/x.drl", "open('/note.txt').read()"))
    assert result.files == {"x.drl": b"kept"}
    assert image.read_files(tmp_path / "flash.bin", "/")["note.txt"] == b"kept"


def test_programming_only_clears_bits(play):
    program = """
from esp32 import Partition
p = Partition("vfs")
buf = bytearray(4)
p.ioctl(6, 500)
for data in (b"\\xf0\\xff\\x0f\\xff", b"\\x3c\\x55\\xff\\xff"):
    p.writeblocks(500, data, 250)
    p.readblocks(500, buf, 250)
    print(buf.hex())
p.writeblocks(500, bytes(4096))
p.readblocks(500, buf)
found = Partition.find(Partition.TYPE_DATA, label="vfs")[0]
print(buf.hex(), p.ioctl(4, 0), p.ioctl(5, 0), p.info()[4], found.info()[3])
"""
    assert play(program).lines == ["f0ff0fff", "30550fff", "00000000 512 4096 vfs 2097152"]


def test_nvs_keeps_what_was_committed(play):
    play("""
from esp32 import NVS
nvs = NVS("test")
nvs.set_i32("n", -5)
nvs.set_blob("b", b"abc")
nvs.set_i32("gone", 1)
nvs.commit()
nvs.erase_key("gone")
nvs.commit()
nvs.set_i32("n", 7)
""")
    program = """
from esp32 import NVS
nvs = NVS("test")
buf = bytearray(8)
print(nvs.get_i32("n"), nvs.get_blob("b", buf), buf[:3])
for get, *arguments in (
    (nvs.get_i32, "gone"), (nvs.get_i32, "b"), (nvs.get_blob, "b", bytearray(2)), (NVS("x").get_i32, "n")
):
    try:
        get(*arguments)
    except OSError as error:
        print(error.args)
"""
    missing = "(-4354, 'ESP_ERR_NVS_NOT_FOUND')"
    assert play(program).lines == [
        "-5 3 bytearray(b'abc')",
        missing,
        missing,
        "(-4364, 'ESP_ERR_NVS_INVALID_LENGTH')",
        missing,
    ]


def test_nvs_outlives_many_changes(play):
    play(
        """
from esp32 import NVS
nvs = NVS("test")
nvs.set_blob("fixed", b"f" * 100)
for n in range(1500):
    nvs.set_i32("n", n)
    nvs.commit()
""",
        1.0,
    )
    program = """
from esp32 import NVS
buf = bytearray(100)
print(NVS("test").get_i32("n"), NVS("test").get_blob("fixed", buf), bytes(buf) == b"f" * 100)
"""
    assert play(program).lines == ["1499 100 True"]


COUNT_UP = """
import machine, os
from esp32 import NVS
nvs = NVS("test")
def number():
    try:
        return nvs.get_i32("n")
    except OSError:
        return 0
def in_file():
    try:
        return os.stat("/rows")[6] // 300
    except OSError:
        return 0
print(number(), in_file(), machine.reset_cause() == machine.PWRON_RESET)
for n in range(number() + 1, number() + 21):
    with open("/rows", "a") as log:
        log.write("x" * 300)
    print("file", in_file())
    nvs.set_i32("n", n)
    nvs.commit()
    print("nvs", n)
"""


@pytest.mark.slow
@pytest.mark.parametrize("is_torn", [False, True])
@pytest.mark.parametrize("operation", [*range(1, 26), *range(60, 360, 29)])
def test_power_cut_at_a_flash_operation_loses_nothing_that_was_done(play, operation, is_torn):
    result = play(COUNT_UP, 3.0, cut_at_op=operation, is_torn=is_torn)
    assert result.exits == ["power_cut", "end"]
    second_boot = max(i for i, line in enumerate(result.lines) if line.endswith("True"))
    before, (number, in_file, _) = result.lines[:second_boot], result.lines[second_boot].split()
    done = {"file": 0, "nvs": 0} | {line.split()[0]: int(line.split()[1]) for line in before[1:]}
    assert int(number) - done["nvs"] in (0, 1)
    assert int(in_file) - done["file"] in (0, 1)
    assert result.lines[-1] == f"nvs {int(number) + 20}"


def test_torn_writes_leave_half_of_the_data(play, tmp_path):
    program = """
import machine
from esp32 import Partition
p = Partition("vfs")
if machine.reset_cause() == machine.PWRON_RESET and bytearray(1) != b"x":
    buf = bytearray(64)
    p.readblocks(500, buf)
    print(buf.count(b"\\x55"))
    if not buf.count(b"\\x55"):
        p.ioctl(6, 500)
        p.writeblocks(500, b"\\x55" * 64, 0)
"""
    assert play(program, 2.0, cut_at_op=2, is_torn=True).lines == ["0", "32"]


def test_a_file_that_is_no_image_is_refused(tmp_path):
    wrong = tmp_path / "wrong.bin"
    wrong.write_bytes(b"x")
    with pytest.raises(UsageError, match=r"wrong.bin is 1 bytes long"):
        image.ensure_image(wrong)


def test_putting_a_file_keeps_what_is_there(tmp_path):
    path = tmp_path / "flash.bin"
    image.make_image(path)
    image.put_file(path, "/log/a.drl", b"a" * 10_000)
    image.put_file(path, "/plan.bin", b"plan")
    assert image.read_files(path) == {"a.drl": b"a" * 10_000}
    assert image.read_files(path, "/")["plan.bin"] == b"plan"
    assert image.read_files(path, "/nothing") == {}
