"""The reference decoder reads golden files under both interpreters."""

import json
import os

from roller import decoding, records, wire

FOLDER = __file__.rsplit("/", 1)[0] + "/../data/golden/"


def test_golden_blocks_records_and_samples_are_what_they_were():
    names = [name for name in os.listdir(FOLDER) if name.endswith(".drl")]
    assert len(names) >= 3
    for name in names:
        with open(FOLDER + name, "rb") as f:
            data = f.read()
        with open(FOLDER + name.replace(".drl", ".json")) as f:
            expected = json.load(f)
        check(data, expected)


def check(data, expected):
    pos = told = sampled = 0
    for block in expected["blocks"]:
        kind, session, seq, t_ms, start, end, pos = wire.parse_block(data, pos)
        assert [kind, session, seq, t_ms, end - start] == block
        if kind == wire.DATA:
            times = records.Times(t_ms)
            for tag, at, to in decoding.rows(data, start, end):
                if tag == records.SAMPLES:
                    assert list(decoding.get_samples(data, at, to, times)) == expected["samples"][sampled]
                    sampled += 1
                else:
                    assert [tag, decoding.get_record(data, tag, at, to, times)] == expected["records"][told]
                    told += 1
    assert (pos, told, sampled) == (len(data), len(expected["records"]), len(expected["samples"]))
