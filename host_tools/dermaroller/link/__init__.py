"""The serial link: the schema of its verbs, their answers as types, and how all of it is told to others."""
