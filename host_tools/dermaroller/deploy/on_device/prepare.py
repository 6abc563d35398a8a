"""Runs on the device: readies the folder that does not run for what will be copied into it."""

import os


def main(target, active, folders, unwanted, same):
    """folders: to be there, outer ones first. unwanted: paths to remove. same: paths that the running folder has."""
    for folder in folders:
        try:
            os.mkdir("/" + folder)
        except OSError:
            pass  # it is there
    for path in unwanted:
        os.remove("/" + target + "/" + path)
    for path in same:
        copy("/" + active + "/" + path, "/" + target + "/" + path)


def copy(source, target):
    chunk = bytearray(1024)
    with open(source, "rb") as old, open(target, "wb") as new:
        n = old.readinto(chunk)
        while n:
            new.write(memoryview(chunk)[:n])
            n = old.readinto(chunk)
