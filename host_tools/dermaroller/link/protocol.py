"""Writes PROTOCOL.md from the schema, roller.wire and a template: `python -m dermaroller.link.protocol`."""

import json
from binascii import crc32
from collections.abc import Iterable
from importlib import resources
from string import Template
from typing import Any

from dermaroller.link import layout, notes
from dermaroller.link.examples import BYTES, EXAMPLES
from dermaroller.link.schema import ANSWERS, FORMS, LIST_OF, OBJECTS, Entry, Form
from dermaroller.sim import runtime
from roller import link, verbs, wire
from roller.answers import BINARY
from roller.plan_reading import RANGES

TAG = 7  # of the examples
WIDTH = 110  # at which an example's JSON is set in several lines
_WORDS = {"text": "text", "whole": "whole number", "flag": "true or false"}


def page() -> str:
    """The whole document."""
    text = resources.files("dermaroller").joinpath("templates/protocol.md").read_text(encoding="utf-8")
    request = _request("get 5 0 16")
    return Template(text).substitute(
        verb_links=" · ".join(_link(verb) for verb in FORMS),
        object_links=" · ".join(_link(name, f"{name}-1" if name in FORMS else name) for name in _objects()),
        crc_check=f"{crc32(b'123456789'):08x}",
        max_request=wire.MAX_REQUEST,
        ring_bytes=wire.RING_BYTES,
        request_line=request,
        request_body=request[1:].partition(" *")[0],
        frame_table=_fields(layout.FRAME),
        frame_head=wire.FRAME_HEAD,
        max_frame_payload=f"{wire.MAX_FRAME_PAYLOAD:,}",
        frame_example=_frame(wire.BYTES, BYTES).hex(" "),
        busy_slice=link.BUSY_SLICE,
        block_table=_fields(layout.BLOCK),
        kind_json=wire.JSON,
        kind_bytes=wire.BYTES,
        kind_error=wire.ERROR,
        kind_header=wire.HEADER,
        kind_data=wire.DATA,
        kind_footer=wire.FOOTER,
        kinds_kept=f"{wire.PLAN}, {wire.CALIBRATION}, {wire.LEDGER}",
        kind_rows=wire.LEDGER_ROWS,
        format=wire.FORMAT,
        tag=f"{TAG:02x}",
        verbs="\n".join(_verb(form) for form in FORMS.values()),
        objects="\n".join(_object(name) for name in _objects()),
        refusals=_refusals(),
    )


def _verb(form: Form) -> str:
    parts = [f"### {form.verb}", f"{form.help[0].upper()}{form.help[1:]}.", _block(_written(form))]
    parts += [" ".join(notes.VERBS[form.verb].split())]
    for name in EXAMPLES:
        if name.split()[0] == form.verb:
            parts += _answer(name)
    words = ", ".join(f"`{word}`" for word in form.refusals)
    parts += [f"Refused as {words}; or as any request." if words else "Refused as any request only."]
    return "\n\n".join(parts) + "\n"


def _object(name: str) -> str:
    note = f"{' '.join(notes.OBJECTS[name].split())}\n\n" if name in notes.OBJECTS else ""
    return f"### {name}\n\n{note}{_entries(OBJECTS[name])}\n"


def _answer(name: str) -> list[str]:
    """The table of an answer, and an example of it."""
    request, answer = EXAMPLES[name]
    asked = f"`{name}` is answered by" if " " in name else "The answer:"
    if name in BINARY:
        return [f"{asked} a BYTES frame:", _block([_request(request), "BYTES, offset 0: " + BYTES.hex(" ")])]
    example = _block([_request(request), _json(answer)])
    if not ANSWERS[name]:
        return [f"{asked} an empty object:", example]
    return [asked, _entries(ANSWERS[name]), "An example:", example]


def _written(form: Form) -> list[str]:
    """Each way of writing a verb."""
    bare = [form.verb] if not form.arguments or form.arguments.startswith("[") else []
    choices = form.arguments.strip("[]").split(" | ")
    return bare + [f"{form.verb} {each}" for each in choices if each]


def _entries(entries: tuple[Entry, ...]) -> str:
    rows = [["entry", "type", "unit", "meaning"]]
    for each in entries:
        name = "*any name*" if each.name == "*" else f"`{each.name}`"
        rows.append([name, _type(each), each.unit, _meaning(each)])
    return _table(rows)


def _meaning(entry: Entry) -> str:
    told = [entry.meaning] if entry.meaning else []
    if entry.name in RANGES:
        low, high = RANGES[entry.name]
        told.append(f"{low:,} to {high:,}")
    return "; ".join(told)


def _type(entry: Entry) -> str:
    words = entry.kind
    lists = words.count(LIST_OF)
    item = words.rpartition(LIST_OF)[2]
    if item in OBJECTS:
        item = f"[{item}](#{item}-1)" if item in FORMS else f"[{item}](#{item})"
    elif lists:
        item = {"whole": "whole numbers", "text": "texts"}[item]
    else:
        item = _WORDS[item]
    said = "list of " + "lists of " * (lists - 1) + item if lists else item
    return said + (" or null" if entry.may_be_null else "") + (", *optional*" if entry.is_optional else "")


def _fields(fields: tuple[layout.Field, ...]) -> str:
    rows = [["offset", "bytes", "field", "what it is"]]
    for at, field in zip(layout.offsets(fields), fields, strict=True):
        rows.append(["" if at is None else str(at), str(field.size or ""), field.name, field.meaning])
    return _table(rows)


def _refusals() -> str:
    rows = [["error", "what it means", "which verbs"]]
    for word, meaning in verbs.ERRORS.items():
        of = [f"`{form.verb}`" for form in FORMS.values() if word in form.refusals]
        rows.append([f"`{word}`", meaning, "any" if word in verbs.ANY else ", ".join(of)])
    error = {"error": "missing", "text": "no session 9"}
    example = _block([_request("sha 9"), _json(error), _frame(wire.ERROR, json.dumps(error).encode()).hex(" ")])
    begin = f"An ERROR frame holds\n\n{_entries(OBJECTS['refusal'])}\n\n"
    return f"{begin}{_table(rows)}\n\nAn example, and its frame:\n\n{example}"


def _objects() -> list[str]:
    return [name for name in OBJECTS if name != "refusal"]


def _request(text: str) -> str:
    return str(wire.pack_request(TAG, text).decode().rstrip("\n"))


def _frame(kind: int, payload: bytes) -> bytes:
    frame = bytearray(wire.FRAME_HEAD) + payload + bytes(wire.FRAME_OVERHEAD - wire.FRAME_HEAD)
    wire.seal_frame(frame, kind, TAG, 0, len(payload))
    return bytes(frame)


def _json(value: Any, before: str = "") -> str:
    """JSON text, in several lines where one would be long. before: what stands before each of them."""
    text = json.dumps(value, ensure_ascii=False)
    if len(before + text) <= WIDTH or not isinstance(value, (dict, list)):
        return text
    inner = before + "  "
    names = [f"{json.dumps(name)}: " for name in value] if isinstance(value, dict) else [""] * len(value)
    each = value.values() if isinstance(value, dict) else value
    lines = ",\n".join(inner + name + _json(one, inner) for name, one in zip(names, each, strict=True))
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}\n{lines}\n{before}{last}"


def _block(lines: Iterable[str]) -> str:
    return "```\n" + "\n".join(lines) + "\n```"


def _link(name: str, anchor: str = "") -> str:
    return f"[{name}](#{anchor or name})"


def _table(rows: list[list[str]]) -> str:
    rows = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)


def main() -> None:
    path = runtime.device_tree() / "PROTOCOL.md"
    path.write_text(page(), encoding="utf-8")
    print(path.name)


if __name__ == "__main__":
    main()
