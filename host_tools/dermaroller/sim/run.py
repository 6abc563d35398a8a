"""Runs a trace on the virtual board at full speed: the unmodified firmware, deterministic for a seed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dermaroller import boards
from dermaroller.sim import image, process
from dermaroller.sim.process import BoardSettings, Boot, BootState
from dermaroller.sim.stream import Pins, World
from dermaroller.sim.trace import Trace, read_trace
from dermaroller.sim.world import Sensors, make_world, with_noise

_MAX_BOOTS = 1000
OFF = "off"  # the state of the light while nothing runs

Progress = Callable[[float, dict[str, int] | None, dict[str, Any] | None], None]


@dataclass
class RunResult:
    """What came of it. Times are trace time, in seconds.

    led: {"t_s", "state", "rgb"} at each change; "off" between boots. counters: the application's, at the end. files:
    content of the flash's /log by name. console: what left the serial port; console_chunks: and when. died: the last
    line of the traceback with which the application ended, if it did, and died_s: when. board: the simulation's own
    counters, summed over all boots. heap_free: at the end, in bytes; least_free and least_block: where the heap was
    probed, the least free and the smallest largest block, looked at each second. exits: why each boot ended;
    ends_s: and when.
    """

    led: list[dict[str, Any]] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    console: bytes = b""
    console_chunks: list[tuple[float, bytes]] = field(default_factory=list)
    board: dict[str, int] = field(default_factory=dict)
    died: str = ""
    died_s: float = 0.0
    heap_free: int = 0
    least_free: int = 0
    least_block: int = 0
    exits: list[str] = field(default_factory=list)
    ends_s: list[float] = field(default_factory=list)
    stderr: str = ""

    def check(self) -> RunResult:
        """The result itself. Raises ApplicationDied if there is no application any more that it could be of."""
        if self.died:
            raise process.ApplicationDied(f"the firmware stopped at {self.died_s:.1f} s of the trace: {self.died}")
        return self


def run(
    trace: Path | str | Trace,
    *,
    plan_bytes: bytes | None = None,
    seed: int = 0,
    flash: Path | None = None,
    out: Path | None = None,
    heap: str = process.HEAP,
    board: str = "virtual",
    requests: Sequence[tuple[float, bytes]] = (),
    baud: int = 115200,
    port_away_ms: tuple[int, int] = (0, 0),
    cpu_mhz: int | None = None,
    noise_mn: int | None = None,
    sensors: Sensors | None = None,
    flash_page_us: int = 700,
    flash_erase_us: int = 45_000,
    cut_at_op: int | None = None,
    is_torn: bool = False,
    extra_s: float = 0.0,
    progress: Progress | None = None,
    patience_s: float = 60.0,
    live: bool = False,
    probes_heap: bool = False,
) -> RunResult:
    """Roll a trace.

    The board starts at the trace's first row; half a second after the last one the button is pressed long, and three
    seconds after its release (and `extra_s`) the run ends.

    flash: image to keep; made if missing. out: folder for the session files. requests: (trace time, bytes) for the
    serial port. port_away_ms: in each of the first, a USB port is not fetched for the second. cpu_mhz: at
    which bytecode takes its time; None: it takes none. cut_at_op: the power
    fails at that flash operation, the first being 1; is_torn: in the middle of it. probes_heap: see RunResult.
    progress: called with (trace time, counters if `live`, LED entry or None). patience_s: of this computer, for the
    board to let a second of its own pass. Raises TraceError, RuntimeMissingError, BoardError, ApplicationDied if it
    hangs; see also RunResult.check.
    """
    motion = trace if isinstance(trace, Trace) else read_trace(Path(trace))
    sensors = with_noise(sensors or Sensors(), noise_mn)
    world = make_world(motion, sensors, board_pins(board), seed, extra_s=extra_s)
    if requests:
        arrivals = ((round((t_s - motion.start_s) * 1e6), data) for t_s, data in requests)
        world = world.with_bytes(arrivals, baud)
    with tempfile.TemporaryDirectory(prefix="dermaroller-") as folder:
        image_path = Path(flash) if flash else Path(folder) / "flash.bin"
        image.ensure_image(image_path)
        if plan_bytes is not None:
            image.put_file(image_path, "/plan.bin", plan_bytes)
        settings = BoardSettings(
            flash=image_path, board=board, heap=heap, baud=baud, live=live, noise_mn=sensors.noise_mn, seed=seed,
            flash_page_us=flash_page_us, flash_erase_us=flash_erase_us, cut_at_op=cut_at_op, is_torn=is_torn,
            cpu_mhz=cpu_mhz, port_away_ms=port_away_ms, probes_heap=probes_heap, patience_s=patience_s,
        )  # fmt: skip
        result = _run_boots(settings, world, motion.start_s, progress)
        result.files = image.read_files(image_path)
    if out:
        _write_files(Path(out), result.files)
    return result


def board_pins(board: str) -> Pins:
    """Where this board's sensors are connected. Raises UsageError for an unknown board."""
    constants = boards.load(board)
    return Pins(constants.HALL_A_PIN, constants.HALL_B_PIN, constants.BUTTON_PIN, constants.CHARGER_PIN)


def _run_boots(settings: BoardSettings, world: World, start_s: float, progress: Progress | None) -> RunResult:
    result = RunResult()
    state = BootState()
    for _ in range(_MAX_BOOTS):
        with Boot(settings, state, world.stream(state.start_us)) as boot:
            for record in boot:
                _take(result, record, start_s + (state.start_us + record.t_us) / 1e6, progress)
        assert boot.exit is not None
        _take_exit(result, boot)
        result.ends_s.append(round(start_s + (state.start_us + boot.exit_us) / 1e6, 6))
        if boot.exit["reason"] == "end":
            return result
        _darken(result, start_s + (state.start_us + boot.exit_us) / 1e6)
        state = state.after(boot.exit, boot.exit_us)
        settings = replace(settings, cut_at_op=None)  # the power fails once
    raise process.BoardError(f"the firmware reset the board {_MAX_BOOTS} times: see its console.")


def _take(result: RunResult, record: process.Record, t_s: float, progress: Progress | None) -> None:
    t_s = round(t_s, 6)
    if record.kind == process.CONSOLE:
        result.console += record.payload
        result.console_chunks.append((t_s, record.payload))
    elif record.kind == process.LIGHT:
        rgb = list(record.payload[:3])
        result.led.append({"t_s": t_s, "state": record.payload[3:].decode(), "rgb": rgb})
        if progress:
            progress(t_s, None, result.led[-1])
    elif record.kind == process.DIED:
        result.died = record.payload.decode(errors="replace")
        result.died_s = t_s
    elif record.kind == process.PROGRESS and progress:
        progress(t_s, json.loads(record.payload) if record.payload else None, None)


def _darken(result: RunResult, t_s: float) -> None:
    """Between two boots there is no light."""
    if result.led and any(result.led[-1]["rgb"]):
        result.led.append({"t_s": round(t_s, 6), "state": OFF, "rgb": [0, 0, 0]})


def _take_exit(result: RunResult, boot: Boot) -> None:
    exit_record = boot.exit or {}
    result.exits.append(exit_record["reason"])
    result.counters = exit_record.get("counters", {})
    result.heap_free = exit_record.get("heap_free", 0)
    result.least_free, result.least_block = exit_record.get("heap_least", (0, 0))
    result.stderr += boot.stderr
    for name, value in exit_record.get("board", {}).items():
        result.board[name] = result.board.get(name, 0) + value


def _write_files(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
