"""Builds ESP32 images byte by byte, as the chip's boot loader and esptool read them."""

import hashlib
import struct

BANNER = b"3.4.0; MicroPython v1.26.1 on 2025-09-11\0"
CHIP_IDS = {"esp32": 0, "esp32s2": 2, "esp32c3": 5, "esp32s3": 9, "esp32c6": 13}
# Where each chip runs code from RAM: esptool looks whether a segment lies in memory.
RAM = {"esp32": 0x40080000, "esp32s3": 0x40378000, "esp32c3": 0x40380000, "esp32c6": 0x40800000}


def image(chip: str, content: bytes) -> bytes:
    """One image with one segment: header, segment, checksum, SHA-256."""
    content = content.ljust((len(content) + 3) // 4 * 4, b"\0")
    entry = RAM.get(chip, 0)
    header = struct.pack("<BBBBI", 0xE9, 1, 2, 0x20, entry)
    header += struct.pack("<BBBBHBHH4sB", 0xEE, 0, 0, 0, CHIP_IDS[chip], 0, 0, 0xFFFF, b"\0" * 4, 1)
    body = header + struct.pack("<II", entry, len(content)) + content
    checksum = 0xEF
    for byte in content:
        checksum ^= byte
    body += b"\0" * (15 - len(body) % 16) + bytes([checksum])
    return body + hashlib.sha256(body).digest()


def download(chip: str, offset: int, banner: bytes = BANNER) -> bytes:
    """What the download page offers: boot loader, then the application at 0x10000 of the flash."""
    return image(chip, b"boot loader").ljust(0x10000 - offset, b"\xff") + image(chip, b"MicroPython " * 9 + banner)
