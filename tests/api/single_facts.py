#!/usr/bin/env python3
"""Over every fact of every example engagement: removing it never raises what is proven, null is the same as removing it (test_single_facts.c says it in
full).  And each exemption that the test allows itself is needed: a document is made in which removing that fact does lift that gate.
usage: single_facts.py DRIVER SOURCE_ROOT"""
import copy
import glob
import json
import os
import subprocess
import sys
import tempfile

import yaml

driver, root = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
rules = os.path.join(root, "rules", "bot")
failed = facts = 0


def run(document, *args):
    """The driver over one document."""
    path = os.path.join(scratch, "facts.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(document, f, ensure_ascii=False)
    return subprocess.run([driver, rules, document["engagement"]["as_of"], path, *args], capture_output=True, text=True, timeout=1200)


def put(document, path, value):
    """Sets a value: records of lists are given by their position, as in `sites.0.planned_transfer_on`."""
    *steps, last = path.split(".")
    for step in steps:
        document = document[int(step)] if step.isdigit() else document[step]
    document[last] = value


# What makes the gate fail over the clean engagement, as long as the fact is there.
LATER, EARLIER = ("engagement.planned_dates.transfer_cutover", "2026-06-30"), ("engagement.planned_dates.transfer_cutover", "2025-06-30")
CUTOVER = "engagement.actual_dates.transfer_cutover"
MAKE_IT_FAIL = {
    "MUL-002 people[].site": [("people.0.site", "SITE-99")],
    "MUL-002 operate.teams[].site": [("operate.teams.0.site", "SITE-99")],
    "MUL-002 build.infrastructure.items[].site": [("build.infrastructure.items.0.site", "SITE-99")],
    "MUL-002 compliance.permits[].site": [("compliance.permits.0.site", "SITE-99")],
    "MUL-002 assets[].site": [("assets.0.site", "SITE-99")],
    "MUL-002 security.scope_sites": [("security.scope_sites", ["SITE-01", "SITE-02", "SITE-99"])],
    "MUL-002 operate.teams[].lead": [("operate.teams.0.lead", "ENG-999")],
    "MUL-002 systems[].experts": [("systems.0.experts", ["ENG-401", "ENG-402", "ENG-999"])],
    "MUL-002 systems[].kt.receivers": [("systems.0.kt.receivers", ["CLI-401", "CLI-999"])],
    "MUL-002 access_items[].system": [("access_items.0.system", "SYS-999")],
    "MUL-002 data_sets[].system": [("data_sets.0.system", "SYS-999")],
    "MUL-002 support.services[].system": [("support.services.0.system", "SYS-999")],
    "MUL-002 operate.incidents[].system": [("operate.incidents.0.system", "SYS-999")],
    "ENG-003 engagement.actual_dates.operate_start": [("engagement.actual_dates.operate_start", "2025-01-06")],
    "ENG-003 engagement.actual_dates.transfer_start": [("engagement.actual_dates.transfer_start", "2024-02-05")],
    "ACC-003 " + CUTOVER: [LATER, ("access_items.0.partner_revoked_on", "not_yet")],
    "CON-003 " + CUTOVER: [LATER, ("contracts.0.notice_sent_on", "2025-11-03")],
    "CON-004 " + CUTOVER: [EARLIER, ("contracts.0.end_on", "2026-01-15")],
    "DAT-004 " + CUTOVER: [LATER, ("data_sets.0.partner_copy", "retained")],
    "PPL-001 " + CUTOVER: [LATER, ("sites.0.planned_transfer_on", "none"), ("people.0.transfer.informed_on", "2025-11-10")],
    "PPL-007 " + CUTOVER: [LATER, ("sites.0.planned_transfer_on", "none"), ("sites.0.liability_info_given_on", "2025-11-10")],
    "SUP-002 " + CUTOVER: [LATER, ("support.services.0.end_on", "2027-03-01")],
    "SUP-004 " + CUTOVER: [EARLIER, ("engagement.planned_dates.hypercare_end", "2025-12-10")],
    "SYS-002 " + CUTOVER: [LATER, ("systems.0.handover.status", "in_progress")],
    "TRN-006 " + CUTOVER: [LATER, ("commercial.transfer_right.notice_given_on", "2025-10-01")],
    "TRN-009 " + CUTOVER: [LATER, ("transfer.cutover.rehearsed_on", "not_yet")],
    "TRN-010 " + CUTOVER: [LATER, ("transfer.go_no_go.decision", "pending")],
}

with tempfile.TemporaryDirectory() as scratch:
    documents = {}
    for path in sorted(glob.glob(os.path.join(root, "fixtures", "engagements", "*.yaml"))):
        documents[os.path.basename(path)] = yaml.safe_load(open(path, encoding="utf-8"))
    for name, document in documents.items():
        p = run(document)
        print(name, p.stdout.split(": ", 1)[-1].strip(), p.stderr.replace(scratch, "").strip())
        failed += p.returncode != 0
        facts += int(p.stdout.split(": ", 1)[1].split()[0]) if p.stdout else 0
    allowed = subprocess.run([driver, "--exemptions"], capture_output=True, text=True, timeout=60).stdout.splitlines()
    if sorted(allowed) != sorted(MAKE_IT_FAIL):
        failed += 1
        print("exemptions without a document, or the other way round:", sorted(set(allowed) ^ set(MAKE_IT_FAIL)))
    for exemption, changes in MAKE_IT_FAIL.items():
        document = copy.deepcopy(documents["ready.yaml"])
        for path, value in changes:
            put(document, path, value)
        p = run(document, *exemption.split())
        if p.returncode != 0:
            failed += 1
            print("%s:\n%s%s" % (exemption, p.stdout, p.stderr))
print("%d facts of %d engagements, %d exemptions, %d failed" % (facts, len(documents), len(MAKE_IT_FAIL), failed))
sys.exit(1 if failed or facts < 6000 else 0)
