"""What each verb of the link is answered, entry by entry: the schema to which both ends are held.

An entry is (name, kind, unit, meaning). A kind is `text`, `whole` (a whole number), `flag` (true or false), `list of
KIND`, or the name of one of OBJECTS. Behind it may stand `or null`, and before it `optional`, where firmware older than
the entry, or whoever wrote the plan, leaves it out. The name * stands for any. Entries may be added, with `optional`;
none is ever removed or given another meaning. The device makes its answers without these tables.
"""

# By the words that a request begins with: its verb, or two words where these have an answer of their own.
ANSWERS = {
    "info": (
        ("fw", "text", "", "version of the firmware"),
        ("format", "whole", "", "of the log that it writes"),
        ("state", "text", "", "what the light shows"),
        ("uptime_ms", "whole", "ms", "since the boot"),
        ("device", "text", "", "the chip's own id, which never changes"),
        ("name", "text or null", "", "what the handle was called by `provision`"),
        ("hw", "text or null", "", "revision of its hardware, likewise"),
        ("board", "text", "", "whose constants it runs with"),
        ("chip", "text", "", "its kind"),
        ("machine", "optional text", "", "the hardware, as MicroPython names it"),
        ("micropython", "text", "", "version of MicroPython"),
        ("boot", "whole", "", "number of this boot, from 1 on"),
        ("utc_s", "whole or null", "s", "its clock, in Unix time; null: not set since power came"),
        ("session", "whole or null", "", "that is being recorded"),
        ("sessions", "whole", "", "in flash"),
        ("log_full", "optional flag", "", "no room for another session"),
        ("flash_free", "whole", "bytes", "for sessions"),
        ("flash_size", "whole", "bytes", "likewise, in all"),
        ("heap_free", "whole", "bytes", ""),
        ("subject", "text or null", "", "code of the plan's subject; null without a plan"),
        ("plan_error", "optional text or null", "", "why the plan in flash is not in use"),
        ("stored_error", "optional text or null", "", "what in NVS could not be read or kept since the boot, and why"),
        ("max_payload", "whole", "bytes", "most that one answer to `get` brings now"),
        ("max_speed_mm_s", "optional whole or null", "mm/s", "beyond which counts may be lost; null: no bound"),
        ("counters", "counters", "", "what was lost or out of order since the boot"),
    ),
    "list": (
        ("sessions", "list of session", "", "with the number FROM or a higher one, in order"),
        ("next", "whole or null", "", "FROM of the next page; null: this is the last one"),
    ),
    "sha": (
        ("id", "whole", "", "the session"),
        ("bytes", "whole", "bytes", "its size"),
        ("sha256", "text", "", "64 lower-case hex digits"),
    ),
    "confirm": (("confirmed", "whole", "", "the session"),),
    "erase": (("erased", "whole", "", "the session"),),
    "raw": (
        ("n", "whole", "", "readings since the last `raw`"),
        ("force_raw", "whole or null", "counts", "their mean, rounded down; null without a reading"),
        ("force_raw_min", "whole", "counts", "the lowest of them"),
        ("force_raw_max", "whole", "counts", "the highest"),
        ("force_mn", "whole", "mN", "force now"),
        ("is_faulty", "flag", "", "the force sensor is open, shorted or saturated"),
        ("count", "whole", "counts", "of the drum's encoder, signed"),
        ("speed_mm_s", "whole", "mm/s", "without direction"),
    ),
    "cal": (
        ("kind", "text", "", "`linear`, or `table` for force resistors"),
        ("tare_raw", "whole", "counts", "reading without force"),
        ("nn_per_count", "whole", "nN/count", "slope of a linear one"),
        ("raw_min", "whole", "counts", "a lower reading is a fault; the board says this"),
        ("raw_max", "whole", "counts", "likewise, a higher one"),
        ("utc_s", "optional whole or null", "s", "when it was made, in Unix time; null: the board's own"),
        ("sequence", "optional whole", "", "how many this handle has kept; 0: it works with the board's"),
        ("table", "optional list of list of whole", "", "points [counts above tare, mN], both rising; if it has any"),
        ("nm_per_count", "optional whole", "nm/count", "measured travel, if it was"),
    ),
    "live": (
        ("s", "text", "", "state: what the light shows"),
        ("c", "list of whole", "", "colour: red, green, blue, to 255"),
        ("f", "whole", "mN", "force; 0 in the air"),
        ("v", "whole", "mm/s", "speed, without direction"),
        ("a", "whole", "", "zone that is being rolled, from 0 on"),
        ("z", "whole", "", "zone that `p`, `q` and `e` speak of: ZONE, or the one being rolled"),
        ("p", "whole", "", "passes in it"),
        ("q", "whole", "counts", "path in it, in contact"),
        ("e", "optional whole", "counts", "of this, the path at or above the window's low force; targets go by it"),
        ("b", "whole or null", "mV", "battery; null: cannot be measured"),
        ("o", "flag", "", "a session is open"),
    ),
    "plan": (
        ("plan", "plan or null", "", "in use; null: the handle works without one"),
        ("error", "text or null", "", "why the plan in flash is not in use"),
    ),
    "plan put": (("staged", "whole", "bytes", "of the new plan that are there"),),
    "light": (("light_percent", "whole", "%", "brightness"),),
    "time": (
        ("device", "text", "", "as in `info`"),
        ("boot", "whole", "", "as in `info`"),
        ("utc_s", "whole or null", "s", "as in `info`"),
        ("uptime_ms", "whole", "ms", "since the boot, as this answer was made"),
    ),
    "provision": (
        ("hw", "text or null", "", "revision of the hardware; null: never said"),
        ("name", "text or null", "", "what the handle is called"),
    ),
    "selftest adc": (
        ("n", "whole", "", "readings of the force sensor, one after the other"),
        ("us", "whole", "us", "that they took"),
        ("mean_raw", "whole", "counts", "rounded down"),
        ("min_raw", "whole", "counts", ""),
        ("max_raw", "whole", "counts", ""),
        ("squares", "whole", "counts²", "sum of the squared distances from the mean"),
    ),
    "selftest timer": (
        ("us", "whole", "us", "for which the sampling callback was watched"),
        ("n", "whole", "", "times that it ran"),
        ("near", "whole", "", "periods within 250 us of 1,000"),
        ("shortest_us", "whole", "us", "period"),
        ("longest_us", "whole", "us", "period"),
        ("cost_us", "whole", "us", "spent in it, in all"),
        ("most_us", "whole", "us", "spent in one of them"),
    ),
    "selftest flash": (
        ("write_us", "list of whole", "us", "for each of 64 writes of 512 bytes"),
        ("close_us", "whole", "us", "for closing the file"),
        ("read_us", "whole", "us", "for reading it"),
        ("same", "whole", "", "pieces that were read as they were written"),
    ),
    "selftest heap": (
        ("free", "whole", "bytes", ""),
        ("largest", "whole", "bytes", "in one block, to 64"),
    ),
    "selftest light": (("rgb", "list of whole", "", "colour that was shown"),),
    "selftest end": (),
    "stop": (("stopped", "whole", "", "the session, which is closed and in flash now"),),
    "help": (("*", "text", "", "by verb: its line of help, and how it is written"),),
}
BINARY = ("get", "selftest bytes")  # answered by BYTES frames

OBJECTS = {
    "counters": (("*", "whole", "", "by counter: how often"),),
    "session": (
        ("id", "whole", "", "its number, from 1 on, used once"),
        ("bytes", "whole", "bytes", "its size; of an open one so far"),
        ("open", "flag", "", "still being recorded"),
        ("confirmed", "optional flag", "", "a host has proved that it holds it"),
    ),
    "plan": (
        ("v", "whole", "", "version of this object: 1"),
        ("subject", "text", "", "code of the subject; never a name"),
        ("head", "head", "", "the needle drum"),
        ("force", "force", "", "window that the light guides into"),
        ("limits", "limits", "", ""),
        ("serum", "optional serum or null", "", ""),
        ("zones", "list of zone", "", "in the order in which they are rolled"),
    ),
    "head": (
        ("id", "text", "", "of this very drum"),
        ("needles", "whole", "", ""),
        ("drum_diameter_um", "whole", "um", "without its needles"),
        ("drum_width_um", "whole", "um", ""),
        ("needle_length_um", "whole", "um", ""),
        ("counts_per_rev", "whole", "counts", "in a revolution; those of the handle's encoder"),
        ("max_sessions", "whole", "", "that it may be used for; 0: no limit is known"),
        ("max_revolutions", "optional whole", "", "likewise; left out: 0"),
    ),
    "force": (
        ("low_mn", "whole", "mN", ""),
        ("high_mn", "whole", "mN", "above low_mn"),
    ),
    "limits": (
        ("max_density_per_cm2_x10", "optional whole or null", "0.1/cm²", "of all punctures in a zone"),
        ("min_interval_days", "optional whole or null", "days", "between two sessions of the subject"),
    ),
    "serum": (
        ("name", "text", "", ""),
        ("lot", "optional text or null", "", ""),
    ),
    "zone": (
        ("name", "text", "", ""),
        ("area_mm2", "whole", "mm²", ""),
        ("target_per_cm2_x10", "whole", "0.1/cm²", "punctures to reach"),
    ),
    "refusal": (
        ("error", "text", "", "one of the words below, for programs"),
        ("text", "text", "", "a sentence, for people"),
    ),
}
