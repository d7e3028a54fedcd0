#!/usr/bin/env python3
"""The waiver calendar, day by day, beside Python's own; policies; what is reported of waivers; and `tollgate waive`, whose entries `check` takes and
whose files keep every other byte.  usage: waivers.py BINARY"""
import csv
import datetime
import io
import json
import os
import subprocess
import sys
import tempfile

import yaml

from tally import close, expect

binary = os.path.abspath(sys.argv[1])
FIELDS = ["id", "gate", "item", "reason", "owner", "approver", "approved_on", "expires_on", "compensating_action"]
PACK = """pack: t
version: 1.0.0
title: t
id_fact: id
waivers_fact: waivers
model:
  id: text
  items[]: {id: text key, ok: boolean}
  waivers[]: {%s}
gates:
""" % ", ".join("%s: %s" % (f, "text key" if f == "id" else "event" if f == "approved_on" else "date" if f == "expires_on" else "text") for f in FIELDS)
SEVERITIES = ["info", "low", "medium", "high", "critical"]
PACK += "".join("  - {id: %s, title: t, for: s in items, require: s.ok, severity: %s}\n" % (s.upper(), s) for s in SEVERITIES)
PACK += "  - {id: WHOLE, title: t, require: 'count(items) > 99', severity: high}\n  - {id: FIRM, title: t, for: s in items, require: s.ok, severity: high, waivable: false}\n"
LOOSE = PACK.replace("event", "text").replace("date", "text")  # dates are texts to this model


def tollgate(*args):
    return subprocess.run([binary] + list(args), capture_output=True, cwd=folder, timeout=120)


def check(*args):
    return tollgate("check", "f.yaml", "--rules", "p.yaml", "--format", "json", *args)


def write(name, text):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    return name


def read(name):
    return open(os.path.join(folder, name), "rb").read()


def waiver(n, **more):
    w = {"id": "W-%02d" % n, "gate": "HIGH", "item": "i%d" % n, "reason": "r", "owner": "PAR-A", "approver": "CLI-B", "approved_on": "2024-01-01",
         "expires_on": "2024-12-31", "compensating_action": "c"}
    w.update(more)
    return {k: v for k, v in w.items() if v is not None}


def as_yaml(waivers):
    return json.dumps(waivers)


def facts(items, waivers=None):
    write("f.yaml", "id: E\nitems: %s\n" % json.dumps([{"id": i, "ok": ok} for i, ok in items.items()])
          + ("waivers: %s\n" % json.dumps(waivers) if waivers is not None else ""))


def day(text):
    return datetime.date.fromisoformat(text)


# ---- the calendar ----

TERMS = [("2024-02-28", "2024-03-01"), ("2024-02-29", "2024-02-29"), ("2023-02-28", "2023-03-01"), ("2023-12-31", "2024-01-01"), ("2024-02-29", "2025-02-28"),
         ("2024-02-29", "2028-02-29"), ("2000-02-28", "2000-02-29"), ("2100-02-28", "2100-03-01"), ("1900-02-28", "1900-03-01"), ("0004-02-29", "0004-03-01"),
         ("9999-12-29", "9999-12-30"), ("1969-12-31", "1970-01-01")]


def sources(waivers):
    """The same waivers in every form that they can have."""
    table = io.StringIO()
    rows = csv.DictWriter(table, FIELDS)
    rows.writeheader()
    rows.writerows(waivers)
    write("w.csv", table.getvalue())
    write("list.yaml", yaml.safe_dump(waivers, sort_keys=False, default_style='"'))
    write("map.yaml", yaml.safe_dump({"waivers": waivers}, sort_keys=False, default_style='"'))
    write("w.json", json.dumps(waivers))
    return ["w.csv", "list.yaml", "map.yaml", "w.json"]


def calendar():
    write("p.yaml", PACK)
    waivers = [waiver(n, approved_on=a, expires_on=e) for n, (a, e) in enumerate(TERMS)]
    items = {w["item"]: False for w in waivers}
    days = set()
    for term in TERMS:
        for edge in term:
            for by in range(-2, 3):
                try:
                    days.add(day(edge) + datetime.timedelta(by))
                except OverflowError:
                    pass
    forms = sources(waivers)
    for n, today in enumerate(sorted(days)):
        if n % 5 == 0:
            facts(items, waivers)
            args = []
        else:
            facts(items)
            args = ["--waivers", forms[n % 5 - 1]]
        report = json.loads(check("--as-of", today.isoformat(), *args).stdout)
        status = {f["subject"]["label"]: f["status"] for f in report["findings"] if f["gate"] == "HIGH"}
        states = {w["id"]: (w["state"], w["why"], w["expires_soon"]) for w in report["waivers"]}
        for w, (a, e) in zip(waivers, TERMS):
            force = day(a) <= today <= day(e)
            what = "%s to %s, on %s, %s" % (a, e, today, args)
            expect(what, "waived" if force else "fail", status[w["item"]])
            want = ("in_force", None, (day(e) - today).days <= 30) if force else ("expired", "has expired", False) if today > day(e) else (
                "invalid", "is approved only later", False)
            expect(what + ": state", want, states[w["id"]])
    for soon in (1, 7, 29, 30, 31):
        facts({"i0": False}, [waiver(0, expires_on="2024-03-01")])
        write("soon.yaml", "expires_soon: %d days\n" % soon)
        for by in (soon - 1, soon, soon + 1):
            today = day("2024-03-01") - datetime.timedelta(by)
            report = json.loads(check("--config", "soon.yaml", "--as-of", today.isoformat()).stdout)
            expect("expires soon within %d, %d days before" % (soon, by), by <= soon, report["waivers"][0]["expires_soon"])


def wrong_dates():
    write("loose.yaml", LOOSE)
    for bad in ("2023-02-29", "2100-02-29", "2024-02-30", "2024-13-01", "2024-00-10", "2024-1-01", "29.02.2024", "2024-02-29T00:00:00", "soon", "0000-01-01",
                "10000-01-01"):
        for field in ("approved_on", "expires_on"):
            waivers = [waiver(0), waiver(1, **{field: bad})]
            for form in sources(waivers):
                facts({"i0": False, "i1": True})
                p = check("--as-of", "2024-06-01", "--waivers", form)
                expect("%s %s in %s" % (field, bad, form), (2, b"", True), (p.returncode, p.stdout, form.encode() + b":" in p.stderr))
        facts({"i0": False}, waivers)
        for pack in ("p.yaml", "loose.yaml"):
            p = tollgate("check", "f.yaml", "--rules", pack, "--as-of", "2024-06-01", "--fail-on", "never")
            expect("%s in the facts, %s" % (bad, pack), (2, b"", True), (p.returncode, p.stdout, b"f.yaml:" in p.stderr))
    for word in (None, "none", "not_yet", "unknown"):
        facts({"i0": False}, [waiver(0, approved_on=word)])
        p = check("--as-of", "2024-06-01", "--fail-on", "never")
        expect("approved_on: %s" % word, [(0, "invalid", "has no day of approval")], [(p.returncode, w["state"], w["why"]) for w in json.loads(p.stdout)["waivers"]])


# ---- policies and reports ----

def states(*args):
    p = check(*args)
    report = json.loads(p.stdout)
    found = {"%s[%s]" % (f["gate"], f["subject"]["label"]): f["status"] for f in report["findings"]}
    return report, found, {w["id"]: (w["state"], w["why"]) for w in report["waivers"]}


def policies():
    # the severity cap
    facts({"i0": False}, [waiver(n, gate=s.upper(), item="i0") for n, s in enumerate(SEVERITIES)])
    for cap in SEVERITIES:
        write("c.yaml", "waiver_policy: {max_severity: %s}\n" % cap)
        _, found, state = states("--config", "c.yaml", "--as-of", "2024-06-01")
        for n, s in enumerate(SEVERITIES):
            lets = n <= SEVERITIES.index(cap)
            expect("cap %s, gate %s" % (cap, s), "waived" if lets else "fail", found[s.upper() + "[i0]"])
            expect("cap %s, gate %s: said" % (cap, s), ("in_force", None) if lets else ("invalid", "names a gate more severe than the policy lets be waived"), state["W-%02d" % n])
    # the longest term
    for a, e in (("2024-01-01", "2024-12-31"), ("2023-01-01", "2023-12-31"), ("2024-02-29", "2025-02-28"), ("2024-03-01", "2024-03-01")):
        term = (day(e) - day(a)).days
        facts({"i0": False}, [waiver(0, approved_on=a, expires_on=e)])
        for most in (term - 1, term, term + 1):
            if most < 0:
                continue
            write("c.yaml", "waiver_policy: {max_days: %d}\n" % most)
            _, found, state = states("--config", "c.yaml", "--as-of", e)
            expect("%s to %s, at most %d days" % (a, e, most), "waived" if term <= most else "fail", found["HIGH[i0]"])
            expect("%s to %s, at most %d days: said" % (a, e, most), ("in_force", None) if term <= most else ("invalid", "runs longer than the policy allows"), state["W-00"])
    # what must be given
    write("c.yaml", "waiver_policy: {compensating_action: required}\n")
    for field, bad, why in [(f, b, w) for f, w in (("reason", "gives no reason"), ("owner", "has no owner"), ("approver", "has no approver"), ("item", "names no item"),
                                                   ("compensating_action", "names no compensating action")) for b in (None, "", "  ", "none", "unknown")] + [
            ("approver", "PAR-A", "was approved by its owner"), ("owner", "CLI-B", "was approved by its owner")]:
        facts({"i0": False}, [waiver(0, **{field: bad})])
        _, found, state = states("--config", "c.yaml", "--as-of", "2024-06-01")
        expect("%s: %r" % (field, bad), ("fail", ("invalid", why)), (found["HIGH[i0]"], state["W-00"]))
    facts({"i0": False}, [waiver(0, compensating_action=None)])
    expect("no compensating action, no policy", "waived", states("--as-of", "2024-06-01")[1]["HIGH[i0]"])
    # who is covered
    facts({"i0": False, "i1": True, "i2": False, "i3": None},
          [waiver(0, item="all"), waiver(1, gate="LOW"), waiver(2, gate="LOW", item="nobody"), waiver(3, gate="LWO", item="i0"), waiver(4, gate="WHOLE", item="engagement"),
           waiver(5, gate="FIRM", item="i0"), waiver(6, gate="MEDIUM", item="i3"), waiver(7, gate="CRITICAL", item="i0", expires_on="2024-05-31"),
           waiver(8, item="i0")])
    report, found, state = states("--as-of", "2024-06-01")
    expect("all: every failing item, no unknown one", ("waived", "waived", "unknown"), (found["HIGH[i0]"], found["HIGH[i2]"], found["HIGH[i3]"]))
    expect("all: the first in file order counts", ["W-00"] * 2, [f["waiver"]["id"] for f in report["findings"] if f["gate"] == "HIGH" and f["waiver"]])
    expect("the whole engagement", "waived", found["WHOLE[engagement]"])
    expect("a gate that takes none", "fail", found["FIRM[i0]"])
    expect("an unknown stays", "unknown", found["MEDIUM[i3]"])
    expect("expired yesterday", "fail", found["CRITICAL[i0]"])
    expect("what is said of each", {
        "W-00": ("in_force", None), "W-01": ("unused", "waives nothing: no failing subject needs it"), "W-02": ("dangling", "names an item that the gate does not have"),
        "W-03": ("dangling", "names a gate that no loaded pack has"), "W-04": ("in_force", None), "W-05": ("invalid", "names a gate that takes no waiver"),
        "W-06": ("unused", "waives nothing: no failing subject needs it"), "W-07": ("expired", "has expired"),
        "W-08": ("unused", "waives nothing: no failing subject needs it")}, state)
    gross, net = report["readiness"]["gross"]["proven"], report["readiness"]["net"]["proven"]
    expect("gross and net side by side", True, net > gross)
    text = tollgate("check", "f.yaml", "--rules", "p.yaml", "--as-of", "2024-06-01").stdout.decode()
    for n in (1, 2, 3, 5, 6, 7, 8):
        expect("the text says that W-%02d is of no effect" % n, True, "W-%02d for" % n in text.split("Waivers without effect")[1])
    p = check("--as-of", "2024-06-01", "--strict")
    expect("--strict: a dangling gate", (2, b"", True), (p.returncode, p.stdout, b"LWO" in p.stderr))


# ---- tollgate waive ----

ENTRY = ["--reason", "r", "--owner", "PAR-A", "--approver", "CLI-B", "--approved", "2024-06-01", "--expires", "2024-12-31"]
LAYOUTS = {
    "absent": None, "empty": "", "comments": "# waivers of the engagement\n\n# none yet\n", "a start": "---\n", "no line end": "# none", "key": "waivers:\n", "key, comment": "waivers: # none yet\n# end\n",
    "empty list": "[]\n", "empty list below the key": "waivers: [] # none yet\n", "empty list, spread": "waivers: [\n  # none yet\n]\n",
    "list": "- id: WVR-01\n  gate: LOW\n  item: x\n  reason: it's \"old\"   # why\n", "list, no line end": "- id: WVR-07\n  gate: LOW", "indented": "   - id: WVR-01\n     gate: LOW\n# end\n\n\n",
    "map": "# head\nwaivers:\n  - {id: WVR-01, gate: LOW, item: x}\n  # last\n", "map, not indented": "waivers:\n- id: WVR-01\n  gate: LOW\n",
    "flow": "[{id: WVR-01, gate: LOW}]\n", "flow, trailing comma": "[\n  {id: WVR-01, gate: LOW}, # one\n]\n", "flow in map": "{waivers: [{id: WVR-41}]}\n", "crlf": "waivers:\r\n  - id: WVR-01\r\n    gate: LOW\r\n",
    "crlf, comments": "# head\r\n", "document end": "- id: WVR-01\n  gate: LOW\n...\n# after\n", "literal": "- id: WVR-01\n  reason: |\n    one\n\n    # no comment\n  gate: LOW\n- id: X-1\n  reason: |+\n    kept\n\n\n",
    "folded": "waivers:\n    - gate: LOW\n      id: \"WVR-02\"\n      reason: >-\n        a\n        b\n", "BOM": "\ufeff- id: WVR-01\n", "anchors": "- &a {id: WVR-01, owner: A}\n- id: WVR-02\n  owner: B\n",
    "long ids": "- id: WVR-99\n- id: WVR-100\n- id: OTHER-500\n- id: WVR-x\n"}
REASONS = ["plain", "it's \"quoted\"", "colon: and # hash", "- dash", "[bracket", "{brace", "*alias", "&anchor", "!tag", "%directive", "@at", "`tick`", "yes", "12", "2024-01-01",
           "~", "null", "two\nlines", "tab\there", "back\\slash", "trailing ", " leading", "\u202eright to left", "\x1b[31mred", "::set-output name=a::b", "\u2028line", "\u0085next", "\x7f",
           "\ufeffmark", "\U0001f600", "é" * 500, "=cmd|' /C calc'!A0", "\\u0041", "%s%n", "x" * 70000, "---", "...", "\n...\n", "key:\n  - nested: 1"]


def accepted(path, new, what):
    """`check` takes the file, and the new entry is in force."""
    p = check("--as-of", "2024-06-01", "--waivers", path)
    expect(what + ": check takes it", True, p.returncode in (0, 1))
    if p.returncode == 2:
        print(p.stderr.decode()[:300])
        return
    report = json.loads(p.stdout)
    waived = [f["waiver"] for f in report["findings"] if f["status"] == "waived"]
    expect(what + ": it is in force", [(new, "PAR-A", "CLI-B", "2024-06-01", "2024-12-31")],
           [(w["id"], w["owner"], w["approver"], w["approved_on"], w["expires_on"]) for w in waived])
    return waived[0]["reason"] if waived else None


def layouts():
    facts({"i0": False})
    for name, old in LAYOUTS.items():
        path = os.path.join(folder, "waivers.yaml")
        if os.path.exists(path):
            os.unlink(path)
        if old is not None:
            write("waivers.yaml", old)
        p = tollgate("waive", "HIGH[i0]", "--rules", "p.yaml", *ENTRY)
        expect("%s: status" % name, (0, b""), (p.returncode, p.stderr))
        new = read("waivers.yaml")
        before = (old or "").encode()
        at = 0
        while at < len(before) and new[at:at + 1] == before[at:at + 1]:
            at += 1
        fits = [k for k in range(at + 1) if new.startswith(before[:k]) and new.endswith(before[k:]) and len(new) > len(before)]
        expect("%s: every other byte is kept" % name, True, bool(fits))
        entries = yaml.safe_load(new.decode("utf-8-sig"))
        entries = entries["waivers"] if isinstance(entries, dict) else entries
        old_entries = yaml.safe_load(before.decode("utf-8-sig")) or []
        old_entries = (old_entries.get("waivers") or []) if isinstance(old_entries, dict) else old_entries
        expect("%s: the entries before" % name, old_entries, entries[:-1])
        numbers = [int(e["id"][4:]) for e in old_entries if e.get("id", "").startswith("WVR-") and e["id"][4:].isdigit()]
        want = "WVR-%02d" % (max(numbers, default=0) + 1)
        expect("%s: the entry" % name, {"id": want, "gate": "HIGH", "item": "i0", "reason": "r", "owner": "PAR-A", "approver": "CLI-B", "approved_on": "2024-06-01",
                                        "expires_on": "2024-12-31"}, entries[-1])
        expect("%s: line ends" % name, before.count(b"\r\n") > 0, new.count(b"\r\n") > 0)
        if b"\r\n" in before:
            expect("%s: every line end" % name, new.count(b"\n"), new.count(b"\r\n"))
        expect("%s: the id is told" % name, True, want.encode() in p.stdout)
        if not any("id" in e and e["id"].startswith(("X-", "OTHER")) for e in old_entries):
            accepted("waivers.yaml", want, name)
        # and once more, for another item: the file grows as it began
        p = tollgate("waive", "LOW[i0]", "--rules", "p.yaml", *ENTRY)
        expect("%s: again" % name, (0, True), (p.returncode, read("waivers.yaml").count(b"WVR-") >= 2))
    for name, old in (("something else", "systems: []\n"), ("beside", "waivers: []\nother: 1\n"), ("beside, before", "other: 1\nwaivers: []\n"), ("a text", "waivers\n"), ("a map of waivers", "waivers: {a: 1}\n"),
                      ("null", "waivers: null\n"), ("two documents", "- id: WVR-01\n---\n- id: WVR-02\n"), ("malformed", "- id: [\n"), ("a key twice", "- id: A\n  id: B\n"), ("not UTF-8", b"- id: \xff\n"),
                      ("an alias", "- &a [1]\n- *a\n...\nx")):
        write("waivers.yaml", old)
        p = tollgate("waive", "HIGH[i0]", "--rules", "p.yaml", *ENTRY)
        expect("%s: refused, and left alone" % name, (2, b"", True, old if isinstance(old, bytes) else old.encode()),
               (p.returncode, p.stdout, b"waivers.yaml" in p.stderr, read("waivers.yaml")))
    p = tollgate("waive", "HIGH[i0]", "--rules", "p.yaml", "--waivers", write("w.csv", "id,gate\n"), *ENTRY)
    expect("CSV: refused", (2, b"id,gate\n"), (p.returncode, read("w.csv")))
    p = tollgate("waive", "HIGH[i0]", "--rules", "p.yaml", "--waivers", "w2.json", *ENTRY)
    os.unlink(os.path.join(folder, "waivers.yaml"))


def reasons():
    facts({"i0": False})
    for start in (b"", b"waivers: []\n"):
        for reason in REASONS:
            write("w.yaml", start)
            p = tollgate("waive", "HIGH[i0]", "--rules", "p.yaml", "--waivers", "w.yaml", "--reason", reason, *ENTRY[2:])
            what = "reason %r" % reason[:40]
            expect(what + ": status", (0, b""), (p.returncode, p.stderr))
            expect(what + ": comes back", reason, yaml.safe_load(read("w.yaml"))["waivers"][0]["reason"])
            expect(what + ": in the report", reason, accepted("w.yaml", "WVR-01", what))
            loud = [c for c in read("w.yaml").decode() if ord(c) < 32 and c != "\n" or 0x7f <= ord(c) < 0xa0 or ord(c) in (0x202e, 0x2028, 0xfeff)]
            expect(what + ": nothing in the file commands a terminal", [], loud)
    for reason in ("", " ", "\n", "none", "unknown", " none "):
        p = tollgate("waive", "HIGH[i0]", "--rules", "p.yaml", "--waivers", "new.yaml", "--reason", reason, *ENTRY[2:])
        expect("reason %r" % reason, (2, b"", False), (p.returncode, p.stdout, os.path.exists(os.path.join(folder, "new.yaml"))))
    p = subprocess.run([binary, "waive", "HIGH[i0]", "--rules", "p.yaml", "--waivers", "new.yaml", "--reason", b"\xff"] + ENTRY[2:], capture_output=True, cwd=folder)
    expect("reason that is no UTF-8", 2, p.returncode)


def refusals():
    facts({"i0": False, "i1": True, "i2": None})
    check("--as-of", "2024-06-01", "--output", "r.json")
    report = json.loads(read("r.json"))
    prints = {"%s[%s]" % (f["gate"], f["subject"]["label"]): f["fingerprint"] for f in report["findings"]}

    def waive(target, *more, entry=None, known=True):
        path = os.path.join(folder, "w.yaml")
        if os.path.exists(path):
            os.unlink(path)
        p = tollgate("waive", target, "--waivers", "w.yaml", *(["--rules", "p.yaml"] if known else []), *(ENTRY if entry is None else entry), *more)
        return p, os.path.exists(path)

    def change(option, value):
        entry = list(ENTRY)
        at = entry.index(option)
        entry[at:at + 2] = [option, value] if value is not None else []
        return entry

    for what, args, kw, words in (
            ("an unknown gate", ["HIHG[i0]"], {}, b"did you mean `HIGH`"), ("a gate like none", ["NOWHERE[i0]"], {}, b"--rules"),
            ("no item", ["HIGH"], {}, b"HIGH[all]"), ("an open bracket", ["HIGH[i0"], {}, b"bracket"), ("no gate", ["[i0]"], {}, b""), ("an empty item", ["HIGH[]"], {}, b"item"),
            ("a gate that takes none", ["FIRM[i0]"], {}, b"takes no waiver"), ("owner and approver", ["HIGH[i0]"], {"entry": change("--approver", "PAR-A")}, b"same"),
            ("owner and approver, blanks", ["HIGH[i0]"], {"entry": change("--approver", " PAR-A ")}, b"same"),
            ("no such day", ["HIGH[i0]"], {"entry": change("--expires", "2025-02-29")}, b"not a date"), ("no such day of approval", ["HIGH[i0]"], {"entry": change("--approved", "2023-02-29")}, b"not a date"),
            ("a short date", ["HIGH[i0]"], {"entry": change("--expires", "2025-3-1")}, b"YYYY-MM-DD"), ("expires on the day of approval", ["HIGH[i0]"], {"entry": change("--expires", "2024-06-01")}, b"not after"),
            ("expires before", ["HIGH[i0]"], {"entry": change("--expires", "2024-05-31")}, b"not after"), ("a fingerprint alone", [prints["HIGH[i0]"]], {}, b"--report"),
            ("a fingerprint that is not there", ["sha256:" + "0" * 64, "--report", "r.json"], {}, b"no finding"), ("an item that passes", ["HIGH[i1]", "--report", "r.json"], {}, b"nothing to waive"),
            ("an unknown", ["HIGH[i2]", "--report", "r.json"], {}, b"only what fails"), ("an unknown by fingerprint", [prints["HIGH[i2]"], "--report", "r.json"], {}, b"only what fails"),
            ("a report that is none", ["HIGH[i0]", "--report", "p.yaml"], {}, b"p.yaml"), ("no report", ["HIGH[i0]", "--report", "absent.json"], {}, b"absent.json"),
            ("no reason", ["HIGH[i0]"], {"entry": change("--reason", None)}, b"--reason"), ("no owner", ["HIGH[i0]"], {"entry": change("--owner", None)}, b"--owner"),
            ("no approver", ["HIGH[i0]"], {"entry": change("--approver", None)}, b"--approver"), ("no expiry", ["HIGH[i0]"], {"entry": change("--expires", None)}, b"--expires"),
            ("nothing", [""], {}, b""), ("owner none", ["HIGH[i0]"], {"entry": change("--owner", "none")}, b"--owner"),
            ("an empty compensating action is none", ["HIGH[i0]", "--compensating", "none"], {}, b"--compensating")):
        p, made = waive(*args, **kw)
        expect(what, (2, b"", False), (p.returncode, p.stdout, made))
        expect(what + ": said", True, words in p.stderr and len(p.stderr) > 0)
    for target in ("HIGH[i0]", "HIGH[all]", prints["HIGH[i0]"], prints["WHOLE[engagement]"], "WHOLE", "WHOLE[engagement]"):
        p, made = waive(target, "--report", "r.json")
        expect("%s: with a report" % target, (0, True), (p.returncode, made))
    entry = yaml.safe_load(read("w.yaml"))["waivers"][0]
    expect("a gate without items", ("WHOLE", "engagement"), (entry["gate"], entry["item"]))
    # policies of the configuration
    for policy, more, wants in (("{max_days: 213}", [], 0), ("{max_days: 212}", [], b"at most 212 days"), ("{max_severity: high}", [], 0), ("{max_severity: medium}", [], b"nothing above medium"),
                                ("{compensating_action: required}", [], b"--compensating"), ("{compensating_action: required}", ["--compensating", "c"], 0)):
        write("c.yaml", "waiver_policy: %s\n" % policy)
        p, made = waive("HIGH[i0]", "--config", "c.yaml", *more)
        expect("policy %s %s" % (policy, more), (0, True) if wants == 0 else (2, False), (p.returncode, made))
        if wants:
            expect("policy %s: said" % policy, True, wants in p.stderr)
    # what is in force is not repeated
    waive("HIGH[i0]")
    for target, more, status in (("HIGH[i0]", [], 2), ("HIGH[all]", [], 0), ("HIGH[i1]", [], 2), ("LOW[i0]", [], 0)):
        before = read("w.yaml")
        p = tollgate("waive", target, "--waivers", "w.yaml", "--rules", "p.yaml", *ENTRY)
        expect("after WVR-01 for HIGH[i0] and all: " + target, (status, status == 0), (p.returncode, read("w.yaml") != before))
    entry = change("--approved", "2025-01-01")
    entry[entry.index("--expires") + 1] = "2025-06-01"
    expect("after the last day the next one", 0, tollgate("waive", "HIGH[i0]", "--waivers", "w.yaml", "--rules", "p.yaml", *entry).returncode)
    # ids of the report's waivers, which may stand in the facts, are not used again
    facts({"i0": False, "i3": False}, [waiver(0, id="WVR-08", item="i3")])
    check("--as-of", "2024-06-01", "--output", "r.json")
    p, _ = waive("HIGH[i0]", "--report", "r.json")
    expect("the next id of all", True, b"WVR-09" in p.stdout)
    expect("waived already, says the report", 2, waive("HIGH[i3]", "--report", "r.json")[0].returncode)
    # the configuration's file
    write("tollgate.yaml", "packs: [./p.yaml]\nwaivers: in/use.yaml\n")
    os.mkdir(os.path.join(folder, "in"))
    facts({"i0": False})
    p = tollgate("waive", "HIGH[i0]", *ENTRY)
    expect("the file that the configuration names", (0, True), (p.returncode, os.path.exists(os.path.join(folder, "in", "use.yaml"))))
    p = tollgate("check", "f.yaml", "--as-of", "2024-06-01", "--format", "json")
    expect("and that check reads", ["in_force"], [w["state"] for w in json.loads(p.stdout)["waivers"]])
    os.unlink(os.path.join(folder, "tollgate.yaml"))


with tempfile.TemporaryDirectory() as folder:
    for part in (calendar, wrong_dates, policies, layouts, reasons, refusals):
        part()
close(1000)
