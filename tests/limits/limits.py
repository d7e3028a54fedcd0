#!/usr/bin/env python3
"""Each limit of engine/base/limits.h, at it and one past it, through the command line.  A limit that no case here and no unit test named in
ELSEWHERE covers is a failure.  usage: limits.py BINARY SOURCE_ROOT"""
import json
import os
import re
import subprocess
import sys
import tempfile

binary, root = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
passed = failed = 0
covered = set()
HEAD = "pack: t\nversion: 1.0.0\ntitle: t\n"

# Limits that the command line does not reach exactly: the test that does, by file.
ELSEWHERE = {
    "TG_MAX_DIAGS": "tests/unit/base/test_diag.c",
    "TG_MAX_EXCERPT": "tests/unit/base/test_diag.c",
    "TG_MAX_SOURCE_BYTES": "tests/unit/base/test_load.c",
    "TG_MAX_PENDING": "tests/unit/code/test_verify.c",
    "TG_MAX_SUBJECT_COST": "tests/api/test_limits.c",
    "TG_MAX_DOCUMENT_COST": "tests/api/test_limits.c",
    "TG_INTERRUPT_COST": "tests/unit/vm/test_vm.c",
    "TG_INTERRUPT_BYTES": "tests/api/test_limits.c",
    "TG_INTERRUPT_ROWS": "tests/api/test_limits.c",
}
limits = {name: int(eval(value)) for name, value in re.findall(
    r"^#define (TG_(?:MAX|REGEX|INTERRUPT)\w+)\s+(\S.*?)(?:ull|u)?\s*(?:/\*.*)?$",
    re.sub(r"(\d)u\b", r"\1", open(os.path.join(root, "engine/base/limits.h"), encoding="utf-8").read()), re.M)}


def gate(require, more="", extra=""):
    return HEAD + more + "gates:\n  - id: T-1\n    title: t\n    require: %s\n%s" % (require, extra)


def clauses(texts):
    return "[" + ", ".join('"%s"' % t for t in texts) + "]"


def check(pack, facts="{}", suffix="json", others=(), args=()):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in [("rules.yaml", pack), ("facts." + suffix, facts)] + list(others):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                f.write(text)
        return subprocess.run([binary, "check", "facts." + suffix, "--rules", "rules.yaml", "--as-of", "2026-01-01", "--format", "json",
                               "--fail-on", "never"] + list(args), cwd=folder, capture_output=True, timeout=300)


def says(what, ok, p):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL %s: status %d\n%s%s" % (what, p.returncode, p.stderr[:600].decode("utf-8", "replace"), p.stdout[-400:].decode("utf-8", "replace")))


def boundary(limit, what, make, most, code):
    """make(n) gives the arguments of check(); `most` is the largest n that is accepted, n + 1 is refused with `code`."""
    covered.add(limit)
    p = check(**make(most))
    says("%s: %s, at it (%d)" % (limit, what, most), p.returncode == 0 and b"error" not in p.stderr, p)
    p = check(**make(most + 1))
    says("%s: %s, one past it (%d)" % (limit, what, most + 1), p.returncode == 2 and not p.stdout and code in p.stderr.decode(), p)


def nested(n, inner="1"):
    return '{"a": ' + "[" * (n - 1) + inner + "]" * (n - 1) + "}"


def maps(n, inner="1"):
    return '{"a": ' * n + inner + "}" * n


DEPTH = limits["TG_MAX_DEPTH"]
known = gate("a is known")
for suffix in ("json", "yaml"):
    boundary("TG_MAX_DEPTH", "lists in " + suffix, lambda n: dict(pack=known, facts=nested(n), suffix=suffix), DEPTH, "TG0105")
    boundary("TG_MAX_DEPTH", "mappings in " + suffix, lambda n: dict(pack=known, facts=maps(n), suffix=suffix), DEPTH, "TG0105")
boundary("TG_MAX_DEPTH", "two files that merge", lambda n: dict(pack=known, facts=maps(n), others=[("b.json", maps(n))], args=["b.json"]), DEPTH, "TG0105")
boundary("TG_MAX_DEPTH", "a column of a CSV", lambda n: dict(pack=known, facts='{"a": 1}', others=[("c.csv", ".".join("a" * (n - 4)) + "\n1\n")],
                                                             args=["--facts", "xs=c.csv"]), DEPTH, "TG0105")
boundary("TG_MAX_DEPTH", "the path of a CSV", lambda n: dict(pack=known, facts='{"a": 1}', others=[("c.csv", "a.b\n1\n")],
                                                             args=["--facts", ".".join("x" * (n - 5)) + "=c.csv"]), DEPTH, "TG0105")
p = check(HEAD + "gates: " + "[" * (DEPTH - 1) + "]" * (DEPTH - 1) + "\n")
says("TG_MAX_DEPTH: a rule file, at it", p.returncode == 2 and b"TG0105" not in p.stderr and p.stderr, p)
p = check(HEAD + "gates: " + "[" * DEPTH + "]" * DEPTH + "\n")
says("TG_MAX_DEPTH: a rule file, one past it", p.returncode == 2 and b"TG0105" in p.stderr, p)

# n scalars behind an anchor, 20 aliases: 20 (n + 2) nodes may be at most factor x (n + 8 + 20) that were written by then, and the floor
factor, floor, times = limits["TG_MAX_ALIAS_FACTOR"], limits["TG_MAX_ALIAS_FLOOR"], 20
most = (factor * (8 + times) + floor - 2 * times) // (times - factor)
for name in ("TG_MAX_ALIAS_FACTOR", "TG_MAX_ALIAS_FLOOR"):
    boundary(name, "aliases", lambda n: dict(pack=known, facts="a: &a [%s]\nb: [%s]\n" % (", ".join("1" * n), ", ".join(["*a"] * times)),
                                             suffix="yaml"), most, "TG0106")

E = limits["TG_MAX_EXPR_DEPTH"]
for what, make, most in [
        ("parentheses", lambda n: "(" * n + "1 == 1" + ")" * n, E // 2 - 1),
        ("not", lambda n: "not " * n + "true", E - 2),
        ("minus", lambda n: "-" * n + "1 < 2", E - 2),
        ("sums", lambda n: "1 + " * n + "1 > 0", E),
        ("products", lambda n: "1 * " * n + "1 > 0", E),
        ("fields", lambda n: "a" + ".b" * n + " is missing", E),
        ("indexes", lambda n: "a" + "[0]" * n + " is missing", E)]:
    boundary("TG_MAX_EXPR_DEPTH", what, lambda n: dict(pack=gate('"%s"' % make(n))), most, "TG0307")
boundary("TG_MAX_EXPR_BYTES", "a long text", lambda n: dict(pack=gate("'\"x\" != \"%s\"'" % ("a" * (n - len('"x" != ""'))))), limits["TG_MAX_EXPR_BYTES"],
         "TG0307")


def bindings(n):
    text = "true"
    for i in range(n, 0, -1):
        text = "(every x%d in [1] satisfies %s)" % (i, text)
    return text


B = limits["TG_MAX_BINDINGS"]
boundary("TG_MAX_BINDINGS", "quantifiers", lambda n: dict(pack=gate('"%s"' % bindings(n))), B, "TG0410")
boundary("TG_MAX_BINDINGS", "quantifiers inside a `for`",
         lambda n: dict(pack=gate('"%s"' % bindings(n - 1), extra="    for: s in xs\n"), facts='{"xs": [1]}'), B, "TG0410")
boundary("TG_MAX_EXPANSION", "calls of a let", lambda n:
         dict(pack=gate(clauses(["f(1)"] * (n // 2) + ["g(1)"] * (n % 2)), "let:\n  f(x): x == 1\n  g(x): 1 == 1\n")), limits["TG_MAX_EXPANSION"], "TG0411")
double = "let:\n  f0(x): x\n" + "".join("  f%d(x): f%d(x) + f%d(x)\n" % (i, i - 1, i - 1) for i in range(1, 30))
p = check(gate("f29(1) > 0", double))
says("TG_MAX_EXPANSION: lets that double 29 times", p.returncode == 2 and b"TG0411" in p.stderr, p)
chain = "let:\n  f0(x): x\n" + "".join("  f%d(x): f%d(x) + 1\n" % (i, i - 1) for i in range(1, 3000))
p = check(gate("f2999(1) > 0", chain))
says("TG_MAX_EXPANSION: a chain of 3,000 lets with arguments", p.returncode == 2 and b"TG0" in p.stderr, p)
boundary("TG_MAX_LET_DEPTH", "a chain of lets", lambda n: dict(
    pack=gate("l%d > 0" % (n - 1), "let:\n  l0: 1 + a\n" + "".join("  l%d: l%d + a\n" % (i, i - 1) for i in range(1, n))), facts='{"a": 1}'),
    limits["TG_MAX_LET_DEPTH"], "TG0415")
boundary("TG_MAX_UNITS", "gates", lambda n: dict(pack=HEAD + "gates:\n" + "".join("  - {id: G-%d, title: t, require: a}\n" % i for i in range(n)),
                                                 facts='{"a": true}', args=["--gate", "G-1"]), limits["TG_MAX_UNITS"], "TG0415")
boundary("TG_MAX_REGEX_BYTES", "a pattern", lambda n: dict(pack=gate('"not (a matches /%s/)"' % ("a" * n)), facts='{"a": "b"}'),
         limits["TG_MAX_REGEX_BYTES"], "TG0308")
# slot 0 of a row is the row itself, and the mapping `m` has one
boundary("TG_MAX_SLOTS", "facts of one record", lambda n: dict(pack=gate(clauses("m.k%d is missing" % i for i in range(n - 2)))),
         limits["TG_MAX_SLOTS"], "TG0415")
boundary("TG_MAX_CONSTS", "constants of one gate", lambda n: dict(pack=gate(clauses("a != %d" % i for i in range(n))), facts='{"a": -1}'),
         limits["TG_MAX_CONSTS"], "TG0415")

boundary("TG_MAX_TEMPS", "elements of one list", lambda n: dict(pack=gate('"count([%s]) > 0"' % ", ".join(["a+1"] * (n - 3))), facts='{"a": 1}'),
         limits["TG_MAX_TEMPS"], "TG0415")


def report(pack, facts="{}", args=()):
    p = check(pack, facts, args=args)
    return p, json.loads(p.stdout) if p.returncode == 0 else None


for n, status in ((limits["TG_MAX_REGEX_SUBJECT"], "pass"), (limits["TG_MAX_REGEX_SUBJECT"] + 1, "error")):
    covered.add("TG_MAX_REGEX_SUBJECT")
    for mode in ([], ["--no-jit"]):
        p, r = report(gate("a matches /a$/"), '{"a": "%s"}' % ("b" * (n - 1) + "a"), mode)
        says("TG_MAX_REGEX_SUBJECT: a text of %d bytes %s" % (n, mode), r and r["gates"][0]["status"] == status, p)


def answer(pattern, subject, mode):
    p, r = report(gate('"not (a matches /%s/)"' % pattern), '{"a": "%s"}' % subject, mode)
    return (r["gates"][0]["status"] if r else "status %d" % p.returncode), p


# PCRE2's own counters are its business: what is within its budget answers, what is far beyond errs, and no length in between does neither.
for mode in ([], ["--no-jit"]):
    covered |= {"TG_REGEX_MATCH_LIMIT", "TG_REGEX_DEPTH_LIMIT", "TG_REGEX_HEAP_KIB"}
    seen = []
    for n in range(2, 40, 2):
        got, p = answer("^(a+)+$", "a" * n + "!", mode)
        seen.append(got)
    says("TG_REGEX_MATCH_LIMIT %s: %s" % (mode, seen), seen[0] == "pass" and seen[-1] == "error" and set(seen) == {"pass", "error"} and
         seen == sorted(seen, reverse=True), p)
    got, p = answer("^(?:a|b(?=c)|[^x])*?y", "a" * 200000, ["--no-jit"])
    says("TG_REGEX_DEPTH_LIMIT, TG_REGEX_HEAP_KIB: a match that remembers 200,000 places", got in ("error", "pass"), p)
for n, kept in ((limits["TG_MAX_CAUSES"], limits["TG_MAX_CAUSES"]), (limits["TG_MAX_CAUSES"] + 1, limits["TG_MAX_CAUSES"])):
    covered.add("TG_MAX_CAUSES")
    p, r = report(gate(clauses("k%d == 1" % i for i in range(n))))
    says("TG_MAX_CAUSES: %d missing facts" % n, r and len(r["findings"][0]["facts"]) == kept and len(r["findings"][0]["clauses"]) == n, p)
# Far past what an explanation records: memory stays bounded, and the cause that comes last is still named.
covered.add("TG_MAX_SUPPORT")
loops = "every a in xs satisfies every b in xs satisfies every c in xs satisfies every d in xs satisfies a + b + c + d > 0"
p, r = report(gate('"(%s) and u == 1"' % loops), '{"xs": [%s]}' % ", ".join(["1"] * 36))
says("TG_MAX_SUPPORT: a cause behind 1.7 million elements", r and r["gates"][0]["status"] == "unknown" and
     [f["path"] for f in r["findings"][0]["facts"] if f["state"] == "missing"] == ["/u"], p)
for n, kept in ((limits["TG_MAX_MESSAGE"], limits["TG_MAX_MESSAGE"]), (limits["TG_MAX_MESSAGE"] + 1, limits["TG_MAX_MESSAGE"])):
    covered.add("TG_MAX_MESSAGE")
    p, r = report(gate("false", extra="    message: '%s'\n" % ("m" * n)))
    says("TG_MAX_MESSAGE: a message of %d bytes" % n, r and len(r["findings"][0]["message"]) == kept, p)
p, r = report(gate("false", extra="    message: '%s'\n" % ("m" * (limits["TG_MAX_MESSAGE"] - 1) + "éé")))
says("TG_MAX_MESSAGE: not in the middle of a character", r and r["findings"][0]["message"] == "m" * (limits["TG_MAX_MESSAGE"] - 1), p)

for name in limits:
    test = ELSEWHERE.get(name)
    if name in covered:
        continue
    if test is None or name not in open(os.path.join(root, test), encoding="utf-8").read():
        failed += 1
        print("FAIL %s has no test (looked for in %s)" % (name, test))
print("%d limits, %d passed, %d failed" % (len(limits), passed, failed))
sys.exit(1 if failed or not passed else 0)
