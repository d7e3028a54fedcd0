#!/usr/bin/env python3
"""Hostile input, each through the command line: refused with a message and status 2, nothing on standard output, no crash, no hang.
usage: hostile.py BINARY SOURCE_ROOT"""
import os
import subprocess
import sys
import tempfile

binary, root = os.path.abspath(sys.argv[1]), sys.argv[2]
passed = failed = 0
PACK = "pack: t\nversion: 1.0.0\ntitle: t\ngates:\n  - id: T-1\n    title: t\n    require: %s\n"


def run(args, folder, **kw):
    return subprocess.run([binary, "check", "--as-of", "2026-01-01"] + args, cwd=folder, capture_output=True, timeout=100, **kw)


def report(name, ok, p):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL %s: status %d\n%s\n%s" % (name, p.returncode, p.stderr[:800].decode("utf-8", "replace"), p.stdout[:300]))


def refused(name, p, *words):
    said = p.stderr.decode("utf-8", "replace")
    report(name, p.returncode == 2 and not p.stdout and said and all(w in said for w in words), p)


def write(folder, name, content):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())
    return name


with tempfile.TemporaryDirectory() as folder:
    os.chmod(folder, 0o755)
    write(folder, "ok.yaml", PACK % "a is known")
    rules = ["--rules", "ok.yaml"]

    def facts(name, content, suffix, *words, **kw):
        file = write(folder, "facts." + suffix, content)
        refused(name, run([file] + rules, folder, **kw), *words)

    def pack(name, content, *words):
        write(folder, "bad.yaml", content)
        write(folder, "empty.yaml", "{}")
        refused(name, run(["empty.yaml", "--rules", "bad.yaml"], folder), *words)

    facts("200 KB of [ as JSON", "[" * 200000, "json", "TG0105")
    facts("200 KB of [ as YAML", "[" * 200000, "yaml", "TG0105")
    facts("100,000 block sequences", "- " * 100000, "yaml")
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        "%s: &%s [*%s, *%s, *%s, *%s, *%s, *%s, *%s, *%s, *%s]\n" % ((chr(98 + i), chr(98 + i)) + (chr(97 + i),) * 9) for i in range(12))
    facts("an alias bomb", bomb, "yaml", "TG0106")
    facts("an alias cycle", "a: &a [1, *a]\n", "yaml", "TG0106")
    facts("an unknown alias", "a: *nobody\n", "yaml")
    facts("NUL bytes in JSON", b'{"a": "x\0y"}', "json", "facts.json:1:9")
    facts("NUL bytes in YAML", b"a: x\0y\n", "yaml", "facts.yaml:1:5")
    facts("invalid UTF-8 in JSON", b'{"a": "\xff"}', "json", "TG0101", "facts.json:1:8")
    facts("invalid UTF-8 in YAML", b"a: 1\nb: \xc3\x28\n", "yaml", "TG0101", "facts.yaml:2:4")
    facts("UTF-16", "a: 1\n".encode("utf-16"), "yaml")
    facts("a number of 400 digits", '{"a": %s}' % ("9" * 400), "json", "TG0109", "facts.json:1:7")
    facts("a number of 400 digits in YAML", "a: %s\n" % ("9" * 400), "yaml", "TG0109")
    facts(".inf", "a: .inf\n", "yaml", "TG0109")
    facts("an empty JSON file", "", "json", "TG0111")
    facts("an empty YAML file", "", "yaml", "TG0111")
    facts("only comments", "# nothing\n", "yaml", "TG0111")
    facts("a list at the top", "[1]\n", "yaml", "TG0112")
    facts("two documents", "a: 1\n---\na: 2\n", "yaml", "TG0103")
    facts("a foreign tag", "a: !!python/object:x {}\n", "yaml", "TG0103")
    facts("a merge key", "a: &a {b: 1}\nc:\n  <<: *a\n", "yaml", "TG0103")
    facts("a complex key", "? [x, y]\n: 1\n", "yaml", "TG0103")
    facts("a duplicate key in YAML", "a: 1\na: 2\n", "yaml", "TG0104", "facts.yaml:2:1", "note")
    facts("a duplicate key in JSON", '{"a": 1, "b": 2, "a": 3}', "json", "TG0104", "facts.json:1:18", "note")
    facts("a trailing comma", '{"a": 1,}', "json", "TG0107", "facts.json:1:8")
    facts("garbage behind JSON", '{"a": 1} x', "json", "TG0107", "facts.json:1:10")
    facts("a lone surrogate", '{"a": "\\ud800"}', "json")
    facts("tabs as indentation", "a:\n\tb: 1\n", "yaml", "facts.yaml:2")
    key = "k" * (1 << 20)
    p = run([write(folder, "facts.json", '{"%s": 1, "a": 1}' % key)] + rules, folder)
    report("a key of 1 MB is read", p.returncode == 0, p)
    p = run([write(folder, "facts.yaml", '"%s": 1\na: 1\n' % key[:1000])] + rules, folder)
    report("a long key in YAML is read", p.returncode == 0, p)
    p = run([write(folder, "facts.yaml", '? "%s"\n: 1\n? a\n: 1\n' % key)] + rules, folder)
    report("an explicit key of 1 MB in YAML is read", p.returncode == 0, p)
    facts("a key of 1 MB without `?` in YAML", 'a: 1\n"%s": 1\n' % key, "yaml", "TG0102")
    facts("the same key of 1 MB twice", '{"%s": 1, "%s": 2}' % (key, key), "json", "TG0104")
    facts("a text of 1 MB as a number", '{"a": -%s}' % ("0" * (1 << 20)), "json", "TG0107")

    os.mkdir(os.path.join(folder, "directory"))
    refused("a directory", run(["directory"] + rules, folder), "TG0002", "directory")
    os.mkfifo(os.path.join(folder, "pipe"))
    refused("a named pipe", run(["pipe"] + rules, folder), "TG0002", "`-`")
    refused("a named pipe as a CSV", run(["ok.yaml", "--facts", "xs=pipe"] + rules, folder), "TG0002", "pipe")
    refused("a named pipe as rules", run(["-", "--rules", "pipe"], folder, input=b"{}"), "TG0002", "pipe")
    refused("a file whose reading fails", run(["/proc/self/mem"] + rules, folder), "TG0001", "nput/output error")
    refused("rules whose reading fails", run(["-", "--rules", "/proc/self/mem"], folder, input=b"{}"), "TG0001", "nput/output error")
    refused("a device", run(["/dev/zero"] + rules, folder), "TG0002")
    refused("a file that is not there", run(["absent.yaml"] + rules, folder), "TG0001", "absent.yaml")
    p = run(["-"] + rules, folder, input=b'{"a": 1}')
    report("standard input", p.returncode == 0, p)
    p = run(["-"] + rules, folder, input=b'{"a": "' + b"x" * 300000 + b'"}')
    report("standard input longer than a pipe holds", p.returncode == 0, p)
    refused("standard input twice", run(["-", "-"] + rules, folder, input=b'{"a": 1}'), "once")
    p = subprocess.run(["bash", "-c", '"$0" check <(echo "a: 1") --rules ok.yaml --as-of 2026-01-01', binary], cwd=folder, capture_output=True,
                       timeout=60)
    report("a pipe under /dev/fd", p.returncode == 0, p)
    os.chmod(os.path.join(folder, write(folder, "secret.yaml", "a: 1\n")), 0)
    if os.geteuid() == 0:
        def unprivileged():
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        try:
            p = run(["secret.yaml"] + rules, folder, preexec_fn=unprivileged)
            refused("an unreadable file", p, "TG0001", "ermission")
        except (PermissionError, subprocess.SubprocessError) as e:
            print("skipped: an unreadable file (cannot run the binary unprivileged: %s)" % e)
    else:
        refused("an unreadable file", run(["secret.yaml"] + rules, folder), "TG0001", "ermission")

    pack("100,000 nested parentheses", PACK % ('"%s1 == 1%s"' % ("(" * 32000, ")" * 32000)), "TG0307")
    pack("100,000 parentheses over the byte limit", PACK % ('"%s1%s"' % ("(" * 100000, ")" * 100000)), "TG0307")
    pack("a chain of nots", PACK % ('"%s a"' % ("not " * 20000)[:60000]), "TG0307")
    pack("an unclosed pattern", PACK % "a matches /x", "TG030")
    pack("a broken pattern", PACK % '"a matches /(x/"', "TG0308")
    pack("\\C in a pattern", PACK % '"a matches /\\\\C/"', "TG0308")
    pack("an alias bomb in rules", bomb, "TG0106")
    pack("an empty pack file", "", "TG0111")
    pack("a pack that is a list", "- a\n", "TG0112")
    write(folder, "slow.yaml", PACK % "a matches /^(a+)+$/")
    for mode in ([], ["--no-jit"]):
        p = run([write(folder, "facts.yaml", "a: %s!\n" % ("a" * 5000)), "--rules", "slow.yaml", "--format", "json", "--fail-on", "info"] + mode, folder)
        report("a pattern that backtracks for ever " + " ".join(mode), p.returncode == 1 and b'"error"' in p.stdout, p)
    p = run([write(folder, "facts.yaml", 'a: "\\u001b[31mred\\u001b[0m ::set-output name=x::y \\u202e"\n'), "--rules",
             write(folder, "loud.yaml", PACK % "false" + "    message: \"{a}\"\n"), "--fail-on", "never"], folder)
    report("a fact cannot command a terminal or a build runner",
           p.returncode == 0 and b"\x1b" not in p.stdout and b"::" not in p.stdout and "\u202e".encode() not in p.stdout, p)
    for name, text, say in (("is not ignored", "fail_onn: low\n", "did you mean `fail_on`"),
                            ("with a bomb of aliases", "a: &a [" + "x, " * 9 + "x]\n" + "".join(
                                "%s: &%s [%s]\n" % (c, c, ", ".join(["*" + chr(ord(c) - 1)] * 10)) for c in "bcdefghi"), "TG0106"),
                            ("of nothing but brackets", "[" * 200000, "tollgate.yaml"),
                            ("that is a list", "- a\n", "mapping")):
        refused("a configuration " + name,
                (write(folder, "tollgate.yaml", text), run([write(folder, "facts.yaml", "a: 1\n")] + rules, folder))[1], "tollgate.yaml", say)
    os.remove(os.path.join(folder, "tollgate.yaml"))
    os.mkfifo(os.path.join(folder, "fifo.yaml"))
    for option in ("--config", "--waivers", "--baseline"):
        refused("a named pipe as %s is refused, not waited for" % option,
                run([write(folder, "facts.yaml", "a: 1\n"), option, os.path.join(folder, "fifo.yaml")] + rules, folder), "fifo.yaml")


# Much of one thing: what grew with the square of it would not end within the time that run() allows.
with tempfile.TemporaryDirectory() as folder:
    write(folder, "rules.yaml", """pack: t
version: 1.0.0
title: t
waivers_fact: waivers
model:
  xs: list of integer
  people[]: {id: text key, age: integer}
  waivers[]: {id: text key, gate: text, item: text, reason: text, owner: text, approver: text, approved_on: date, expires_on: date}
gates:
  - id: T-1
    title: t
    for: p in people
    require: p.age > 3
  - id: T-2
    title: t
    for: x in xs
    require: x > 3
""")
    write(folder, "free.yaml", PACK % "m.k1 == 1")
    n = 400000
    wide = "{" + ", ".join('"k%d": %d' % (i, i) for i in range(n)) + "}"
    shuffled = "{" + ", ".join('"k%d": %d' % (i, i) for i in range(n - 1, -1, -1)) + "}"
    write(folder, "a.json", '{"m": %s, "l": [%s]}' % (wide, wide))
    write(folder, "b.json", '{"m": %s, "l": [%s]}' % (shuffled, shuffled))
    p = run(["a.json", "b.json", "--rules", "free.yaml", "--fail-on", "info"], folder)
    report("two files with %d keys in another order" % n, p.returncode == 0, p)
    write(folder, "xs.json", '{"xs": [%s], "people": [], "waivers": []}' % ", ".join(["1", "2"] * 150000))
    p = run(["xs.json", "--rules", "rules.yaml", "--fail-on", "info", "--format", "ndjson"], folder)
    report("many equal failing scalars", p.returncode == 1 and b"1~150000" in p.stdout, p)
    waiver = '{"id": "W%d", "gate": "T-1", "item": "%s", "reason": "r", "owner": "a", "approver": "b", "approved_on": "2025-01-01", "expires_on": "2027-01-01"}'
    write(folder, "w.json", '{"xs": [], "people": [%s], "waivers": [%s]}' % (
        ", ".join('{"id": "P%d", "age": %d}' % (i, 1 if i < 9000 else 9) for i in range(50000)),
        ", ".join(waiver % (i, "P%d" % i if i < 10000 else "nobody%d" % i) for i in range(20000))))
    p = run(["w.json", "--rules", "rules.yaml", "--fail-on", "info", "--format", "ndjson"], folder)
    report("many waivers for many records", p.returncode == 0 and p.stdout.count(b'"status":"waived"') + p.stdout.count(b'"status": "waived"') >= 9000, p)
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed or not passed else 0)
