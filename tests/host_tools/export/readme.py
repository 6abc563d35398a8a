"""Writes the table of columns in host_tools/README.md: python -m tests.host_tools.export.readme"""

from .test_tables import README, readme_tables

BEGIN, END = "<!-- columns: made by tests/host_tools/export/readme.py -->\n", "<!-- columns end -->"

if __name__ == "__main__":
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    README.write_text(before + BEGIN + "\n" + readme_tables() + "\n" + END + rest.partition(END)[2], encoding="utf-8")
