"""A client by PROTOCOL.md alone: `protocol_client.py PORT FILE` lists the sessions and pulls the first one of them."""

import hashlib
import json
import struct
import sys
import time
from binascii import crc32

import serial


class Client:
    def __init__(self, port):
        self.line = serial.serial_for_url(port, 115200, timeout=0.05, do_not_open=True)
        self.line.dtr = self.line.rts = False
        self.line.open()
        self.tag, self.come = 0, b""

    def ask(self, text, wait_s=1.5):
        """(offset, payload) of the answer, which is the first one to any of the tries."""
        tags = set()
        for attempt in range(5):
            self.tag = (self.tag + 1) % 256
            tags.add(self.tag)
            body = b"%02x %s" % (self.tag, text.encode())
            self.line.write(b"\n@%s *%08x\n" % (body, crc32(body)))
            until_s = time.monotonic() + wait_s * (attempt + 1)
            while time.monotonic() < until_s:
                for kind, tag, offset, payload in self.frames():
                    if tag in tags:
                        return (offset, payload) if kind != 3 else sys.exit(json.loads(payload)["text"])
        sys.exit(f"no answer to {text}")

    def frames(self):
        self.come += self.line.read(4096)
        while (at := self.come.find(b"\xa9\x5d")) >= 0 and len(self.come) >= at + 10:
            kind, tag, length, offset = struct.unpack_from("<BBHI", self.come, at + 2)
            end = at + 10 + length
            if length <= 4096 and len(self.come) < end + 4:
                return
            frame, crc = self.come[at + 2 : end], self.come[end : end + 4]
            is_whole = length <= 4096 and crc == crc32(frame).to_bytes(4, "little")
            self.come = self.come[end + 4 if is_whole else at + 1 :]
            if is_whole:
                yield kind, tag, offset, frame[8:]


client, data, start, sessions = Client(sys.argv[1]), b"", 0, []
while start is not None:
    page = json.loads(client.ask(f"list {start}")[1])
    sessions, start = sessions + [each for each in page["sessions"] if not each["open"]], page["next"]
print(json.dumps(sessions))
while len(data) < sessions[0]["bytes"]:
    offset, payload = client.ask(f"get {sessions[0]['id']} {len(data)} 2048")
    data += payload if offset == len(data) else b""
told = json.loads(client.ask(f"sha {sessions[0]['id']}", wait_s=15)[1])["sha256"]
with open(sys.argv[2], "wb") as file:
    file.write(data if hashlib.sha256(data).hexdigest() == told else sys.exit("the bytes are not the device's"))
