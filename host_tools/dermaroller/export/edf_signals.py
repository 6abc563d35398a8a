"""EDF+: force, speed and counts as signals of 100 samples a second; passes, alerts and gaps as annotations.

The log has samples only in contact, but EDF+C has no holes: in the air all signals are 0, and the signal "Contact" is 1
only where the log has a sample. A contact begins at any millisecond, so its samples stand at the nearest hundredth of a
second, and the annotation "contact" has its exact time. The last record is filled up with air; "end of session" tells
where it ended.
"""

import datetime
import io
import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from dermaroller import packages
from dermaroller.errors import UsageError
from dermaroller.export.edf_notes import notes
from dermaroller.export.files import Export
from dermaroller.export.tables import run_starts, sample_ms, session_key, speeds_mm_s
from dermaroller.session import Session
from dermaroller.summary import started_at
from roller import records, series

with packages.needing("edf"):
    import edfio

RATE_HZ = 1000 // records.SAMPLE_PERIOD_MS
MAX_HOURS = 24
_SPEED_STEP_MM_S = 0.1
_COARSEST_MM_S = 100.0  # what is beyond its range no log of a real drum can hold, and the header has no room for
_DIGITAL_MAX = 32767
_CODE_LENGTH = 40  # of a subject code in the header, which has 80 characters in all
_YEARS = range(1985, 2085)  # that EDF can tell


def exports(session: Session, stem: str) -> Iterator[Export]:
    """STEM.edf. UsageError if the session's times go beyond MAX_HOURS."""
    file = io.BytesIO()
    slots = sample_slots(sample_ms(session))
    seconds = max(1, int(np.ceil(max(session.duration_s, (slots.max(initial=-1) + 1) / RATE_HZ))))
    if seconds > MAX_HOURS * 3600:
        raise UsageError(
            f"{session.name}: its times reach {seconds // 3600} hours, and EDF files are made up to {MAX_HOURS}. Use "
            "--format csv or parquet."
        )
    edf = edfio.Edf(
        _signals(session, slots, seconds * RATE_HZ),
        patient=edfio.Patient(code=header_code(session.header.plan and session.header.plan.subject)),
        data_record_duration=1,
        annotations=[edfio.EdfAnnotation(*note) for note in notes(session)],
        **_start(session),
    )
    edf.write(file)
    yield Export(f"{stem}.edf", file.getvalue())


def sample_slots(t_ms: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of each sample among hundredths of a second: the nearest that is free, in order. Shape (n,)."""
    starts = run_starts(t_ms)
    slots = np.zeros(len(t_ms), dtype=np.int64)
    free = 0
    for start, end in itertools.pairwise(starts.tolist()):
        if end > start:
            first = max(free, (int(t_ms[start]) + records.SAMPLE_PERIOD_MS // 2) // records.SAMPLE_PERIOD_MS)
            slots[start:end] = first + np.arange(end - start)
            free = first + end - start
    return slots


def header_code(text: Any) -> str:
    """A code as EDF headers can hold it: ASCII without spaces, X if unknown.

    Other characters are percent-encoded, so that urllib.parse.unquote gives them back, unless the code is too long.
    """
    code = quote(str(text or ""), safe="!#$&'()*+,-./:;<=>?@[]^_{|}~")
    return code[:_CODE_LENGTH] or "X"


def _signals(session: Session, slots: NDArray[np.int64], n: int) -> list[Any]:
    samples = session.samples
    steps = np.rint(samples.force_n * 1000 / records.FORCE_STEP_MN)
    speed = speeds_mm_s(session)
    speed_step = _SPEED_STEP_MM_S
    while np.abs(speed).max(initial=0) > _DIGITAL_MAX * speed_step and speed_step < _COARSEST_MM_S:
        speed_step *= 10
    speed = np.clip(speed / speed_step, -_DIGITAL_MAX, _DIGITAL_MAX)
    limit = series.FORCE_LIMIT
    force_n = limit * records.FORCE_STEP_MN / 1000
    rows = [
        ("Force", "N", steps, limit, force_n),
        ("Speed", "mm/s", np.rint(speed), _DIGITAL_MAX, round(_DIGITAL_MAX * speed_step, 1)),
        ("Counts", "", samples.counts, limit, limit),
        ("Contact", "", np.ones(len(slots)), 1, 1),
    ]
    return [_signal(label, unit, _spread(digital, slots, n), most, top) for label, unit, digital, most, top in rows]


def _signal(label: str, unit: str, digital: NDArray[np.int16], most: int, top: float) -> Any:
    """most and top: the greatest value, digital and physical; the least is its negative."""
    return edfio.EdfSignal.from_digital(
        digital,
        RATE_HZ,
        label=label,
        transducer_type="dermaroller",
        physical_dimension=unit,
        physical_range=(-top, top),
        digital_range=(-most, most),
    )


def _spread(digital: NDArray[Any], slots: NDArray[np.int64], n: int) -> NDArray[np.int16]:
    row = np.zeros(n, dtype=np.int16)
    row[slots] = digital
    return row


def _start(session: Session) -> dict[str, Any]:
    """Date and time in whole seconds, as `show --json` tells it; without them the header says so in the way of EDF+."""
    start = started_at(session)
    is_known = start is not None and start.year in _YEARS
    recording = edfio.Recording(
        startdate=start.date() if start and is_known else None,
        hospital_administration_code=session_key(session).encode("ascii", "replace").decode(),
        equipment_code="dermaroller",
    )
    time = start.time().replace(microsecond=0) if start and is_known else datetime.time()
    return {"recording": recording, "starttime": time}
