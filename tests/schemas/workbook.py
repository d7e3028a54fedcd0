#!/usr/bin/env python3
"""The workbook as a file: never onto a terminal, the same bytes wherever and whenever it is written, and refused by a build that has none.
usage: workbook.py BINARY ON|OFF"""
import os
import pty
import subprocess
import sys
import tempfile
import time

binary, built = os.path.abspath(sys.argv[1]), sys.argv[2] == "ON"
RULES = "pack: t\nversion: 1.0.0\ntitle: t\ngates:\n  - id: T-1\n    title: t\n    for: i in items\n    require: i.ok\n    severity: high\n    message: \"{i.note}\"\n"
CHECK = [binary, "check", "facts.yaml", "--rules", "rules.yaml", "--as-of", "2026-01-01"]
passed = failed = 0


def expect(name, ok, p=None):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    if not ok:
        print("FAIL %s\n%s" % (name, (p.stderr if p else b"").decode("utf-8", "replace")[:2000]))


def run(args, **kw):
    return subprocess.run(CHECK + args, stderr=subprocess.PIPE, timeout=60, **kw)


def on_a_terminal(args):
    ours, theirs = pty.openpty()
    p = run(args, stdout=theirs)
    os.close(theirs)
    try:
        said = os.read(ours, 100)
    except OSError:  # nothing was written, and nobody can any more
        said = b""
    os.close(ours)
    return p, said


def slurp(name):
    with open(name, "rb") as f:
        return f.read()


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    with open("rules.yaml", "w") as f:
        f.write(RULES)
    with open("facts.yaml", "w") as f:
        f.write("items:\n  - {id: a, note: \"=1+1\", ok: false}\n  - {id: b, note: %s, ok: false}\n" % ("\U0001f600" * 20000))
    if built:
        import openpyxl  # a build without workbooks is tested without it
        p, said = on_a_terminal(["--format", "xlsx"])
        expect("no workbook on a terminal", p.returncode == 2 and b"terminal" in p.stderr and said == b"", p)
        p, said = on_a_terminal(["--format", "xlsx", "--output", "a.xlsx"])
        expect("a file, whatever standard output is", p.returncode == 1 and slurp("a.xlsx")[:2] == b"PK" and said == b"", p)
        p = run(["--format", "xlsx"], stdout=subprocess.PIPE)
        expect("into a pipe", p.returncode == 1 and p.stdout == slurp("a.xlsx"), p)
        os.mkdir("elsewhere")
        time.sleep(2.1)  # archives count time in steps of two seconds
        p = run(["--out", "xlsx=b.xlsx"], stdout=subprocess.DEVNULL, env=dict(os.environ, TZ="Asia/Tokyo", LC_ALL="C", TMPDIR=os.path.abspath("elsewhere")))
        expect("the same bytes", p.returncode == 1 and slurp("b.xlsx") == slurp("a.xlsx"), p)
        expect("nothing is left behind", sorted(os.listdir(".")) == ["a.xlsx", "b.xlsx", "elsewhere", "facts.yaml", "rules.yaml"] and not os.listdir("elsewhere"))
        p = run(["--out", "xlsx=nowhere/a.xlsx"], stdout=subprocess.PIPE)
        expect("a file that cannot be written", p.returncode == 2 and b"nowhere" in p.stderr and p.stdout == b"", p)
        p = run(["--out", "xlsx=b.xlsx", "--fail-on", "never"], stdout=subprocess.DEVNULL)
        expect("the format has no say in the exit status", p.returncode == 0, p)
        texts = ["x" * n for n in (32767, 32768)] + ["\U0001f600" * n for n in (16383, 16384)]
        with open("facts.yaml", "w") as f:
            f.write("items:\n" + "".join("  - {id: %s, ok: false}\n" % t for t in texts))
        with open("rules.yaml", "a") as f:
            f.write("model:\n  items[]: {id: text key, note: text, ok: boolean}\n")
        p = run(["--out", "xlsx=c.xlsx"], stdout=subprocess.DEVNULL)
        sheet = openpyxl.load_workbook("c.xlsx").active if os.path.exists("c.xlsx") else None
        cells = [line[5] for line in sheet.iter_rows(min_row=2, values_only=True)] if sheet else None
        cut = ["x" * 32761 + " [cut]", "\U0001f600" * 16380 + " [cut]"]
        expect("a cell at its limit and one past it", cells == [texts[0], cut[0], texts[2], cut[1]], p)
    else:
        for args in (["--format", "xlsx"], ["--out", "xlsx=a.xlsx"]):
            p = run(args, stdout=subprocess.PIPE)
            expect("refused: " + args[0], p.returncode == 2 and b"there is no format `xlsx`" in p.stderr and b"libxlsxwriter" in p.stderr and p.stdout == b"", p)
        expect("nothing was written", not os.path.exists("a.xlsx"))

print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed or not passed else 0)
