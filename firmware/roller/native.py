"""Stand-ins under Python for what MicroPython's viper compiler knows by itself. The device has no such module.

`@micropython.viper` makes machine code of a function on integers. Its arguments are annotated: `int`, or `ptr8`,
`ptr16`, `ptr32` for the bytes, half words and words of a buffer. Here, and in the twin of bytecode that
dermaroller.sim.viper makes for runtimes that take no machine code, the same lines are plain Python on the same arrays.
So they keep to what means the same everywhere: no value beyond 31 bits, no index out of range, every name bound before
it is read, no divisor that could be 0; `ptr8` on bytes, `ptr32` on array("i"), and `ptr16` on array("h"), of which a
negative number reads as 65536 more in machine code.
"""


class micropython:
    @staticmethod
    def viper(function):
        return function


class ptr8:
    def __new__(cls, buffer):
        return buffer

    def __getitem__(self, at):
        raise NotImplementedError

    def __setitem__(self, at, value):
        raise NotImplementedError


ptr16 = ptr8
ptr32 = ptr8
