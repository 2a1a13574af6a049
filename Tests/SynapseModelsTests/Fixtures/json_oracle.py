"""Reads JSON documents as hexadecimal lines and answers what Python's own reader makes of each, one line a document.

`!` refused, `n` null, `T`, `F`, `i<integer>;`, `d<bits of the double>;`, `t<text of the number>;`, `s<UTF-8 in
hexadecimal>;`, `[...]`, `{<string><value>...}`. What this library defines otherwise than Python is settled here:
NaN and Infinity are refused, nesting is limited, bytes must be UTF-8 without a byte order mark, half a surrogate pair is
U+FFFD, and a number is text (`t`) where neither 64 bits nor a double spell it.
"""

import json
import re
import struct
import sys

MAXIMUM_DEPTH = int(sys.argv[1])
NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?\Z", re.ASCII)
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
SURROGATE = re.compile("[\ud800-\udfff]")

sys.setrecursionlimit(20_000)
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)


class Scalar(str):
    """An answer that is ready, told apart from a document's own strings."""


def spelled(text):
    """The number as mantissa and power of ten, in one way for all spellings of it."""
    _, whole, fraction, exponent = NUMBER.match(text).groups()
    digits = (whole + (fraction or "")).lstrip("0")
    power = int(exponent or 0) - len(fraction or "")
    stripped = digits.rstrip("0")
    return (stripped, power + len(digits) - len(stripped)) if stripped else ("", 0)


def decimal(text):
    value = float(text)
    if value in (float("inf"), float("-inf")) or spelled(repr(value)) != spelled(text):
        return Scalar("t" + text + ";")
    return Scalar("d%016x;" % struct.unpack(">Q", struct.pack(">d", value)))


def integer(text):
    value = int(text)
    return Scalar("i%d;" % value if -(2**63) <= value < 2**63 else "t" + text + ";")


def depth(text):
    """How deep a valid document is nested, values that a repeated name drops included."""
    deepest = level = 0
    for bracket in re.findall(r"[\[\]{}]", STRING.sub("", text)):
        level += 1 if bracket in "[{" else -1
        deepest = max(deepest, level)
    return deepest


def refuse(text):
    raise ValueError(text)


def string(text):
    return "s" + SURROGATE.sub("\ufffd", text).encode("utf-8").hex() + ";"


def members(pairs):
    result = {}
    for key, value in pairs:
        result[SURROGATE.sub("\ufffd", key)] = value
    return result


def answer(value):
    if isinstance(value, Scalar):
        return value
    if value is None:
        return "n"
    if value is True:
        return "T"
    if value is False:
        return "F"
    if isinstance(value, str):
        return string(value)
    if isinstance(value, list):
        return "[" + "".join(answer(element) for element in value) + "]"
    return "{" + "".join(string(key) + answer(element) for key, element in value.items()) + "}"


def main():
    for line in sys.stdin.buffer:
        document = bytes.fromhex(line.decode("ascii"))
        try:
            text = document.decode("utf-8", "strict")
            value = json.loads(
                text,
                parse_float=decimal,
                parse_int=integer,
                parse_constant=refuse,
                object_pairs_hook=members,
            )
            result = answer(value) if depth(text) <= MAXIMUM_DEPTH else "!"
        except (ValueError, RecursionError):
            result = "!"
        sys.stdout.write(result + "\n")


main()
