"""Puts MicroPython and the application on a device, and proves what is on it: `python -m dermaroller.deploy --help`."""
