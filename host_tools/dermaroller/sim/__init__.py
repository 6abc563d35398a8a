"""The virtual board, seen from the host: finding MicroPython, running the firmware on it, serving its port."""
