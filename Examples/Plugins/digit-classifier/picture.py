"""Reads and writes PNG files, and turns a picture into the 64 numbers that the classifier compares."""

from __future__ import annotations

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
SIDE = 8
MOST_PIXELS = 4_000_000


class BrokenPicture(ValueError):
    """The file is no picture that can be read here."""


def decode(data: bytes):
    """Rows of grey levels, 0 to 255, of a PNG with 8 bits a channel and without interlacing."""
    try:
        return _decode(data)
    except (struct.error, zlib.error, IndexError) as error:
        raise BrokenPicture(f"not a PNG: {error}") from error


def _decode(data: bytes):
    if data[:8] != SIGNATURE:
        raise BrokenPicture("not a PNG")
    at, header, palette, packed = 8, None, b"", []
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        if zlib.crc32(kind + body) != checksum:
            raise BrokenPicture("a checksum is wrong")
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", body)
        elif kind == b"PLTE":
            palette = body
        elif kind == b"IDAT":
            packed.append(body)
        elif kind == b"IEND":
            break
        at += 12 + length
    if header is None:
        raise BrokenPicture("no header")
    width, height, depth, colour, _, _, interlaced = header
    if depth != 8 or colour not in CHANNELS or interlaced:
        raise BrokenPicture(f"{depth} bits, colour type {colour}: only 8 bits without interlacing are read")
    if not 0 < width * height <= MOST_PIXELS:
        raise BrokenPicture(f"{width} x {height} pixels")
    channels = CHANNELS[colour]
    size = height * (width * channels + 1)
    raw = zlib.decompressobj().decompress(b"".join(packed), size)
    if len(raw) != size:
        raise BrokenPicture("the picture is cut")
    rows, before = [], bytes(width * channels)
    for row in range(height):
        start = row * (width * channels + 1)
        before = unfilter(raw[start], raw[start + 1 : start + 1 + width * channels], before, channels)
        rows.append(grey(before, colour, palette))
    return rows


def unfilter(kind: int, line: bytes, above: bytes, step: int) -> bytes:
    """Undoes the filter of one row. Source: PNG specification, section 9."""
    if kind == 0:
        return line
    if kind > 4:
        raise BrokenPicture(f"filter {kind}")
    result = bytearray(line)
    for index in range(len(result)):
        left = result[index - step] if index >= step else 0
        up = above[index]
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        else:
            corner = above[index - step] if index >= step else 0
            estimate = left + up - corner
            guess = min((left, up, corner), key=lambda value: abs(estimate - value))
        result[index] = (result[index] + guess) & 0xFF
    return bytes(result)


def grey(line: bytes, colour: int, palette: bytes) -> bytes:
    """The grey levels of one row."""
    if colour == 0:
        return line
    if colour == 4:
        return line[::2]
    if colour == 3:
        line = b"".join(palette[3 * index : 3 * index + 3] for index in line)
    step = 4 if colour == 6 else 3
    channels = (line[0::step], line[1::step], line[2::step])
    return bytes((299 * red + 587 * green + 114 * blue) // 1000 for red, green, blue in zip(*channels))


def features(rows) -> tuple:
    """The mean ink of each of 8 x 8 fields, 0 to 16: what is dark is ink."""
    height, width = len(rows), len(rows[0])
    result = []
    for down in range(SIDE):
        top = down * height // SIDE
        bottom = max(top + 1, (down + 1) * height // SIDE)
        for across in range(SIDE):
            left = across * width // SIDE
            right = max(left + 1, (across + 1) * width // SIDE)
            total = sum(sum(row[left:right]) for row in rows[top:bottom])
            mean = total / ((bottom - top) * (right - left))
            result.append(round((255 - mean) * 16 / 255, 3))
    return tuple(result)


def encode(rows) -> bytes:
    """A grey PNG of rows of levels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    lines = b"".join(b"\x00" + bytes(row) for row in rows)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
