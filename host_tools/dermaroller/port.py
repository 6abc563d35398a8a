"""Opens serial ports without disturbing the device behind them; the only file that imports serial.

DTR and RTS are made false before the port opens, because on many boards they are the reset line. The port is taken for
this process alone, so that a second tool gets a clear answer instead of half of the bytes.
"""

import errno
import os
import platform
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from dermaroller import remembered
from dermaroller.errors import DermarollerError, NoDevice, NoPermission, PortBusy, UsageError
from dermaroller.holders import holders
from dermaroller.remembered import Remembered

if TYPE_CHECKING:
    import serial

READ_TIMEOUT_S = 0.05
WRITE_TIMEOUT_S = 5.0
# USB vendors whose chips sit on ESP32 boards: Espressif, Silicon Labs CP210x, WCH CH34x, FTDI.
VENDORS = {0x303A: "Espressif", 0x10C4: "Silicon Labs", 0x1A86: "WCH", 0x0403: "FTDI"}
_MISSING = {errno.ENOENT, errno.ENXIO, errno.ENODEV}
_BUSY = {errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK}
_FORBIDDEN = {errno.EACCES, errno.EPERM}


@dataclass(frozen=True)
class PortInfo:
    """A serial port of this computer; is_likely: its USB vendor is one found on ESP32 boards."""

    path: str
    description: str
    vid: int | None
    pid: int | None
    serial_number: str | None
    is_likely: bool


class Port:
    """An open serial port: read() gives what has come, write() sends. A context manager."""

    def __init__(self, line: "serial.Serial", name: str) -> None:
        self._line = line
        self.name = name
        self._has_answered = False

    def read(self) -> bytes:
        """What has come, b"" if nothing does within READ_TIMEOUT_S. NoDevice if the port has gone, or see _gone."""
        try:
            data = self._line.read(1)
            self._has_answered |= bool(data)
            return bytes(data + self._line.read(self._line.in_waiting) if data else data)
        except OSError as error:
            raise self._gone() from error

    def write(self, data: bytes) -> None:
        """Send all of data. NoDevice if the port has gone or takes nothing, or see _gone."""
        try:
            self._line.write(data)
        except OSError as error:
            raise self._gone() from error

    def _gone(self) -> NoDevice | PortBusy:
        """A served port closes the connection of whoever comes second before it has said anything: PortBusy."""
        if self.name.startswith("socket://") and not self._has_answered:
            return PortBusy(f"{self.name} hung up at once: it is in use by another program. Close that and try again.")
        if self.name.startswith("socket://"):
            return NoDevice(f"{self.name} hung up: what served it has ended. Start that again.")
        return NoDevice(
            f"{self.name} stopped working: the device was unplugged or its driver failed. Plug it in again."
        )

    def __enter__(self) -> "Port":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()


def ports() -> list[PortInfo]:
    """The serial ports of this computer, the likely ones first."""
    from serial.tools import list_ports

    found = [
        PortInfo(p.device, p.description or "", p.vid, p.pid, p.serial_number, p.vid in VENDORS)
        for p in list_ports.comports()
    ]
    return sorted(found, key=lambda info: (not info.is_likely, info.path))


def resolve(spec: str) -> str:
    """The port that `spec` means: "auto" is the only likely one, or the one that answered last; else it is itself.

    NoDevice if auto finds none or several.
    """
    if spec != "auto":
        return spec
    likely = candidates()
    if len(likely) == 1:
        return likely[0]
    if last := _last_used(likely):
        return last
    if not likely:
        raise NoDevice("no port looks like a dermaroller. Plug it in with a data cable, or name the port with -p.")
    raise NoDevice(f"{len(likely)} ports look like a dermaroller: {', '.join(likely)}. Choose one with -p.")


def candidates() -> list[str]:
    """The ports that look like a dermaroller."""
    return [info.path for info in ports() if info.is_likely]


def remember(name: str) -> None:
    """Keep this port, behind which a dermaroller answered, as the one that `auto` means among several."""
    numbers = {info.path: info.serial_number for info in ports()}
    remembered.keep(Remembered(name, numbers.get(name)))


def _last_used(likely: list[str]) -> str | None:
    """The port that answered last, if it is here. Its USB serial number counts more than its name, which may change."""
    last = remembered.recall()
    if last is None:
        return None
    if last.serial_number:
        return next((info.path for info in ports() if info.serial_number == last.serial_number), None)
    if last.port in likely or (not likely and ("://" in last.port or os.path.exists(last.port))):
        return last.port
    return None


def open_port(spec: str, baud: int = 115200) -> Port:
    """Open a port: a path, COMx, auto, socket://host:port or rfc2217://host:port. Raises NoDevice, PortBusy,
    NoPermission, or UsageError for a name or rate that cannot be one."""
    import serial

    name = resolve(spec)
    try:
        line = serial.serial_for_url(
            name, baud, timeout=READ_TIMEOUT_S, write_timeout=WRITE_TIMEOUT_S, exclusive=True, do_not_open=True
        )
        line.dtr = False
        line.rts = False
        line.open()
    except ValueError as error:
        raise UsageError(f"{name} at {baud} baud cannot be opened: {error}. Check -p and --baud.") from error
    except OSError as error:
        raise open_error(name, error) from error
    return Port(line, name)


def open_error(name: str, error: OSError) -> DermarollerError:
    """The class and sentence for what the system said when the port was opened."""
    number = error.errno
    if isinstance(error.__context__, OSError) and number is None:
        number = error.__context__.errno
    if number in _MISSING:
        return NoDevice(f"there is no port {name}. Plug the device in, or see `dermaroller ports`.")
    if number in _BUSY or (os.name == "nt" and "Access is denied" in str(error)):
        return _busy(name)
    if number in _FORBIDDEN:
        return NoPermission(f"you may not open {name}. {_permission_step()}")
    if "Could not configure port" in str(error):
        return NoDevice(f"{name} is not a serial port. See `dermaroller ports`.")
    return NoDevice(f"{name} cannot be opened ({_plain(error)}). Check the name, or see `dermaroller ports`.")


def _busy(name: str) -> PortBusy:
    found = holders(name)
    if not found:
        return PortBusy(f"{name} is in use by another program. Close that one (a monitor? mpremote?) and try again.")
    return PortBusy(f"{name} is in use by {' and '.join(map(str, found))}. Close that program and try again.")


def _permission_step() -> str:
    if platform.system() == "Linux":
        return "Join the group that owns it (sudo usermod -aG dialout $USER; uucp on Arch) and log in again."
    return "Ask for access to it, then try again."


def _plain(error: OSError) -> str:
    return str(error.strerror or error).splitlines()[0].rstrip(".")
