"""Whatever can be read of a log, every format writes it, and it is valid there."""

import json

import jsonschema
import pytest
from fhir.resources.bundle import Bundle as BundleR5
from fhir.resources.R4B.bundle import Bundle as BundleR4B
from hypothesis import given, settings
from hypothesis import strategies as st

from dermaroller.errors import IntegrityError, NewerFormat, UsageError
from dermaroller.export import csv_tables, edf_signals, fhir_r4b, fhir_r5, json_object, parquet_tables
from dermaroller.session import Session
from roller import wire

from ..logs import whole_log
from . import sessions

pytestmark = pytest.mark.slow

EXAMPLES = settings.default.max_examples
VALIDATOR = jsonschema.Draft202012Validator(json.loads(json_object.schema_text()))
JUNK = st.sampled_from([None, -1, 1.5, 1e30, 2**39, "", "\0", "\ud800", "é" * 50, [], {}, [1], True, float("nan")])
KEYS = (
    "device name fw hw board utc_s head zones plan settings serum subject needles drum_diameter_um area_mm2 lot"
    " target_per_cm2_x10 duration_ms contact_ms path_counts passes end counters sha256 limits id"
).split()
CHANGES = st.dictionaries(st.sampled_from(KEYS), JUNK, min_size=1, max_size=4)


def check(data):
    try:
        session = Session.parse(data)
    except (IntegrityError, NewerFormat):
        return
    (made,) = json_object.exports(session, "s")
    VALIDATOR.validate(json.loads(made.content))
    for module in (csv_tables, parquet_tables):
        assert len(list(module.exports(session, "s"))) == 5
    for module, model in ((fhir_r4b, BundleR4B), (fhir_r5, BundleR5)):
        (made,) = module.exports(session, "s")
        model.model_validate_json(made.content)
    try:
        list(edf_signals.exports(session, "s"))
    except UsageError as error:
        assert "hours" in str(error)


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 255)), max_size=4), st.integers(1, 4000))
def test_damaged_anywhere_and_cut_off(flips, length):
    data = bytearray(sessions.WHOLE["golden-plan"])
    for place, bits in flips:
        data[place % len(data)] ^= bits
    check(bytes(data[:length]))


@settings(max_examples=2 * EXAMPLES)
@given(CHANGES, st.booleans())
def test_header_and_footer_that_are_intact_and_strange(changes, is_footer):
    log = whole_log(utc_s=1767225600)
    at = -1 if is_footer else 0
    kind, _, seq, t_ms, start, end, _ = wire.parse_block(log.blocks[at])
    changed = json.dumps(_changed(json.loads(log.blocks[at][start:end]), changes)).encode()
    log.blocks[at] = bytes(wire.pack_block(kind, 7, seq, t_ms, changed))
    check(log.data())


def _changed(value, changes):
    if isinstance(value, list):
        return [_changed(each, changes) for each in value]
    if isinstance(value, dict):
        return {key: changes[key] if key in changes else _changed(each, changes) for key, each in value.items()}
    return value
