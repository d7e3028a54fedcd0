#!/usr/bin/env python3
"""Runs the command-line cases.  usage: run.py BINARY SOURCE_ROOT [--rewrite] [--only GLOB]

A case is a folder <topic>/<case>/ with `cmd` (a shell command in which `tollgate` is the binary), and what it must give: `exit`, `stdout`,
`stderr`.  It runs in a scratch copy of its `files/` (empty when there are none), under LC_ALL=C.UTF-8 unless cmd says otherwise, with
$RULES, $FIXTURES and $ROOT pointing into the source tree.  The scratch folder and the source root are written as SCRATCH and ROOT in
what is compared.  --rewrite accepts what came."""
import fnmatch
import glob
import os
import shutil
import subprocess
import sys
import tempfile

binary, root = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
rewrite = "--rewrite" in sys.argv
only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else "*"
here = os.path.dirname(os.path.abspath(__file__))
passed = failed = 0


def read(path, default):
    return open(path, encoding="utf-8").read() if os.path.exists(path) else default


for case in sorted(glob.glob(os.path.join(here, "*", "*", "cmd"))):
    folder = os.path.dirname(case)
    name = os.path.relpath(folder, here)
    if not fnmatch.fnmatch(name, only):
        continue
    scratch = os.path.realpath(tempfile.mkdtemp())
    files = os.path.join(folder, "files")
    if os.path.isdir(files):
        shutil.copytree(files, scratch, dirs_exist_ok=True)
    bin_dir = os.path.join(scratch, ".bin")
    os.mkdir(bin_dir)
    os.symlink(binary, os.path.join(bin_dir, "tollgate"))
    env = {"PATH": bin_dir + ":/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": scratch, "ROOT": root,
           "RULES": os.path.join(root, "rules", "bot"), "FIXTURES": os.path.join(root, "fixtures", "engagements"),
           "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}
    p = subprocess.run(["bash", "-c", read(case, "")], cwd=scratch, env=env, capture_output=True, text=True, timeout=300,
                       stdin=subprocess.DEVNULL)
    got = {"exit": "%d\n" % p.returncode, "stdout": p.stdout, "stderr": p.stderr}
    for key in got:
        got[key] = got[key].replace(scratch, "SCRATCH").replace(root, "ROOT")
    wrong = []
    for key, value in got.items():
        path = os.path.join(folder, key)
        want = read(path, "0\n" if key == "exit" else "")
        if want == value:
            continue
        if rewrite:
            if value == ("0\n" if key == "exit" else ""):
                if os.path.exists(path):
                    os.unlink(path)
            else:
                open(path, "w", encoding="utf-8").write(value)
        else:
            wrong.append((key, want, value))
    shutil.rmtree(scratch)
    if wrong:
        failed += 1
        print("FAIL %s" % name)
        for key, want, value in wrong:
            print("  %s expected:\n%s\n  %s got:\n%s" % (key, want, key, value))
    else:
        passed += 1
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed or passed == 0 else 0)
