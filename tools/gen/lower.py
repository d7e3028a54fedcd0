#!/usr/bin/env python3
"""Writes engine/value/lower.inc: simple lower-case mappings of Unicode 14, as runs.  With --check: says whether the file is current.
Needs an interpreter whose unicodedata is 14.0 (Debian 12's python3)."""
import os
import sys
import unicodedata

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "engine", "value", "lower.inc")


def mapping():
    for cp in range(0x110000):
        if 0xD800 <= cp < 0xE000:
            continue
        c = chr(cp)
        low = c.lower()
        # full mappings of one character to several (only U+0130) have a simple mapping to their first
        if low != c and (len(low) == 1 or cp == 0x130):
            yield cp, ord(low[0])


def runs():
    """(first, last, step, delta): code points first, first+step .. last map to themselves plus delta."""
    out = []
    for cp, low in mapping():
        delta = low - cp
        if out:
            first, last, step, d = out[-1]
            gap = cp - last
            if d == delta and ((step == 0 and gap in (1, 2)) or gap == step):
                out[-1] = (first, cp, gap, d)
                continue
        out.append((cp, cp, 0, delta))
    return [(a, b, s or 1, d) for a, b, s, d in out]


def text():
    lines = ["/* Made by tools/gen/lower.py from Unicode %s; do not edit. */\n" % unicodedata.unidata_version]
    lines += ["{0x%04x, 0x%04x, %d, %d},\n" % r for r in runs()]
    return "".join(lines)


if unicodedata.unidata_version != "14.0.0":
    sys.exit("this interpreter has Unicode %s, not 14.0.0" % unicodedata.unidata_version)
if "--check" in sys.argv:
    current = open(TARGET, encoding="utf-8").read() == text()
    print("engine/value/lower.inc is %s" % ("current" if current else "not current: run tools/gen/lower.py"))
    sys.exit(0 if current else 1)
with open(TARGET, "w", encoding="utf-8") as f:
    f.write(text())
