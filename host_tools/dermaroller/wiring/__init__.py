"""Draws how a handle is wired, from a board's constants, and writes the tables of boards/README.md."""
