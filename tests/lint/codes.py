#!/usr/bin/env python3
"""Every diagnostic code is given somewhere in the engine, and every one given is in the table.  usage: codes.py SOURCE_ROOT"""
import glob
import re
import sys

root = sys.argv[1]
table = re.findall(r"^TG_CODE\((\d+), (\w+),", open(root + "/engine/base/codes.def").read(), re.M)
numbers, names = [int(n) for n, _ in table], [name for _, name in table]
used = set()
for path in glob.glob(root + "/engine/*/*.c") + glob.glob(root + "/engine/*/*.h"):
    used |= set(re.findall(r"\bTG_E_(\w+)", open(path, encoding="utf-8").read()))
wrong = ["TG_E_%s is in the table and never given" % n for n in names if n not in used]
wrong += ["number %d stands twice" % n for n in set(numbers) if numbers.count(n) > 1]
for line in wrong:
    print(line)
print("%d codes, %d wrong" % (len(names), len(wrong)))
sys.exit(1 if wrong or not names else 0)
