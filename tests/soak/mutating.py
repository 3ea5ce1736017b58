"""Damage bytes in ways that files and protocols meet."""

import random
import struct

EXTREMES = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


def mutated(content: bytes, draw: random.Random, header: int = 128) -> bytes:
    """Return the content with one to four damages, half of them in its first bytes."""
    for _ in range(draw.randint(1, 4)):
        if not content:
            return content
        content = draw.choice(DAMAGES)(bytearray(content), draw, header)
    return content


def _place(content: bytearray, draw: random.Random, header: int) -> int:
    most = len(content) if draw.random() < 0.5 else min(len(content), header)
    return draw.randrange(most)


def _flip(content: bytearray, draw: random.Random, header: int) -> bytes:
    content[_place(content, draw, header)] ^= 1 << draw.randrange(8)
    return bytes(content)


def _extreme(content: bytearray, draw: random.Random, header: int) -> bytes:
    value, order = draw.choice(EXTREMES), draw.choice("<>")
    place = _place(content, draw, header)
    size = draw.choice("BHI")
    packed = struct.pack(order + size, value & (256 ** struct.calcsize(size) - 1))
    content[place : place + len(packed)] = packed
    return bytes(content)


def _cut(content: bytearray, draw: random.Random, header: int) -> bytes:
    return bytes(content[: _place(content, draw, header)])


def _remove(content: bytearray, draw: random.Random, header: int) -> bytes:
    place = _place(content, draw, header)
    del content[place : place + draw.randint(1, 64)]
    return bytes(content)


def _insert(content: bytearray, draw: random.Random, header: int) -> bytes:
    place = _place(content, draw, header)
    content[place:place] = draw.randbytes(draw.randint(1, 64))
    return bytes(content)


def _repeat(content: bytearray, draw: random.Random, header: int) -> bytes:
    place = _place(content, draw, header)
    content[place:place] = content[place : place + draw.randint(1, 4096)]
    return bytes(content)


def _zeros(content: bytearray, draw: random.Random, header: int) -> bytes:
    place = _place(content, draw, header)
    length = min(draw.randint(1, 512), len(content) - place)
    content[place : place + length] = bytes(length)
    return bytes(content)


DAMAGES = [_flip, _extreme, _cut, _remove, _insert, _repeat, _zeros]
