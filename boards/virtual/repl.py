"""The prompt: friendly, raw, and raw paste, as tools such as mpremote expect it. Imported only when it is needed."""

import sys

from virtual import chip, clock, system

_CTRL_A, _CTRL_B, _CTRL_C, _CTRL_D, _CTRL_E = b"\x01\x02\x03\x04\x05"
_PASTE_WINDOW = 128
_COMPOUND = ("if ", "while ", "for ", "try:", "with ", "def ", "class ", "async ", "@")


def run(port, is_raw):
    """Never returns: a reset ends the process."""
    main = sys.modules.get("main")
    names = main.__dict__ if main else {"__name__": "__main__"}
    console = sys.modules["sys"]
    repl = Repl(port, console.stdin.buffer, names)
    while True:
        is_raw = repl.raw() if is_raw else repl.friendly()


class Repl:
    """One prompt on one port; the globals are those of main.py, as on the chip."""

    def __init__(self, port, stream, names):
        self._port = port
        self._key = bytearray(1)
        self._in = stream
        self._write = stream.write
        self._names = names
        self._last = 0

    def friendly(self):
        """Until Ctrl-A asks for the raw mode; returns true."""
        self._write(b"%s; %s\r\n" % (sys.version.split("; ")[-1].encode(), system.MACHINE.encode()))
        self._write(b'Type "help()" for more information.\r\n')
        while True:
            line = self.line(b">>> ")
            if line == _CTRL_A:
                self._write(b"\r\n")
                return True
            if line == _CTRL_B:
                self._write(b"\r\n")
                return False
            if line == _CTRL_D:
                self._write(b"\r\n")
                chip.soft_reset()
            elif line == _CTRL_E:
                self._paste()
            elif line not in (_CTRL_C, ""):
                self._statement(line)

    def _statement(self, text):
        while _is_open(text):
            line = self.line(b"... ", _indent(text))
            if line == _CTRL_C:
                return
            if line == _CTRL_D:
                break
            text += "\n" + (line.rstrip() if isinstance(line, str) else "")
        self._execute(text.encode(), "single")

    def _paste(self):
        self._write(b"\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== ")
        text = bytearray()
        while True:
            key = self._get()
            if key in (_CTRL_C, _CTRL_D):
                break
            text.append(10 if key == 13 else key)
            self._write(b"\r\n=== " if key == 13 else bytes([key]))
        self._write(b"\r\n")
        if key == _CTRL_D:
            self._execute(text, "exec")

    def line(self, prompt, indent=b""):
        """One line as text, or the control key that was pressed first in it."""
        self._write(prompt + indent)
        line = bytearray(indent)
        while True:
            key = self._get()
            if key == 10 and self._last == 13:
                self._last = 0
                continue
            self._last = key
            if key == _CTRL_C or (not line and 1 <= key <= 5):
                if key == _CTRL_C:
                    self._write(b"\r\n")
                return key
            if key in (10, 13):
                self._write(b"\r\n")
                return line.decode()
            if key in (8, 127) and line:
                line[-1:] = b""
                self._write(b"\b\x1b[K")
            elif key >= 32 or key == 9:
                line.append(key)
                self._write(bytes([key]))

    def raw(self):
        """Until Ctrl-B asks for the friendly mode; returns false."""
        self._write(b"raw REPL; CTRL-B to exit\r\n>")
        text = bytearray()
        while True:
            key = self._get()
            if key == _CTRL_B:
                self._write(b"\r\n")
                return False
            if key == _CTRL_D:
                self._raw_execute(text)
            elif key == _CTRL_A and text[:1] == b"\x05":
                self._paste_raw(text[1:])
            elif key == _CTRL_A:
                return True
            elif key != _CTRL_C:
                text.append(key)
                continue
            text = bytearray()
            if key != _CTRL_C:
                self._write(b">")

    def _raw_execute(self, text):
        self._write(b"OK")
        if not text:
            self._write(b"\r\n")
            chip.soft_reset(True)
        self._framed(text)

    def _paste_raw(self, command):
        """Take a program with flow control: the sender may have two windows under way."""
        if command != b"A":
            self._write(b"R\x00")
            return
        self._write(b"R\x01" + bytes((_PASTE_WINDOW, 0, 1)))
        text = bytearray()
        while True:
            key = self._get()
            if key in (_CTRL_C, _CTRL_D):
                break
            text.append(key)
            if len(text) % _PASTE_WINDOW == 0:
                self._write(b"\x01")
        self._write(b"\x04")
        self._framed(b"raise KeyboardInterrupt" if key == _CTRL_C else text)

    def _framed(self, text):
        """Output, an end mark, the traceback if there is one, an end mark."""
        error = self._run(text, "exec")
        self._write(b"\x04")
        if error:
            clock.report(error)
        self._write(b"\x04")

    def _execute(self, text, mode):
        error = self._run(text, mode)
        if error:
            clock.report(error)

    def _run(self, text, mode):
        self._port.interrupt_char = _CTRL_C
        try:
            exec(compile(bytes(text), "<stdin>", mode), self._names)
            clock.spend(1)  # a Ctrl-C that came during the last statement still belongs to it
        except SystemExit:
            self._port.interrupt_char = -1
            chip.soft_reset()
        except BaseException as error:
            return error
        finally:
            self._port.interrupt_char = -1
            clock.forget_interrupt()

    def _get(self):
        self._in.readinto(self._key)
        return self._key[0]


def _indent(text):
    """The spaces with which the line after this text starts: those of its last line, four more after a colon."""
    last = text[text.rfind("\n") + 1 :]
    return b" " * (len(last) - len(last.lstrip()) + (4 if last[-1:] == ":" else 0))


def _is_open(text):
    """Whether a statement goes on in the next line: an open bracket or quote, or a block without its empty line."""
    depth = 0
    quote = ""
    at = 0
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif text[at : at + len(quote)] == quote:
                at += len(quote) - 1
                quote = ""
        elif char in "\"'":
            quote = char * 3 if text[at : at + 3] == char * 3 else char
            at += len(quote) - 1
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        at += 1
    if depth > 0 or len(quote) == 3 or text[-1:] == "\\":
        return True
    return text.startswith(_COMPOUND) and text[-1:] != "\n"
