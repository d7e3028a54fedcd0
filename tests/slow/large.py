#!/usr/bin/env python3
"""A check of a very large engagement: it answers, counts right, and holds at most a fixed multiple of the file in memory.  Prints the peak.
usage: large.py BINARY yaml|json MEGABYTES FOLDER"""
import json
import os
import resource
import subprocess
import sys

binary, kind, megabytes, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
MOST = 6.0  # bytes of memory for each byte of the file
FAILS = 1000  # every so many-th system fails
RULES = """pack: large
version: 1.0.0
title: Large
gates:
  - id: L-001
    title: Sessions are held
    for: s in systems where s.tier <= 2
    require:
      - s.kt.held >= s.kt.planned
      - s.owner is not none
  - id: L-002
    title: Systems are counted
    require: count(s in systems where s.tier == 1) == %d
"""
YAML = '  - id: SYS-%09d\n    tier: 1\n    note: "tab\\there"\n    kt: {held: %d, planned: 3}\n    owner: client\n    since: 2025-01-01\n'
JSON = '{"id": "SYS-%09d", "tier": 1, "note": "tab\\there", "kt": {"held": %d, "planned": 3}, "owner": "client", "since": "2025-01-01"}'
one, between, head, tail = (YAML, "", "systems:\n", "") if kind == "yaml" else (JSON, ",\n", '{"systems": [\n', "]}\n")

records = megabytes * 1000 * 1000 // len(one % (0, 3) + between)
facts, rules = os.path.join(folder, "large." + kind), os.path.join(folder, "large-%s-rules.yaml" % kind)
try:
    with open(facts, "w", encoding="ascii") as f:
        f.write(head)
        for first in range(0, records, 10000):
            last = min(first + 10000, records)
            f.write(between.join(one % (i, 2 if i % FAILS == 0 else 3) for i in range(first, last)))
            f.write(between if last < records else tail)
    with open(rules, "w", encoding="ascii") as f:
        f.write(RULES % records)
    size = os.path.getsize(facts)
    p = subprocess.run([binary, "check", facts, "--rules", rules, "--as-of", "2026-01-01", "--format", "ndjson"], capture_output=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    wrong = [] if p.returncode in (0, 1) else ["status %d: %s" % (p.returncode, p.stderr[:500])]
    lines = [json.loads(line) for line in p.stdout.splitlines()]
    fails = sum(line["type"] == "finding" and line["status"] == "fail" for line in lines)
    if fails != (records + FAILS - 1) // FAILS or len([line for line in lines if line["type"] == "finding"]) != fails:
        wrong.append("%d failing systems of %d records" % (fails, records))
    if peak > MOST * size:
        wrong.append("more than %.1f bytes of memory a byte" % MOST)
    print("%s: %d bytes, %d records, %d findings; peak memory %d MiB, %.2f bytes a byte" % (
        kind, size, records, fails, peak >> 20, peak / size))
finally:
    for path in (facts, rules):
        if os.path.exists(path):
            os.unlink(path)
for line in wrong:
    print(line)
print("%d passed, %d failed" % (0 if wrong else 1, 1 if wrong else 0))
sys.exit(1 if wrong else 0)
