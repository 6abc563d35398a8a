"""The tables of errors in host_tools/README.md are those of the sources."""

from dermaroller import cli_pull
from dermaroller.errors import DermarollerError

from . import error_table

README = error_table.README.read_text(encoding="utf-8")


def exit_codes():
    """{exit code: the names of its errors} of the table in the README."""
    lines = README.partition("## Exit codes")[2].partition("## ")[0].splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| ") and line[2].isdigit()]
    return {int(row[0]): {name.strip() for name in row[1].split(",")} - {""} for row in rows}


def test_each_error_with_an_exit_code_of_its_own_stands_in_the_table():
    found = {}
    for name, kind in error_table.kinds().items():
        if kind.has_own_code:
            found.setdefault(kind.exit_code, set()).add(name)
    assert exit_codes() == {**found, 0: set(), cli_pull.INTERRUPTED: set()}


def test_the_classes_read_are_those_that_python_makes():
    read = error_table.kinds()
    for error in made():
        assert read[error.__name__] == error_table.Kind(error.exit_code, "exit_code" in vars(error))


def made():
    """DermarollerError and what is derived from it, in the modules that are loaded by now."""
    loaded = [DermarollerError]
    for error in loaded:
        loaded += [each for each in error.__subclasses__() if each.__module__.startswith("dermaroller.")]
    assert len(loaded) > 10
    return loaded


def test_each_sentence_stands_in_the_table():
    assert error_table.with_table(README) == README, "run: python tests/host_tools/error_table.py"


def test_each_sentence_is_one_and_gives_the_next_step():
    for _, sentence in sorted(set(error_table.sentences())):
        assert "\n" not in sentence
        assert len(sentence) < 220, sentence
        assert sentence.rstrip().endswith((".", "…", "?")), f"ends as a sentence does: {sentence}"


def test_the_table_says_what_the_sources_say():
    table = {sentence: code for code, sentence in error_table.sentences()}
    assert table["… is in use by …. Close that program and try again."] == 4
    assert table["nothing new on …; … sessions are in … already."] == 7
