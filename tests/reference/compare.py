#!/usr/bin/env python3
"""Generates the workload, evaluates it with the independent oracle and with Tollgate, and compares findings, counts and digests.
usage: compare.py FINDINGS --jit|--no-jit SCRATCH"""
import glob
import json
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import gen_workload  # noqa: E402
import oracle  # noqa: E402

# the published totals and digests of the workload: should the generator change, this says so
KNOWN = {"S": (20, "472df212c3f62063bf74f6c6abb1db5b6ffd5e9e"), "M": (201, "afaf87282b2d1a6ad6471d71a15dbcbaa56e2d1b")}
LINES = 500


def ours(program, mode, path, rules):
    p = subprocess.run([program, mode, path] + rules, capture_output=True, text=True, timeout=1200)
    if p.returncode:
        sys.exit("%s: status %d\n%s" % (path, p.returncode, p.stderr))
    out = {}
    for line in p.stdout.splitlines():
        number, gate, at = line.split("\t")
        out.setdefault(int(number), []).append((gate, at))
    return out


def main():
    program, mode, scratch = sys.argv[1:4]
    os.makedirs(scratch, exist_ok=True)
    rules = sorted(glob.glob(os.path.join(HERE, "*.yaml")))
    if not rules:
        sys.exit("no rules")
    failed = passed = 0

    def compare(name, expected, got):
        nonlocal failed, passed
        if sorted(expected) == sorted(got):
            passed += 1
            return
        failed += 1
        a, b = oracle.counts(expected), oracle.counts(got)
        print("%s: %d findings, expected %d" % (name, len(got), len(expected)))
        for rule in sorted(set(a) | set(b)):
            if a.get(rule) != b.get(rule):
                print("  %s: %s, expected %s" % (rule, b.get(rule, 0), a.get(rule, 0)))
        print("  missing %s\n  extra %s" % (sorted(set(expected) - set(got))[:5], sorted(set(got) - set(expected))[:5]))

    for size in ("S", "M"):
        doc = gen_workload.engagement(random.Random("tollgate-" + size), *gen_workload.SIZES[size], 1)
        path = os.path.join(scratch, size + ".json")
        with open(path, "w") as f:
            json.dump(doc, f, separators=(",", ":"))
        expected = oracle.evaluate(doc)
        if (len(expected), oracle.digest(expected)) != KNOWN[size]:
            sys.exit("%s: the workload or the oracle is not the published one" % size)
        got = ours(program, mode, path, rules).get(0, [])
        compare(size, expected, got)
        if oracle.digest(got) != KNOWN[size][1]:
            failed += 1
            print("%s: another digest" % size)
    r = random.Random("tollgate-portfolio")
    docs = [gen_workload.engagement(r, *gen_workload.SIZES["S"], i + 1) for i in range(LINES)]
    path = os.path.join(scratch, "portfolio.ndjson")
    with open(path, "w") as f:
        for doc in docs:
            json.dump(doc, f, separators=(",", ":"))
            f.write("\n")
    got = ours(program, mode, path, rules)
    for i, doc in enumerate(docs):
        compare("portfolio line %d" % (i + 1), oracle.evaluate(doc), got.get(i, []))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


sys.exit(main())
