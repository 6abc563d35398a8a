"""Pure instrument logic: takes values and times, imports neither machine nor time, runs on MicroPython and CPython."""
