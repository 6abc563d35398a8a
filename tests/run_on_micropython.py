"""Runs test files under MicroPython, which has no pytest: `micropython tests/run_on_micropython.py FIRMWARE FILE...`

FIRMWARE is a folder that holds the package `roller` as mpy.write_readable_tree() writes it.

In each file every function whose name starts with `test_` is a test. A test that fails is shown with its
traceback; the last line is a summary, and the exit code is 1 if anything failed or nothing ran.
"""

import sys


def main(firmware, paths):
    passed = failed = 0
    for path in paths:
        folder, file = split(path)
        sys.path[:] = [firmware, folder, ".frozen"]
        module = __import__(file.rsplit(".", 1)[0])
        for name in sorted(dir(module)):
            if name.startswith("test_"):
                if succeeds(getattr(module, name), path + "::" + name):
                    passed += 1
                else:
                    failed += 1
    print("%d passed, %d failed on MicroPython %d.%d" % ((passed, failed) + sys.implementation[1][:2]))
    return 1 if failed or not passed else 0


def split(path):
    """The folder and the name of a file."""
    return path.rsplit("/", 1) if "/" in path else (".", path)


def succeeds(test, name):
    """Whether the test raises nothing; what it raises is printed."""
    try:
        test()
    except Exception as error:
        print("FAILED", name)
        sys.print_exception(error)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
