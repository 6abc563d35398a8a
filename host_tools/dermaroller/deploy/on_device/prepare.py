"""Runs on the device: readies the folder that does not run for what will be copied into it."""

import os

IS_FOLDER = 0x4000


def main(folder):
    """It is there afterwards, and empty."""
    path = "/" + folder
    if folder not in os.listdir("/"):
        os.mkdir(path)
    empty(path)


def empty(path):
    for name in os.listdir(path):
        inner = path + "/" + name
        if os.stat(inner)[0] & IS_FOLDER:
            empty(inner)
            os.rmdir(inner)
        else:
            os.remove(inner)
