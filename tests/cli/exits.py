#!/usr/bin/env python3
"""The exit status over status x severity x waiver x baseline x unknown x threshold, beside a table worked out here, in every format of the
binary: the format never matters.  usage: exits.py BINARY"""
import concurrent.futures
import itertools
import json
import os
import subprocess
import sys
import tempfile

from tally import close, expect

binary = os.path.abspath(sys.argv[1])
FORMATS = ["text", "json", "ndjson", "sarif", "sarif-full", "junit", "html", "markdown", "github", "azure", "gitlab", "csv", "xlsx", "oscal",
           "tap", "intoto"]
SEVERITIES = ["info", "low", "medium", "high", "critical"]
VALUES = {"pass": "2", "fail": "0", "unknown": "null", "error": "100"}  # 100 x 10^17 is beyond every number
PACK = """pack: t
version: 1.0.0
title: t
id_fact: id
waivers_fact: waivers
model:
  id: text
  items[]: {id: text key, v: number}
  waivers[]: {id: text key, gate: text, item: text, reason: text, owner: text, approver: text, approved_on: date, expires_on: date,
              compensating_action: text}
gates:
  - id: T-1
    title: t
    for: s in items
    require: s.v * 100000000000000000 >= 1
    severity: %s
"""


def run(*args):
    return subprocess.run([binary, "check", "--as-of", "2026-01-01"] + list(args), capture_output=True, cwd=folder, timeout=120)


def facts(status, waived):
    text = "id: E\nitems:\n  - {id: a, v: %s}\n" % VALUES[status]
    if waived:
        text += ("waivers:\n  - {id: W, gate: T-1, item: a, reason: r, owner: A, approver: B, approved_on: 2025-12-01, "
                 "expires_on: 2026-02-01}\n")
    return text


def write(name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
        f.write(text)
    return name


# How each baseline was made, and what it forgives.
ORDER = {"pass": -1, "waived": 0, "unknown": 1, "fail": 2, "error": 3}
BASELINES = {"none": None, "same": "same", "clean": "pass", "unknown": "unknown", "expired": "same", "signed": "same"}


def blocks(status, severity, baseline, old, unknown, fail_on):
    if fail_on == "never" or SEVERITIES.index(severity) < SEVERITIES.index(fail_on):
        return False
    if status in ("pass", "waived") or (status == "unknown" and unknown == "report"):
        return False
    forgiven = baseline not in ("none", "expired") and old != "pass" and ORDER[status] <= ORDER[old]
    return not forgiven


with tempfile.TemporaryDirectory() as folder:
    jobs = []
    for severity in SEVERITIES:
        write(severity + ".yaml", PACK % severity)
        for status, waived in itertools.product(VALUES, (False, True)):
            write("%s-%s.yaml" % (status, waived), facts(status, waived))
            name = "%s-%s-%s.json" % (severity, status, waived)
            p = run("%s-%s.yaml" % (status, waived), "--rules", severity + ".yaml", "--format", "json", "--output", name)
            report = json.load(open(os.path.join(folder, name)))
            actual = "waived" if status == "fail" and waived else status
            expect("status of %s, waived %s" % (status, waived), actual, report["gates"][0]["status"])
            for kind, day in (("signed", "2026-01-01"), ("expired", "2025-12-31")):
                report["signed_off"] = {"reason": "r", "owner": "A", "expires_on": day}
                write("%s-%s" % (kind, name), json.dumps(report))
    probe = ["pass-False.yaml", "--rules", "high.yaml", "--format"]
    formats = [f for f in FORMATS if run(*probe, f).returncode == 0]
    expect("the three formats that every binary has", ["text", "json", "ndjson"], formats[:3])
    turn = itertools.cycle(formats)
    for status, waived, severity, baseline, unknown, fail_on in itertools.product(
            VALUES, (False, True), SEVERITIES, BASELINES, ("block", "report"), ["never"] + SEVERITIES):
        if waived and (status == "pass" or baseline not in ("none", "same")):
            continue
        if status == "pass" and (baseline not in ("none", "same") or unknown == "report"):
            continue
        if fail_on != "never" and abs(SEVERITIES.index(severity) - SEVERITIES.index(fail_on)) > 1:
            continue  # the threshold below, at and above the severity
        actual = "waived" if status == "fail" and waived else status
        old = {"same": actual, None: "pass"}.get(BASELINES[baseline], BASELINES[baseline])
        args = ["%s-%s.yaml" % (status, waived), "--rules", severity + ".yaml", "--unknown", unknown, "--fail-on", fail_on]
        if baseline != "none":
            of = "%s-%s-%s.json" % (severity, BASELINES[baseline] if BASELINES[baseline] != "same" else status, waived and BASELINES[baseline] == "same")
            args += ["--baseline", (baseline + "-" if baseline in ("expired", "signed") else "") + of]
        want = 1 if blocks(actual, severity, baseline, old, unknown, fail_on) else 0
        # every format where it could matter most, one of them in turn elsewhere
        core = severity == "high" and fail_on == "high" and baseline in ("none", "same") and unknown == "block"
        for form in formats if core else [next(turn)]:
            jobs.append((" ".join(args + [form]), args + ["--format", form], want))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for (what, _, want), p in zip(jobs, pool.map(lambda job: run(*job[1]), jobs)):
            expect(what, want, p.returncode)
            expect(what + ": something is printed", True, len(p.stdout) > 0 or " gitlab" in what or " github" in what or " azure" in what)
    # a worse ratchet fails whatever the threshold is
    run("pass-False.yaml", "--rules", "high.yaml", "--ratchet", "r.json", "--ratchet-update")
    for form, fail_on in itertools.product(formats, ["never", "critical", "high"]):
        args = ["--rules", "high.yaml", "--ratchet", "r.json", "--fail-on", fail_on, "--format", form]
        expect("ratchet held, " + " ".join(args), 0, run("pass-False.yaml", *args).returncode)
        p = run("fail-False.yaml", *args)
        expect("ratchet worse, " + " ".join(args), 1, p.returncode)
        expect("ratchet worse, said, " + form, True, b"r.json: warning: gross proven readiness is 0.0, 100.0 less" in p.stderr)
    # what is no gate, no facts, no file is 2, and prints nothing
    write("nothing.yaml", PACK.replace("for: s in items", 'when: id == "other"\n    for: s in items') % "high")
    for form in formats:
        expect("no gate applies, " + form, 1, run("fail-False.yaml", "--rules", "nothing.yaml", "--format", form).returncode)
        expect("no gate applies, never, " + form, 0, run("fail-False.yaml", "--rules", "nothing.yaml", "--format", form, "--fail-on", "never").returncode)
        for what, args in (("no facts", ["absent.yaml", "--rules", "high.yaml"]), ("no rules", ["fail-False.yaml", "--rules", "absent.yaml"]),
                           ("no baseline", ["fail-False.yaml", "--rules", "high.yaml", "--baseline", "absent.json"]),
                           ("a baseline that is none", ["fail-False.yaml", "--rules", "high.yaml", "--baseline", "r.json"]),
                           ("no ratchet", ["fail-False.yaml", "--rules", "high.yaml", "--ratchet", "absent.json"]),
                           ("a part of the gates", ["fail-False.yaml", "--rules", "high.yaml", "--ratchet", "r.json", "--gate", "T-1"])):
            p = run(*args, "--format", form, "--fail-on", "never")
            expect("%s, %s" % (what, form), (2, b""), (p.returncode, p.stdout))
close(500, ", formats " + " ".join(formats))
