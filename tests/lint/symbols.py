#!/usr/bin/env python3
"""What the shared library exports is what the public headers declare, and nothing else.  usage: symbols.py SOURCE_ROOT LIBRARY"""
import re
import subprocess
import sys

root, library = sys.argv[1:3]
declared = set()
for header in ("tollgate.h", "tools.h"):
    text = open("%s/include/tollgate/%s" % (root, header), encoding="utf-8").read()
    declared |= set(re.findall(r"TG_API[^;{]*?\b(tg_\w+)\(", text))
listed = set(re.findall(r"^\s+(tg_\w+);", open(root + "/include/tollgate.map").read(), re.M))
out = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
exported = {line.split()[2].split("@")[0] for line in out.splitlines() if " T " in line}
exported = {s for s in exported if not s.startswith(("__asan", "__ubsan", "__sanitizer", "__odr", "_init", "_fini"))}
wrong = []
for name in sorted(declared ^ listed):
    wrong.append("%s: in the headers or in tollgate.map, not in both" % name)
for name in sorted(declared ^ exported):
    wrong.append("%s: declared or exported, not both" % name)
for line in wrong:
    print(line)
print("%d functions, %d wrong" % (len(declared), len(wrong)))
sys.exit(1 if wrong or not declared else 0)
