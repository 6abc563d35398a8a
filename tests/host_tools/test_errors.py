"""The tables of errors in host_tools/README.md are those of the sources."""

import pytest

from dermaroller import cli_pull

from . import error_table

README = error_table.README.read_text(encoding="utf-8")


def exit_codes():
    """{exit code: the names of its errors} of the table in the README."""
    lines = README.partition("## Exit codes")[2].partition("## ")[0].splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| ") and line[2].isdigit()]
    return {int(row[0]): {name.strip() for name in row[1].split(",")} - {""} for row in rows}


def test_each_error_with_an_exit_code_of_its_own_stands_in_the_table():
    found = {}
    for name, error in error_table.classes().items():
        if "exit_code" in vars(error):
            found.setdefault(error.exit_code, set()).add(name)
    assert exit_codes() == {**found, 0: set(), cli_pull.INTERRUPTED: set()}


def test_each_sentence_stands_in_the_table():
    assert error_table.with_table(README) == README, "run: python tests/host_tools/error_table.py"


@pytest.mark.parametrize("exit_code, sentence", sorted(set(error_table.sentences())))
def test_each_sentence_is_one_and_gives_the_next_step(exit_code, sentence):
    assert "\n" not in sentence
    assert len(sentence) < 220
    assert sentence.rstrip().endswith((".", "…", "?")), "ends as a sentence does"


def test_the_table_says_what_the_sources_say():
    table = {sentence: code for code, sentence in error_table.sentences()}
    assert table["… is in use by …. Close that program and try again."] == 4
    assert table["nothing new on …; … sessions are in … already."] == 7
