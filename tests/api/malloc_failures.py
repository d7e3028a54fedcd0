#!/usr/bin/env python3
"""Fails the n-th malloc of a whole check, libyaml's and PCRE2's included, for n over the whole run: no crash, and a status that says so.
usage: malloc_failures.py BINARY PRELOAD SOURCE_ROOT"""
import os
import re
import subprocess
import sys

binary, preload, root = sys.argv[1:4]
rules = os.path.join(root, "tests/api/small.yaml")
facts = os.path.join(root, "tests/api/small-facts.yaml")
command = [binary, "check", facts, "--rules", rules, "--as-of", "2026-01-01", "--format", "json", "--fail-on", "info"]


def run(n, go_on=False):
    env = dict(os.environ, LD_PRELOAD=preload, TG_FAIL_AT=str(n))
    if go_on:
        env["TG_FAIL_ON"] = "1"
    return subprocess.run(command, capture_output=True, env=env, timeout=60)


def without_jit(report):
    """Byte by byte, but for how many patterns run as machine code: one whose compilation was refused runs all the same."""
    return re.sub(rb'("jit":) *\d+', rb"\1", report)


whole = subprocess.run(command, capture_output=True, timeout=60)
if whole.returncode != 1 or not whole.stdout:
    sys.exit("the check itself does not work: %d\n%s" % (whole.returncode, whole.stderr.decode()))
tried = refused = quiet = 0
n = 1
while n < 100000:
    p = run(n)
    tried += 1
    if p.returncode < 0:
        sys.exit("malloc %d failing: killed by signal %d\n%s" % (n, -p.returncode, p.stderr.decode()))
    if p.returncode not in (0, 1, 2):
        sys.exit("malloc %d failing: status %d" % (n, p.returncode))
    if p.returncode == 2:
        refused += 1
        quiet = 0
        if p.stdout:
            sys.exit("malloc %d failing: status 2, but something on standard output" % n)
        if not p.stderr:
            sys.exit("malloc %d failing: status 2 without a word" % n)
    elif without_jit(p.stdout) != without_jit(whole.stdout):
        sys.exit("malloc %d failing: status %d with another report" % (n, p.returncode))
    else:
        quiet += 1
        if quiet > 200 and refused:
            break
    n += 1 if n < 2000 else 7
print("%d runs, %d refused" % (tried, refused))
print("%d passed, 0 failed" % tried)
sys.exit(0 if refused else "nothing was refused: the preload does not work")
