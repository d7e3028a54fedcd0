#!/usr/bin/env python3
"""The main jobs of the command line under valgrind: no invalid access, nothing read before it is written, nothing lost.
usage: run.py VALGRIND BINARY SOURCE_ROOT"""
import os
import subprocess
import sys
import tempfile

valgrind, binary, root = sys.argv[1], os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])
facts = os.path.join(root, "fixtures", "engagements")
FOUND = 99
passed = failed = 0


def run(name, *args, status=(0, 1), stdin=b""):
    global passed, failed
    p = subprocess.run([valgrind, "-q", "--error-exitcode=%d" % FOUND, "--leak-check=full", "--errors-for-leak-kinds=definite,possible", binary]
                       + list(args), capture_output=True, input=stdin, timeout=600)
    if p.returncode in status and b"==" not in p.stderr:
        passed += 1
    else:
        failed += 1
        print("FAIL %s: status %d\n%s" % (name, p.returncode, p.stderr.decode(errors="replace")[-3000:]))


with tempfile.TemporaryDirectory() as scratch:
    broken = os.path.join(scratch, "broken.yaml")
    open(broken, "w").write("engagement: {id: A, phase: nowhere}\npeople: [{id: P-1}, {id: P-1}]\nx: [1, {a: \"\\u0041\"}\n")
    rules = os.path.join(scratch, "rules.yaml")
    open(rules, "w").write("pack: p\nversion: 1.0.0\ntitle: t\ngates:\n  - id: P-1\n    title: t\n    require:\n      - a && b\n      - c matches /(/\n")
    for name in sorted(os.listdir(facts)):
        run("check " + name, "check", os.path.join(facts, name), "--no-jit")
    run("json", "check", os.path.join(facts, "pre-transfer.yaml"), "--no-jit", "--format", "json", "--out", "ndjson=" + os.path.join(scratch, "n"))
    written = ["junit", "tap", "github", "azure", "gitlab", "markdown", "markdown-comment"]
    run("formats of runners", "check", os.path.join(facts, "pre-transfer.yaml"), "--no-jit", "--quiet",
        *[a for f in written for a in ("--out", "%s=%s" % (f, os.path.join(scratch, f)))])
    run("verbose", "check", os.path.join(facts, "mid-operate.yaml"), "--no-jit", "--verbose", "--gate", "KT-*")
    run("stdin", "check", "-", "--no-jit", stdin=open(os.path.join(facts, "early-build.yaml"), "rb").read())
    run("broken facts", "check", broken, "--no-jit", status=(2,))
    run("broken rules", "compile", rules, "--no-jit", status=(2,))
    run("listing", "disasm", os.path.join(root, "rules", "bot"), "--no-jit")
    run("schema", "model", "--json-schema", "--no-jit")
    run("rule tests", "test", os.path.join(root, "tests", "cli", "test", "failing", "files"), "--no-jit", "--coverage")
    run("mutants", "test", os.path.join(root, "tests", "cli", "test", "portfolio", "files"), "--no-jit", "--mutate")
    run("portfolio", "check", "--portfolio", "--rules", os.path.join(root, "tests", "cli", "test", "portfolio", "files"), "--no-jit",
        "--format", "json", os.path.join(facts, "pre-transfer.yaml"), os.path.join(facts, "mid-operate.yaml"), status=(0, 1, 2))
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed or not passed else 0)
