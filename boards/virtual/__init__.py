"""The virtual board: stand-ins for the chip's modules on a virtual clock, sensing a world that is read from a file.

Runs inside MicroPython, as `micropython power.py BOOT.json`; the host's side of it is `dermaroller.sim`.
"""
