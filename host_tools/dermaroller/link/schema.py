"""The schema of the link's verbs (roller.verbs, roller.answers), as types."""

from collections.abc import Mapping
from dataclasses import dataclass

from roller import answers, verbs

ANY_NAME = "*"  # of an entry: stands for entries of whatever name
LIST_OF = "list of "
_OPTIONAL, _OR_NULL = "optional ", " or null"


@dataclass(frozen=True)
class Entry:
    """One entry of an answer. kind: without what is_optional and may_be_null say."""

    name: str
    kind: str
    unit: str
    meaning: str
    is_optional: bool
    may_be_null: bool


@dataclass(frozen=True)
class Form:
    """How a verb is written, its line of help, and the words with which it may be refused besides verbs.ANY."""

    verb: str
    arguments: str
    help: str
    refusals: tuple[str, ...]


def entry(name: str, kind: str, unit: str = "", meaning: str = "") -> Entry:
    """An entry as the schema writes it down."""
    is_optional, may_be_null = kind.startswith(_OPTIONAL), kind.endswith(_OR_NULL)
    return Entry(name, kind.removeprefix(_OPTIONAL).removesuffix(_OR_NULL), unit, meaning, is_optional, may_be_null)


def _tables(written: Mapping[str, tuple[tuple[str, str, str, str], ...]]) -> dict[str, tuple[Entry, ...]]:
    return {name: tuple(entry(*each) for each in entries) for name, entries in written.items()}


ANSWERS = _tables(answers.ANSWERS)
OBJECTS = _tables(answers.OBJECTS)


def _forms() -> dict[str, Form]:
    found = {}
    for line in verbs.FORMS.decode().strip().split("\n"):
        written, _, told = line.partition(": ")
        verb, _, arguments = written.partition(" ")
        found[verb] = Form(verb, arguments, told, verbs.REFUSALS.get(verb, ()))
    return found


FORMS = _forms()


def answer_to(request: str) -> str | None:
    """Which of ANSWERS answers a request, by its first two words or its first; None if bytes do. KeyError: none."""
    words = request.split()
    for name in (" ".join(words[:2]), words[0]):
        if name in answers.BINARY:
            return None
        if name in ANSWERS:
            return name
    raise KeyError(request)
