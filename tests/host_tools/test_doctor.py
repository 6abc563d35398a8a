"""Each thing that can keep a device from being reached, as facts that the test puts together."""

import json
import os

import pytest

from dermaroller import cli_doctor, facts
from dermaroller.doctor import GOOD, PROBLEM, WARNING, diagnose
from dermaroller.facts import BABBLE, BUSY, FAILED, FORBIDDEN, NEWER, OK, PROMPT, REFUSED, SILENT, Answer, Facts
from dermaroller.holders import Holder
from dermaroller.port import PortInfo, open_port
from roller import wire
from roller.version import VERSION

from .fake_device import INFO, FakeDevice

USB = PortInfo("/dev/ttyUSB0", "CP2102", 0x10C4, 0xEA60, "0001", True)
CP210X = {0x1D6B, 0x10C4}


def plugged(kind, text="", firmware=VERSION, **options):
    return Facts(ports=[USB], answers={USB.path: Answer(kind, firmware, 1, text)}, **options)


HELD = {USB.path: [Holder(4711, "minicom -D /dev/ttyUSB0")]}
# name of the finding: (facts, exit code, what its text or fix says, its command)
PROBLEMS = {
    "no_device": (Facts(usb_vendors={0x1D6B}), 3, "its cable carries power but no data", ""),
    "no_driver": (Facts(usb_vendors=CP210X), 3, "A USB chip of Silicon Labs is plugged in", "sudo dmesg | tail"),
    "brltty": (Facts(usb_vendors=CP210X, services={"brltty"}), 3, "took its port away", "sudo apt remove brltty"),
    "busy": (plugged(BUSY, holders=HELD), 4, "held by minicom -D /dev/ttyUSB0 (process 4711)", "kill 4711"),
    "permission": (plugged(FORBIDDEN, groups={USB.path: "uucp"}), 5, "group uucp", "sudo usermod -aG uucp $USER"),
    "port_failed": (plugged(FAILED, "It broke."), 3, "It broke.", ""),
    "silent": (plugged(SILENT), 8, "nothing on it answers", "make flash BOARD=... PORT=/dev/ttyUSB0 IMAGE=..."),
    "no_application": (plugged(PROMPT), 8, "its application is missing", "make deploy BOARD=... PORT=/dev/ttyUSB0"),
    "babble": (plugged(BABBLE), 8, "another line rate", ""),
    "old_firmware": (
        plugged(REFUSED, "unknown"),
        13,
        "no match for this tool",
        "make deploy BOARD=... PORT=/dev/ttyUSB0",
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_problem_has_its_sentence_and_its_fix(name):
    given, exit_code, text, command = PROBLEMS[name]
    found = diagnose(given)[0]
    assert (found.name, found.severity, found.exit_code, found.command) == (name, PROBLEM, exit_code, command)
    assert text in found.text + found.fix
    assert found.fix.endswith(".")


def test_a_device_that_cannot_read_what_it_keeps():
    found = diagnose(plugged(OK, "led_a: checksum of the block at byte 0 is wrong"))[0]
    assert (found.name, found.severity, found.exit_code) == ("stored_error", WARNING, 0)
    assert "(led_a: checksum of the block at byte 0 is wrong)" in found.text


def test_a_device_that_is_well():
    found = diagnose(plugged(OK, services={"brltty", "ModemManager"}))
    assert [finding.severity for finding in found] == [GOOD, GOOD]
    assert f"A dermaroller answers on /dev/ttyUSB0, with firmware {VERSION}." in found[1].text


@pytest.mark.parametrize(
    "firmware, name", [("0.0.9", "old_firmware"), ("", "old_firmware"), ("99.1", "old_tool"), (VERSION, "device")]
)
def test_versions_are_compared_as_numbers(firmware, name):
    assert name in [finding.name for finding in diagnose(plugged(OK, firmware=firmware))]


def test_a_tool_that_is_too_old_is_told_how_it_gets_newer_where_it_is():
    given = plugged(OK, firmware="99.1", update_command="pipx install --force NEWER.whl")
    assert diagnose(given)[0].command == "pipx install --force NEWER.whl"


def test_programs_that_may_disturb_are_named_only_where_something_is_wrong():
    found = diagnose(plugged(SILENT, services={"brltty", "ModemManager"}))
    assert [finding.name for finding in found] == ["silent", "brltty", "modem_manager", "port"]
    assert found[2].command == "sudo systemctl disable --now ModemManager"


def test_other_systems_have_no_groups_and_no_sysfs():
    assert diagnose(Facts(system="Windows"))[0].fix.endswith("install the driver of its USB chip.")
    windows = plugged(FORBIDDEN, system="Windows")
    assert diagnose(windows)[0].command == ""
    assert "install" in diagnose(Facts(system="Darwin", usb_vendors=CP210X))[0].fix.lower()


def test_a_busy_port_whose_holder_is_not_known():
    found = diagnose(plugged(BUSY))[0]
    assert "another program" in found.text and found.command == ""


def test_what_runs_and_what_is_plugged_in_is_read_from_the_system(tmp_path, monkeypatch):
    for pid, name in ((1, "systemd"), (2, "ModemManager"), (3, "brltty")):
        (tmp_path / "proc" / str(pid)).mkdir(parents=True)
        (tmp_path / "proc" / str(pid) / "comm").write_text(name + "\n")
    for name, vendor in (("1-1", "10c4\n"), ("usb1", "1d6b\n"), ("odd", "?\n")):
        folder = tmp_path / "sys" / "bus" / "usb" / "devices" / name
        folder.mkdir(parents=True)
        (folder / "idVendor").write_text(vendor)
    monkeypatch.setattr(facts.port, "ports", list)
    found = facts.gather("auto", 115200, tmp_path / "proc", tmp_path / "sys")
    assert (found.services, found.usb_vendors) == ({"ModemManager", "brltty"}, CP210X)
    assert (found.ports, found.answers) == ([], {})
    assert found.update_command.startswith("git -C ")  # the tests run in a checkout
    assert facts.gather("auto", 115200, tmp_path / "no", tmp_path / "no").usb_vendors is None


@pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")
class TestOverAPort:
    def ask(self, path):
        return facts.ask(path, 115200, silence_s=0.02).kind

    def test_a_dermaroller(self, serve):
        with serve(FakeDevice({})) as path:
            assert self.ask(path) == OK

    def test_silence(self, serve):
        with serve(FakeDevice({}, spoil=lambda reply: [])) as path:
            assert self.ask(path) == SILENT

    def test_something_else_that_talks(self, serve):
        with serve(
            FakeDevice({}, spoil=lambda reply: [b"$GPGGA,092750.000,5321.6802,N,00630.3372,W*76\r\n" * 3])
        ) as path:
            assert self.ask(path) == BABBLE

    def test_a_prompt_without_an_application(self, serve):
        with serve(FakeDevice({}, spoil=lambda reply: [b"\r\nMicroPython\r\n>>> "])) as path:
            assert self.ask(path) == PROMPT

    @pytest.mark.parametrize(("boot", "kind", "name"), [("7", NEWER, "old_tool"), (None, REFUSED, "old_firmware")])
    def test_a_firmware_whose_answers_this_tool_cannot_read(self, serve, boot, kind, name):
        fake = FakeDevice({})
        fake.is_honest = False
        answer = {**INFO, "boot": boot} if boot else {key: each for key, each in INFO.items() if key != "boot"}
        fake._info = lambda: (wire.JSON, 0, json.dumps(answer).encode())
        with serve(fake) as path:
            found = facts.ask(path, 115200, silence_s=0.02)
        assert found.kind == kind
        told = diagnose(plugged(found.kind, text=found.text))[0]
        assert (told.name, told.severity) == (name, PROBLEM)
        assert "boot" in told.text

    def test_a_busy_and_a_missing_port(self, serve):
        with serve(FakeDevice({})) as path, open_port(path):
            assert self.ask(path) == BUSY
        assert self.ask("/dev/nowhere") == FAILED

    def test_the_command(self, serve, command):
        with serve(FakeDevice({})) as path:
            code, out, _ = command("-p", path, "doctor")
            assert code == 0 and f"A dermaroller answers on {path}" in out
            answer = json.loads(command("-p", path, "doctor", "--json")[1])
        assert answer["is_well"] is True

    def test_the_command_s_exit_code_is_that_of_the_first_problem(self, command, monkeypatch):
        monkeypatch.setattr(cli_doctor.facts, "gather", lambda wanted, baud: plugged(BUSY, holders=HELD))
        code, out, _ = command("doctor")
        assert code == 4 and "✗ /dev/ttyUSB0 is held by minicom" in out and "kill 4711" in out
