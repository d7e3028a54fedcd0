#!/usr/bin/env python3
"""Nothing that a stranger wrote (facts, rules, names of files, arguments) commands a build runner or changes a terminal's state, whatever format goes to
the log, and neither do diagnostics.  usage: runners.py BINARY SOURCE_ROOT"""
import json
import os
import re
import subprocess
import sys
import tempfile

binary, root = os.path.abspath(sys.argv[1]), sys.argv[2]
passed = failed = 0
FORMATS = ["text", "json", "ndjson", "junit", "tap", "github", "azure", "gitlab", "markdown", "markdown-comment"]
EVIL = ["::set-output name=x::y", " \t::error::x", "a\n::stop-commands::x", "##[command]x", "x ##vso[task.setvariable variable=x]y", "###vso[x]",
        "##teamcity[buildStatus text='x']", "\x1b]0;title\x07", "\x1b[2J\x1b[31m", "\x9b2J", "\x90x\x9c", "\r\x1b[K", "\u202eabc\u2066", "\u200b::error::x",
        ":\u00ad:error:\u00ad:x", "#\ufe0f#[command]x", ":\ufe0f:error:\ufe0f:x", "section_start:1:x\r\x1b[0K", ":", "::", "\x7f\x08\x08", "caf\u00e9 \u6f22"]
OWN = re.compile(r"(::(error|warning|notice) [^\x00-\x1f]*::|##vso\[task\.(logissue|complete) [^\]]*\])")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
HIDDEN = re.compile("[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def complaint(text, name, ascii_only):
    for line in text.split("\n"):
        rest = OWN.sub("", line, 1) if name in ("github", "azure") else line
        if re.match(r"\s*::", rest) or re.search(r"##[A-Za-z]*\[", rest):
            return "a command: %r" % line[:300]
        # what a runner sees that compares texts as people do
        bare = re.sub("[\u00ad\u034f\u200b-\u200f\u2060-\u206f\ufe00-\ufe0f\ufeff]", "", rest)
        if re.match(r"\s*::", bare) or re.search(r"##[A-Za-z]*\[", bare):
            return "a hidden command: %r" % line[:300]
    found = CONTROL.search(text)
    if found:
        return "a control character %r in %r" % (found.group(), text[max(0, found.start() - 60):found.end() + 60])
    if name in ("text", "stderr", "github", "azure", "tap", "markdown") and HIDDEN.search(text):
        return "a mark that is not seen: %r" % HIDDEN.search(text).group()
    if ascii_only and not text.isascii():
        return "more than ASCII in a locale that is not UTF-8: %r" % re.search("[^\x00-\x7f].{0,60}", text).group()
    return None


def expect(what, wrong):
    global passed, failed
    if wrong:
        failed += 1
        print("FAIL %s: %s" % (what, wrong))
    else:
        passed += 1


def run(folder, args, locale="C.UTF-8", statuses=(0, 1, 2)):
    p = subprocess.run([binary] + args, cwd=folder, capture_output=True, timeout=100, env=dict(os.environ, LC_ALL=locale), stdin=subprocess.DEVNULL)
    if p.returncode not in statuses:
        expect(" ".join(args), "status %d: %s" % (p.returncode, p.stderr.decode("utf-8", "replace")[:500]))
    return p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")


def write(folder, name, content):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode("utf-8"))
    return name


PACK = """pack: t
version: 1.0.0
title: t
id_fact: id
waivers_fact: waivers
model:
  id: text
  items[]: {id: text key, note: text, state: "enum(fail, unknown, error, waived)", size: number, never: date}
  waivers[]: {id: text key, gate: text, item: text, reason: text, owner: text, approver: text, approved_on: event, expires_on: date}
gates:
  - {id: T-1, title: One, for: 'i in items where i.state == "fail" or i.state == "waived"', require: 'i.note == "x"', message: "{i.note}", severity: high}
  - {id: T-2, title: Two, for: 'i in items where i.state == "unknown"', require: i.never <= today, message: "{i.note}", severity: medium}
  - {id: T-3, title: Three, for: 'i in items where i.state == "error"', require: i.size * 1000 * 1000 < 3, message: "{i.note}", severity: low}
"""


def facts(evil):
    items, waivers = [], []
    for n, text in enumerate(evil):
        for state in ("fail", "unknown", "error", "waived"):
            items.append({"id": text + "/%d%s" % (n, state[0]), "note": text, "state": state, "size": 10**15})
        waivers.append({"id": text + " w%d" % n, "gate": "T-1", "item": text + "/%dw" % n, "reason": text, "owner": text + "o", "approver": text + "a",
                        "approved_on": "2025-12-01", "expires_on": "2026-02-01" if n % 2 else "2025-12-02"})
    return json.dumps({"id": evil[0], "items": items, "waivers": waivers})


with tempfile.TemporaryDirectory() as folder:
    rules = ["--rules", write(folder, "rules.yaml", PACK), "--as-of", "2026-01-01"]
    for n, evil in enumerate([EVIL] + [[e] for e in EVIL]):
        name = write(folder, "facts.json", facts(evil))
        for form in FORMATS if n == 0 else ["text", "github", "azure", "tap"]:
            for locale in ("C.UTF-8", "C"):
                out, err = run(folder, ["check", name, "--format", form, "--verbose"] + rules, locale, (1,))
                expect("%s in %s of %r" % (form, locale, evil[0]), complaint(out, form, locale == "C" and form == "text"))
                expect("%s in %s of %r: stderr" % (form, locale, evil[0]), complaint(err, "stderr", locale == "C"))
    # diagnostics: quoted values, names of files, arguments
    good = write(folder, "good.json", facts(["plain"]))
    for evil in EVIL:
        quoted = json.dumps(evil)
        tried = [["check", write(folder, "b.json", '{"id": %s, "items": [{"id": %s, "state": %s, "size": %s}], %s: 1}' % ((quoted,) * 5))] + rules + ["--strict"],
                 ["check", write(folder, "b.yaml", ("id: %s\n  bad: [\n" % quoted).encode())] + rules,
                 ["check", write(folder, "c.yaml", (evil + "\n: [").encode())] + rules,
                 ["compile", write(folder, "r.yaml", "pack: t\nversion: 1.0.0\ntitle: t\ngates:\n  - id: %s\n    title: %s\n    require: %s\n    x: 1\n" % ((quoted,) * 3))],
                 ["check", good, "--gate", evil] + rules, ["check", good, "--format", evil] + rules, ["check", good, "--param", evil] + rules,
                 ["check", good, "--out", "json=" + evil + "/x"] + rules, ["check", good, "--as-of", evil, "--rules", "rules.yaml"],
                 ["check", good, "--config", evil] + rules, ["check", good, "--profile", evil], ["check", good, "--baseline", write(folder, "base.json", quoted)] + rules,
                 ["check", evil] + rules, [evil], ["check", "--" + evil]]
        try:
            named = write(folder, evil.replace("/", "") + ".yaml", b"id: [\n")
            tried += [["check", named] + rules, ["check", "./" + named] + rules]
        except OSError:
            pass
        for args in tried:
            for locale in ("C.UTF-8", "C"):
                out, err = run(folder, args, locale)
                expect("stderr of %r in %s" % (args[:4], locale), complaint(err, "stderr", locale == "C"))
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed or not passed else 0)
