"""The columns of the exported tables: names, types, units, meanings. They are only ever appended to.

Numbers are those of `show --json` where it has them. Rows are told apart by `session`, so that the tables of many
sessions can be put together. In CSV a missing value is an empty cell; in Parquet it is null.
"""

from dataclasses import dataclass

TEXT, WHOLE, NUMBER, FLAG, MOMENT = "text", "whole number", "number", "true or false", "UTC time, ISO 8601"


@dataclass(frozen=True)
class Column:
    """unit: as in UCUM; empty where there is none."""

    name: str
    type: str
    unit: str
    meaning: str


_SESSION = Column("session", TEXT, "", "device, number on it, and first 8 hex digits of the log's SHA-256")
_ZONE = Column("zone", WHOLE, "", "from 0, in the order of the plan")
_START = Column("start_s", NUMBER, "s", "from the session's start")
_END = Column("end_s", NUMBER, "s", "from the session's start")

TABLES: dict[str, tuple[Column, ...]] = {
    "session": (
        _SESSION,
        Column("id", WHOLE, "", "the session's number on its device"),
        Column("device", TEXT, "", "the device's id"),
        Column("subject", TEXT, "", "the plan's subject code"),
        Column("started_at", MOMENT, "", "the session's start"),
        Column("start_uncertainty_s", NUMBER, "s", "how far the start may be off"),
        Column("start_source", TEXT, "", "who says so: device, clock set, pull"),
        Column("duration_s", NUMBER, "s", "from start to end"),
        Column("contact_s", NUMBER, "s", "of it in contact"),
        Column("passes", WHOLE, "", "strokes long enough to count"),
        Column("path_mm", NUMBER, "mm", "rolled in contact, drum seated"),
        Column("punctures", NUMBER, "", "needles x revolutions in contact, drum seated"),
        Column("effective_punctures", NUMBER, "", "of them at or above the plan's low force"),
        Column("captured_fraction", NUMBER, "1", "1 - gaps / duration"),
        Column("end", TEXT, "", "what ended it; empty: it was not closed, or the end is lost"),
        Column("head_id", TEXT, "", "the head's id"),
        Column("needles", WHOLE, "", "of the head"),
        Column("needle_length_mm", NUMBER, "mm", "length, not a depth in skin"),
        Column("is_simulated", FLAG, "", "made by the virtual board"),
        Column("is_whole", FLAG, "", "the log is byte for byte as the device closed it"),
        Column("is_trusted", FLAG, "", "nothing speaks against the numbers"),
        Column("doubts", TEXT, "", "what does, in sentences"),
        Column("missing_bytes", WHOLE, "By", "of the log"),
        Column("missing_blocks", WHOLE, "", "at least so many"),
        Column("missing_records", WHOLE, "", "that cannot be read"),
        Column("log_bytes", WHOLE, "By", "size of the log"),
        Column("log_sha256", TEXT, "", "of the log"),
        Column("is_treatment", FLAG, "", "it uses its head and begins an interval; empty: the log has lost it"),
    ),
    "zones": (
        _SESSION,
        _ZONE,
        Column("name", TEXT, "", "as the plan calls it"),
        Column("area_cm2", NUMBER, "cm2", "as the plan says"),
        Column("passes", WHOLE, "", "strokes long enough to count"),
        Column("punctures", NUMBER, "", "needles x revolutions in contact, drum seated"),
        Column("effective_punctures", NUMBER, "", "of them at or above the plan's low force"),
        Column("density_per_cm2", NUMBER, "/cm2", "punctures / area, drum seated"),
        Column("density_low_per_cm2", NUMBER, "/cm2", "lower end of the band: only the tips touch"),
        Column("density_high_per_cm2", NUMBER, "/cm2", "upper end of the band: drum seated"),
        Column("target_density_per_cm2", NUMBER, "/cm2", "the plan's target"),
        Column("effective_density_per_cm2", NUMBER, "/cm2", "effective punctures / area, drum seated; the target's"),
        Column("effective_density_low_per_cm2", NUMBER, "/cm2", "lower end of its band: only the tips touch"),
    ),
    "strokes": (
        _SESSION,
        Column("stroke", WHOLE, "", "from 0, in the order of the log"),
        _START,
        _END,
        Column("zone", WHOLE, "", "from 0, in the order of the plan"),
        Column("direction", TEXT, "", "forward or backward"),
        Column("distance_mm", NUMBER, "mm", "rolled, dither netted out, drum seated"),
        Column("force_mean_n", NUMBER, "N", "over the stroke"),
        Column("force_peak_n", NUMBER, "N", "over the stroke"),
        Column("counted", FLAG, "", "long enough to be a pass"),
    ),
    "samples": (
        _SESSION,
        Column("t_s", NUMBER, "s", "from the session's start; every 0.01 s within a contact, no rows in the air"),
        Column("force_n", NUMBER, "N", "on the drum, in steps of 0.01 N; a little below 0 is noise"),
        Column("counts", WHOLE, "", "encoder counts since the row before, signed"),
        Column("travel_mm", NUMBER, "mm", "signed sum of the counts since the session's start, drum seated"),
        Column("speed_mm_s", NUMBER, "mm/s", "signed; mean over 0.21 s around the row, less at a contact's ends"),
        _ZONE,
    ),
    "events": (
        _SESSION,
        _START,
        Column("end_s", NUMBER, "s", "from the session's start; empty for a moment"),
        Column("event", TEXT, "", "contact, zone, alert, gap, button or clock"),
        Column("kind", TEXT, "", "which alert, why the gap, how long the press"),
        Column("value", NUMBER, "", "zone: its number from 0; clock: Unix time; alert: as the kind means it"),
    ),
}  # fmt: skip
