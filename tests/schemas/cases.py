"""The cases: fixtures under several options, and facts, rules and file names made to break a writer."""
import glob
import json
import os

import yaml

AS_OF = ["--as-of", "2026-01-01"]


class Case:
    """One run: `args` of `tollgate check` in `folder`.  expect(report, status) gives a complaint or None; `twice`: a second run gives the same
    bytes; `leads`: the next case is made of its report; `large`: variants of a format are left out."""

    def __init__(self, name, folder, args, stdin=b"", twice=False, expect=None, leads=False, large=False):
        self.name, self.folder, self.args, self.stdin, self.twice, self.leads, self.large = name, folder, args, stdin, twice, leads, large
        self.expect = expect or (lambda report, status: None)


def folder_of(scratch, name):
    path = os.path.join(scratch, name)
    os.makedirs(path)
    return path


def write(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode("utf-8"))
    return name


def counted(**wanted):
    """Findings by status, and the exit status when `exit` is given."""
    def expect(report, status):
        got = {}
        for f in report["findings"]:
            got[f["status"]] = got.get(f["status"], 0) + 1
        want = dict(wanted)
        if want.pop("exit", status) != status:
            return "exit status %d" % status
        return None if want == got else "findings %r instead of %r" % (got, want)
    return expect


# ---- fixtures ----

def waivers_of(report):
    """Every state of a waiver, over findings that fail."""
    fails = [f for f in report["findings"] if f["status"] == "fail"][:8]
    entries = []
    for n, f in enumerate(fails):
        w = {"id": "W-%d" % n, "gate": f["gate"], "item": f["subject"]["label"], "reason": "Accepted until the move", "owner": "PAR-DM",
             "approver": "CLI-SPONSOR", "approved_on": "2020-01-01", "expires_on": "2020-01-02", "compensating_action": "Weekly review"}
        day = report["as_of"]
        if n != 1:      # 1: expired
            w.update(approved_on=day, expires_on=day)
        if n == 2:      # approved by its owner
            w["approver"] = w["owner"]
        entries.append(w)
    entries.append(dict(entries[0] if entries else {}, id="W-dangling", gate="NO-999"))
    return yaml.safe_dump(entries)


def baseline_of(report):
    """Findings that are new, unchanged, worse, better and gone."""
    old = json.loads(json.dumps(report))
    findings = old["findings"]
    if len(findings) > 4:
        findings[0]["severity"] = "info"
        findings[1]["severity"] = "critical"
        findings[2]["status"] = "waived"
        del findings[3]
    findings.append(dict(findings[0] if findings else {"gate": "T-1", "severity": "low", "score": 2}, status="fail", gate="OLD-001",
                         message="A gate that is gone: <b>=1+1</b>", subject={"path": "/systems/0", "label": "old"},
                         fingerprint="sha256:" + "0" * 64))
    return json.dumps(old)


def tailoring_of(report):
    gates = report["gates"]
    open_gates = [g for g in gates if g["status"] in ("fail", "unknown")]
    tailored = {}
    if open_gates:
        tailored[open_gates[0]["id"]] = {"disabled": True, "reason": "Not in scope | of <this> review"}
    for g in open_gates[1:3]:
        tailored[g["id"]] = {"severity": "info", "reason": "=1+1"}
    return yaml.safe_dump({"title": "Tailored", "tailoring": tailored, "min_proven": {"overall": 99}})


def fixture(root, path):
    name = os.path.splitext(os.path.basename(path))[0]

    def make(scratch):
        folder = folder_of(scratch, "fixture-" + name)
        facts = write(folder, "facts/%s.yaml" % name, open(path, "rb").read())
        rules = ["--rules", os.path.join(root, "rules", "bot")]
        yield Case("fixture " + name, folder, [facts] + rules, leads=True)

        def again(report):
            write(folder, "policy/waivers.yaml", waivers_of(report))
            write(folder, "old/report.json", baseline_of(report))
            write(folder, "tollgate.yaml", tailoring_of(report))
            return Case("fixture %s with waivers, a baseline and tailoring" % name, folder,
                        [facts, "--waivers", "policy/waivers.yaml", "--baseline", "old/report.json", "--fail-on", "low"] + rules)
        yield again
    return make


def portfolio(root, paths):
    def make(scratch):
        folder = folder_of(scratch, "portfolio")
        facts = [write(folder, os.path.basename(p), open(p, "rb").read()) for p in paths]
        yield Case("portfolio", folder, ["--portfolio"] + facts + ["--rules", os.path.join(root, "rules", "bot")])
    return make


# ---- hostile facts and rules ----

CONTROLS = "".join(chr(c) for c in range(1, 32)) + "\x7f\x80\x85\x9b\x9f"
HOSTILE = [
    "plain", CONTROLS, "\x1b[31mred\x1b[0m", "\ufffe\uffff", "\u202eright to left\u202c \u2066x\u2069", "line\u2028line\u2029line", "\u200b\ufeff",
    "caf\u00e9 \u6f22\u5b57 \U0001f600 e\u0301", "two\nlines", "three\r\nlines\rlong", "\ttab",
    "<script>alert(1)</script>", "</script><!-- --><![CDATA[x]]>", "]]>", "&amp; &lt; &#x1b; &", "'single' \"double\" `tick`", "<img src=x onerror=alert(1)>",
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "=HYPERLINK(\"http://evil.example\")", "a,b;c\"d", "DDE|x!y",
    "::set-output name=x::y", "x\n::error file=a::b", "::add-mask::x", "##[command]x", "##vso[task.setvariable variable=x]y", "%0A::error::x", "a%25b",
    "![x](http://evil.example/x.png)", "[x](javascript:alert(1))", "[link](1)", "| a | b |", "# heading", "* item", "```", "~~~", "@someone #12",
    "<details><summary>x", "not ok 1 - forged", "ok 1", "1..0", "x # SKIP y", "x # TODO y", "Bail out!", "  ---", "  ...",
    "{0}", "{{x}}", "}", "${HOME} $(id) `id`", "\\", "\\n", "file:///etc/passwd", "../../x", "/abs/path", "C:\\x", "a:b", "null", "true", "0", "~1", "a/b", "#1", "x~2",
    "x;=1+1", "x;\"=1+1\"", " lead and trail ", "x" * 300, "w " * 400,
]

HOSTILE_PACK = {
    "pack": "strange.pack", "version": "1.0.0", "title": "<b>Strange</b> & \"quoted\" ::error::", "area": "strange", "id_fact": "engagement.id",
    "waivers_fact": "waivers",
    "model": {
        "engagement": {"id": "text!", "gone": "boolean"},
        "items[]": {"id": "text key", "note": "text", "ok": "boolean", "size": "number", "never": "date", "state": "enum(fail, unknown, error)"},
        "waivers[]": {"id": "text key", "gate": "text", "item": "text", "reason": "text", "owner": "text", "approver": "text",
                      "approved_on": "event", "expires_on": "date", "compensating_action": "text"}},
    "gates": [
        {"id": "T-FAIL", "title": "Title with | pipes, <b>tags</b>, `ticks`, ::error:: and ##vso[x]", "for": "i in items where i.state == \"fail\"",
         "require": "i.ok", "severity": "high", "likelihood": 3, "impact": 4, "message": "{i.id}: {i.note}",
         "rationale": "Because <i>so</i> | ::warning::x\n=1+1", "proof": "![x](http://evil.example/p.png) ##[x]", "remediation": "=cmd|x\n::notice::y <br>",
         "references": ["https://standards.example/a?b=c&d=<e>", "ISO \"x\" <y>", "=1+1"], "tags": ["a-%d" % n for n in range(14)] + ["security", "<tag>"]},
        {"id": "T-UNKNOWN", "title": "Every item came", "for": "i in items where i.state == \"unknown\"", "require": "i.never <= today",
         "severity": "medium", "message": "{i.id} came on {i.never}: {i.note}"},
        {"id": "T-ERROR", "title": "Sums stay finite", "for": "i in items where i.state == \"error\"", "require": "i.size * 1000 * 1000 < 3",
         "severity": "low", "message": "{i.id}: {i.note}"},
        {"id": "T-WHEN", "title": "Nobody knows whether this applies", "when": "engagement.gone", "require": "false", "severity": "critical"},
        {"id": "T-LIKELY", "title": "A likelihood that is none", "likelihood": "count(items)", "require": "true", "severity": "info"},
        {"id": "T-PASS", "title": "Passes", "require": "engagement.id is known", "severity": "info"},
        {"id": "T-NOT", "title": "Does not apply", "when": "false", "require": "false"},
        {"id": "T-INFO", "title": "Advice. With two sentences?", "require": "engagement.id == \"other\"", "severity": "info"},
    ]}


def hostile(scratch):
    folder = folder_of(scratch, "hostile")
    items, states = [], ["fail", "unknown", "error"]
    for n, text in enumerate(HOSTILE * 3):
        item = {"id": "%s%d" % (text, n) if n % 2 else "%d%s" % (n, text), "note": text, "state": states[n % 3], "ok": False, "size": 999999999999999999}
        items.append(item)
    for n, text in enumerate(["=1+1", "0", "#1", "x/y~z", " "]):
        items.append({"id": text, "note": "short keys", "state": "fail", "ok": False})
    waivers = []
    for n, i in enumerate([i for i in items if i["state"] == "fail"][3:40:3]):
        waivers.append({"id": "W-%d%s" % (n, i["note"]), "gate": "T-FAIL", "item": i["id"], "reason": "Reason " + i["note"], "owner": "O" + i["note"],
                        "approver": "A" + i["note"], "approved_on": "2025-12-01", "expires_on": "2026-01-20", "compensating_action": i["note"] + "."})
    facts = {"engagement": {"id": "E<1>/::x::\"&' \u202e=1+1"}, "items": items, "waivers": waivers}
    rules = write(folder, "rules/strange.yaml", json.dumps(HOSTILE_PACK))
    names = ["strange dir/fa%c #1 & [x]=y;,:\u00e9\U0001f600 'q'.json", "a:b.json", "::error::x.json", "line\nend ##vso[x].json", "<b>.json"]
    for n, name in enumerate(names):
        write(folder, name, json.dumps(facts if n == 0 else {"engagement": {"id": facts["engagement"]["id"]}, "items": facts["items"][n::9]},
                                       ensure_ascii=n % 2 == 0, indent=None if n == 2 else 1))
    yield Case("hostile facts", folder, [names[0], "--rules", rules] + AS_OF, twice=True, leads=True,
               expect=lambda r, s: None if s == 1 and {f["status"] for f in r["findings"]} == {"fail", "unknown", "error", "waived"}
               else "statuses or exit")

    def baseline(report):
        write(folder, "old.json", baseline_of(report))
        return Case("hostile baseline", folder, [names[0], "--rules", rules, "--baseline", "old.json", "--fail-on", "never"] + AS_OF,
                    expect=lambda r, s: "exit" if s else None)
    yield baseline
    for name in names[1:]:
        yield Case("hostile file name %r" % name, folder, [name, "--rules", rules] + AS_OF)
    yield Case("standard input", folder, ["-", "--rules", rules] + AS_OF, stdin=b'{"engagement": {"id": "E"}, "items": [{"id": "a", "state": "fail", "ok": false}]}',
               expect=counted(fail=2, unknown=1))


SMALL = {"pack": "small", "version": "1.0.0", "title": "Small", "area": "small",
         "gates": [{"id": "S-1", "title": "Items are ready", "for": "i in items", "require": "i.ok", "severity": "high", "message": "{i.id}: {i.note}"},
                   {"id": "S-2", "title": "There is a plan", "require": "plan is known", "severity": "critical"}]}


def megabytes(scratch):
    folder = folder_of(scratch, "megabytes")
    rules = write(folder, "small.yaml", json.dumps(SMALL))
    long = ["<&\"'%s" % ("x" * (1 << 20)), "=" + "\u6f22" * (1 << 18), "::" * (1 << 19), "a b\n" * (1 << 18)]
    facts = write(folder, "facts.json", json.dumps({"plan": True, "items": [{"id": "k%d" % n, "note": t, "ok": False} for n, t in enumerate(long)] +
                                                    [{"id": long[0], "note": "a long key", "ok": False}]}))
    yield Case("texts of 1 MB", folder, [facts, "--rules", rules] + AS_OF, expect=counted(fail=5, exit=1))


def edges(scratch):
    folder = folder_of(scratch, "edges")
    rules = ["--rules", write(folder, "small.yaml", json.dumps(SMALL))] + AS_OF
    yield Case("no findings", folder, [write(folder, "clean.yaml", "plan: yes\nitems: [{id: a, ok: true}]\n")] + rules, twice=True, expect=counted(exit=0))
    none = dict(SMALL, gates=[dict(SMALL["gates"][0], when="false")])
    yield Case("nothing applies", folder, ["clean.yaml", "--rules", write(folder, "none.yaml", json.dumps(none))] + AS_OF, expect=counted(exit=1))
    yield Case("an empty list", folder, [write(folder, "empty.yaml", "items: []\n")] + rules, expect=counted(fail=1, exit=1))
    yield Case("facts in a deep folder", folder, [write(folder, "a b/c/d.yaml", "items: [{id: a, ok: false}, {id: b}, {ok: false}]\n")] + rules,
               expect=counted(fail=3, unknown=1, exit=1))
    yield Case("a part of the gates", folder, ["empty.yaml", "--gate", "S-2"] + rules, expect=counted(fail=1, exit=1))
    yield Case("a CSV file", folder, [write(folder, "plan.yaml", "plan: yes\n"), "--facts",
                                      "items=" + write(folder, "items.csv", "id,note,ok\r\na,\"x,\u00e9\U0001f600\"\"y\",false\r\nb,=1+1,true\r\nc,,false\r\n")] + rules,
               expect=counted(fail=2, exit=1))
    yield Case("comments and quotes in YAML", folder, [write(
        folder, "styles.yaml", "# comment\nplan: unknown   # nobody said\nitems:\n  - id: 'it''s'\n    ok: false # no\n  - {id: \"\U0001f600 q\", ok: false, note: [x]}\n"
        "  - id: block\n    ok: false\n    note: |\n      several\n      lines\n  - &a\n    id: anchor\n    ok: false\n  - \"id\": \"\\u00e9 # x\"\n    ok: !!bool false\n"
        .replace("!!bool ", ""))] + rules, expect=counted(fail=6, exit=1))


def many(scratch):
    folder = folder_of(scratch, "many")
    rules = write(folder, "small.yaml", json.dumps(SMALL))
    # one line: places must not be found by counting from its beginning
    # and the gravest comes last
    facts = write(folder, "facts.json", json.dumps({"items": [{"id": "item-%05d" % n, "note": "\u00e9", "ok": n % 10 == 9 and None} for n in range(30000)]}))
    yield Case("30,000 findings", folder, [facts, "--rules", rules] + AS_OF, expect=counted(fail=27001, unknown=3000, exit=1), large=True)


def all_cases(root):
    paths = sorted(glob.glob(os.path.join(root, "fixtures", "engagements", "*.yaml")))
    return [fixture(root, p) for p in paths] + [portfolio(root, paths), hostile, megabytes, edges, many]
