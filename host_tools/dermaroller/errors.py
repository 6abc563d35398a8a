"""The errors that end a command: each is one sentence for the user, and an exit code for scripts.

A leaf has its own code where a script can act on it; leaves that only one module raises live there (a missing
MicroPython runtime: 12). The sentence names the file or port, the place in it, and the next step.
"""


class DermarollerError(Exception):
    """Base of all errors that the user can act on; the message names the thing, the place and the next step."""

    exit_code = 1


class UsageError(DermarollerError):
    """An option or argument has a value that cannot be used."""

    exit_code = 2


class NoDevice(DermarollerError):
    """There is no such port, or nothing that looks like a device."""

    exit_code = 3


class PortBusy(DermarollerError):
    """Another program holds the port."""

    exit_code = 4


class NoPermission(DermarollerError):
    """This user may not open the port."""

    exit_code = 5


class IntegrityError(DermarollerError):
    """A session file or transfer is damaged or cut off."""

    exit_code = 6


class NothingNew(DermarollerError):
    """There was nothing to do; scripts may want to know."""

    exit_code = 7


class DeviceSilent(DermarollerError):
    """The port opened, but nothing on it answers as a dermaroller does."""

    exit_code = 8


class NewerFormat(DermarollerError):
    """The data are intact, but of a format that this version cannot read."""

    exit_code = 9


class TraceError(DermarollerError):
    """A motion trace cannot be used."""

    exit_code = 10


class PlanError(DermarollerError):
    """A treatment plan cannot be used."""

    exit_code = 11


class DeviceRefused(DermarollerError):
    """The device understood the request and answered with an error; `reason` is its word for it."""

    exit_code = 13

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class SelfTestFailed(DermarollerError):
    """The device answers, but some of what it measured of itself is outside its limits."""

    exit_code = 15


class CalibrationRefused(DermarollerError):
    """A calibration that would make the number worse; the message says which reading or which limit."""

    exit_code = 14
