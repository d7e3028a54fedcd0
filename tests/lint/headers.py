#!/usr/bin/env python3
"""The public headers compile on their own as strict C11 and as C++, with gcc and clang where they are there; each engine header compiles
on its own; each public function is documented.  usage: headers.py SOURCE_ROOT"""
import glob
import os
import re
import shutil
import subprocess
import sys

root = sys.argv[1]
wrong = tried = 0


def compile_header(command, header, include):
    global wrong, tried
    tried += 1
    source = '#include "%s"\nint tollgate_header_test(void);\n' % header
    p = subprocess.run(command + ["-fsyntax-only", "-"] + ["-I" + i for i in include], input=source, text=True,
                       capture_output=True)
    if p.returncode:
        wrong += 1
        print("%s with %s:\n%s" % (header, " ".join(command), p.stderr))


public = [os.path.relpath(h, os.path.join(root, "include")) for h in glob.glob(os.path.join(root, "include/tollgate/*.h"))]
strict = ["-Wall", "-Wextra", "-Wconversion", "-pedantic-errors", "-Werror"]
for header in sorted(public):
    for cc in ("gcc", "clang"):
        if shutil.which(cc):
            compile_header([cc, "-std=c11", "-x", "c"] + strict, header, [os.path.join(root, "include")])
    for cxx in ("g++", "clang++"):
        if shutil.which(cxx):
            compile_header([cxx, "-std=c++11", "-x", "c++"] + strict, header, [os.path.join(root, "include")])
engine = os.path.join(root, "engine")
for header in sorted(glob.glob(engine + "/*/*.h")):
    compile_header(["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-x", "c", "-Wall", "-Werror"], os.path.relpath(header, engine),
                   [engine, os.path.join(root, "include")])
# Each function of the interface has its contract above it; freeing a handle needs no words.
for header in public:
    lines = open(os.path.join(root, "include", header), encoding="utf-8").read().splitlines()
    for i, line in enumerate(lines):
        name = re.match(r"TG_API [^(]*?\**(tg_\w+)\(", line)
        if name is None or name.group(1).endswith("_free"):
            continue
        tried += 1
        if not lines[i - 1].endswith("*/") and not lines[i - 1].startswith("#define TG_"):
            wrong += 1
            print("%s:%d: %s is not documented" % (header, i + 1, name.group(1)))
print("%d headers and functions tried, %d wrong" % (tried, wrong))
sys.exit(1 if wrong or tried == 0 else 0)
