#!/usr/bin/env python3
"""Writes tests/conformance/generated/truth.yaml: operators over true, false, unknown and error, with the answers of an implementation of its
own (strong Kleene logic; error beats unknown, left operand first; a decided left operand shields the right).
With --check: says whether the file is current."""
import itertools
import os
import sys
from fractions import Fraction

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "generated", "truth.yaml")
FACTS = '{t: true, f: false, s: "abc", one: 1, two: 2, zero: 0, d: 2025-12-31, l: 2026-01-02, w: not_yet, n: none, y: "", z: [], xs: [10, 11, 12]}'
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
# ---- operators on texts and lists; `e` is an error as an operand ----
E, U = "(s + 1)", "u"


def strict(*operands):
    return "error" if "error" in operands else "unknown" if "unknown" in operands else None


TEXTS = {"abc": "s", "b": '\\"b\\"', "unknown": U, "error": E}
for a, b in itertools.product(TEXTS, repeat=2):
    if a == "error" or b == "error" or (a, b) == ("unknown", "unknown"):
        want = "error" if a == "error" or (b == "error" and a != "unknown") else None
        if want is None:
            continue  # what stands left decides between list and text; two unknowns say neither
    else:
        want = strict(a, b) or truth(b in a)
    case("text %s contains %s" % (a, b), "%s contains %s" % (TEXTS[a], TEXTS[b]), want)
    case("text %s not contains %s" % (a, b), "%s not contains %s" % (TEXTS[a], TEXTS[b]), negation(want))
for a in TEXTS:
    want = strict(a) or truth("b" in a)
    case("text %s matches" % a, "%s matches /b/" % TEXTS[a], want)
    case("text %s not matches" % a, "%s not matches /b/" % TEXTS[a], negation(want))
for a, b, c in itertools.product((1, "unknown", "error"), (1, 2, "unknown"), (1, 2, "unknown")):
    if a == "error":
        continue
    equal = ["unknown" if "unknown" in (a, e) else truth(a == e) for e in (b, c)]
    case("%s not in [%s, %s]" % (a, b, c), "%s not in [%s, %s]" % (NUMBERS[a], NUMBERS[b], NUMBERS[c]), negation(conjunction(equal, "true")))
for wanted in itertools.product((1, 2, "unknown"), repeat=2):
    for have in itertools.product((1, 0, "unknown"), repeat=2):
        single = [conjunction(["unknown" if "unknown" in (w, h) else truth(w == h) for h in have], "true") for w in wanted]
        left, right = ("[%s, %s]" % tuple(NUMBERS[x] for x in pair) for pair in (have, wanted))
        for word, decides in (("all", "false"), ("any", "true")):
            answer = conjunction(single, decides)
            case("[%s %s] contains %s [%s %s]" % (have + (word,) + wanted), "list(%s) contains %s %s" % (left, word, right), answer)
            case("[%s %s] not contains %s [%s %s]" % (have + (word,) + wanted), "list(%s) not contains %s %s" % (left, word, right), negation(answer))

# ---- the other tests of `is`: facts d (a date before the day), l (a later one), w (not_yet), n (none), y (""), z ([]) ----
FACTS_OF = {"date": "d", "later": "l", "not_yet": "w", "none": "n", "blank": "y", "nothing": "z", "abc": "s", "unknown": "u"}
TESTS = {"dated": {"date", "later"}, "done": {"date"}, "none": {"none"}, "empty": {"blank", "nothing"}}
APPLIES = {"dated": ("date", "later", "not_yet", "none", "unknown"), "done": ("date", "later", "not_yet", "none", "unknown"),
           "none": ("date", "not_yet", "none", "abc", "unknown"), "empty": ("blank", "nothing", "abc", "unknown")}
for test, holds in TESTS.items():
    for a in APPLIES[test]:
        want = "unknown" if a == "unknown" else truth(a in holds)
        case("%s is %s" % (a, test), "%s is %s" % (FACTS_OF[a], test), want)
        case("%s is not %s" % (a, test), "%s is not %s" % (FACTS_OF[a], test), negation(want))
    case("error is %s" % test, "%s is %s" % (E, test), "error")
    case("error is not %s" % test, "%s is not %s" % (E, test), "error")

# ---- unary minus, look-ups, arguments of functions: unknown stays unknown, an error an error ----
for a in NUMBERS:
    want = strict(a)
    shown = a if isinstance(a, int) else 0
    case("minus %s" % a, "-%s == %d" % (NUMBERS[a], -shown), want or "true")
    case("abs %s" % a, "abs(%s) == %d" % (NUMBERS[a], shown), want or "true")
    case("round %s" % a, "round(%s, 0) == %d" % (NUMBERS[a], shown), want or "true")
    case("element %s" % a, "xs[%s] == %d" % (NUMBERS[a], shown + 10), want or "true")
    for word, f in (("sum", sum), ("avg", lambda v: Fraction(sum(v), len(v))), ("min", min), ("max", max)):
        want = strict(a) or "true"
        case("%s of one, %s" % (word, a), "%s([one, %s]) == %g" % (word, NUMBERS[a], float(f([1, shown]))), want)
for a in TRUTHS:
    count = {"true": "true", "false": "false"}.get(a, a)
    case("count where %s" % a, "count(x in [1] where %s) == 1" % TRUTHS[a], count)
    case("list where %s" % a, "1 in list(x in [1] where %s)" % TRUTHS[a], count)
# share of one element by where and satisfies: nothing to divide by is undefined, so unknown
for a, b in itertools.product(TRUTHS, repeat=2):
    if a == "error" or (b == "error" and a != "false"):
        want = "error"
    elif a == "true" and b != "unknown":
        want = b
    elif a == "unknown" and b == "true":
        want = "unknown"  # 1, or undefined
    else:
        want = "unknown"
    case("share where %s satisfies %s" % (a, b), "share(x in [1] where %s satisfies %s) == 1" % (TRUTHS[a], TRUTHS[b]), want)


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
