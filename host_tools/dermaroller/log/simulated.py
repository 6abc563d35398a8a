"""Simulated or real: the one place that tells a virtual board from a chip."""

# The unique id of the virtual board, whatever board's constants it runs: by it, sessions are known that were recorded
# before a header told the machine.
VIRTUAL_ID = "240ac4000001"
_BOARD = "virtual"
_MACHINE = "Virtual board"


def is_virtual(board: str | None, machine: str | None, device: str | None) -> bool:
    """Whether these entries of a header, or of an answer to `info`, are a virtual board's.

    board: the constants that it ran. machine: what MicroPython calls the hardware. device: its unique id.
    """
    return board == _BOARD or (machine or "").startswith(_MACHINE) or device == VIRTUAL_ID
