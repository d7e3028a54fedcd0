#!/usr/bin/env python3
"""Writes tests/conformance/generated/truth.yaml: operators over true, false, unknown and error, with the answers of an implementation of its
own (strong Kleene logic; error beats unknown, left operand first; a decided left operand shields the right).
With --check: says whether the file is current."""
import itertools
import os
import sys
from fractions import Fraction

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "generated", "truth.yaml")
FACTS = '{t: true, f: false, s: "abc", one: 1, two: 2, zero: 0}'
TRUTHS = {"true": "t", "false": "f", "unknown": "u", "error": "(s < 1)"}
NUMBERS = {1: "one", 2: "two", 0: "zero", "unknown": "u", "error": "(s + 1)"}
STATUS = {"true": "pass", "false": "fail", "unknown": "unknown", "error": "error"}
cases = []


def case(name, expression, result):
    cases.append((name, expression, STATUS[result]))


def truth(b):
    return "true" if b else "false"


def conjunction(values, decides):
    """and (decides = false), or (decides = true), in order"""
    result = "true" if decides == "false" else "false"
    for v in values:
        if v == "error":
            return "error"
        if v == decides:
            return decides
        if v == "unknown":
            result = "unknown"
    return result


def negation(v):
    return {"true": "false", "false": "true"}.get(v, v)


for v in TRUTHS:
    case("not-%s" % v, "not %s" % TRUTHS[v], negation(v))
    case("double-negation-%s" % v, "not not %s" % TRUTHS[v], v)
    case("idempotent-and-%s" % v, "%s and %s" % (TRUTHS[v], TRUTHS[v]), v)
    case("idempotent-or-%s" % v, "%s or %s" % (TRUTHS[v], TRUTHS[v]), v)
for a, b in itertools.product(TRUTHS, repeat=2):
    x, y = TRUTHS[a], TRUTHS[b]
    both, either = conjunction([a, b], "false"), conjunction([a, b], "true")
    case("%s-and-%s" % (a, b), "%s and %s" % (x, y), both)
    case("%s-or-%s" % (a, b), "%s or %s" % (x, y), either)
    case("de-morgan-and-%s-%s" % (a, b), "not %s or not %s" % (x, y), negation(both))
    case("de-morgan-or-%s-%s" % (a, b), "not %s and not %s" % (x, y), negation(either))
    case("every-%s-%s" % (a, b), "every x in [%s, %s] satisfies x" % (x, y), both)
    case("some-%s-%s" % (a, b), "some x in [%s, %s] satisfies x" % (x, y), either)
    case("no-%s-%s" % (a, b), "no x in [%s, %s] satisfies x" % (x, y), negation(either))
    case("where-%s-every-%s" % (a, b), "every x in [1] where %s satisfies %s" % (x, y), conjunction([negation(a), b], "true"))
    case("where-%s-some-%s" % (a, b), "some x in [1] where %s satisfies %s" % (x, y), both)
for c, a, b in itertools.product(TRUTHS, ("true", "false", "unknown"), ("true", "false", "unknown")):
    want = c if c == "error" else a if c == "true" else b if c == "false" else a if a == b and a != "unknown" else "unknown"
    case("if-%s-then-%s-else-%s" % (c, a, b), "if %s then %s else %s" % (TRUTHS[c], TRUTHS[a], TRUTHS[b]), want)
COMPARE = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
           ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}
ARITHMETIC = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: Fraction(a, b)}
for a, b in itertools.product(NUMBERS, repeat=2):
    open_answer = "error" if "error" in (a, b) else "unknown" if "unknown" in (a, b) else None
    for op, f in COMPARE.items():
        case("%s %s %s" % (a, op, b), "%s %s %s" % (NUMBERS[a], op, NUMBERS[b]), open_answer or truth(f(a, b)))
    for op, f in ARITHMETIC.items():
        answer = open_answer
        if answer is None and op == "/" and b == 0:
            answer = "unknown"
        value = 0 if answer else float(f(a, b))
        case("%s %s %s is" % (a, op, b), "%s %s %s == %g" % (NUMBERS[a], op, NUMBERS[b], value), answer or "true")
for a in NUMBERS:
    known = "error" if a == "error" else truth(a != "unknown")
    case("%s-is-known" % a, "%s is known" % NUMBERS[a], known)
    case("%s-is-not-known" % a, "%s is not known" % NUMBERS[a], negation(known))
    case("%s-is-missing" % a, "%s is missing" % NUMBERS[a], negation(known))
    for b in NUMBERS:
        want = b if a == "unknown" else a
        want = want if want in ("error", "unknown") else "true"
        shown = b if a == "unknown" else a
        case("%s ?? %s" % (a, b), "(%s ?? %s) == %s" % (NUMBERS[a], NUMBERS[b], shown if isinstance(shown, int) else 0), want)
for a, b, c in itertools.product((1, "unknown", "error"), (1, 2, "unknown"), (1, 2, "unknown")):
    equal = [a if a == "error" else "unknown" if "unknown" in (a, e) else truth(a == e) for e in (b, c)]
    case("%s in [%s, %s]" % (a, b, c), "%s in [%s, %s]" % (NUMBERS[a], NUMBERS[b], NUMBERS[c]), conjunction(equal, "true"))
    if a != "error":
        case("[%s, %s] contains %s" % (b, c, a), "list([%s, %s]) contains %s" % (NUMBERS[b], NUMBERS[c], NUMBERS[a]), conjunction(equal, "true"))


def text():
    out = ["# Made by tests/conformance/gen_truth.py; do not edit.\ncases:\n"]
    for name, expression, status in cases:
        out.append('  - {name: "truth %s", require: "%s", facts: \'%s\', expect: %s}\n' % (name, expression, FACTS, status))
    return "".join(out)


if "--check" in sys.argv:
    current = os.path.exists(TARGET) and open(TARGET, encoding="utf-8").read() == text()
    print("%d cases: the committed file is %s" % (len(cases), "current" if current else "not current"))
    sys.exit(0 if current else 1)
with open(TARGET, "w", encoding="utf-8") as f:
    f.write(text())
print("%d cases" % len(cases))
