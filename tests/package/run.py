#!/usr/bin/env python3
"""Installs into a scratch prefix; the embedding example of include/README.md builds and runs with pkg-config and with find_package; the installed
program finds its rules; man pages are there.  usage: run.py CMAKE BUILD SOURCE"""
import os
import re
import subprocess
import sys
import tempfile

cmake, build, source = sys.argv[1:4]
failed = passed = 0


def check(what, ok, detail=""):
    global failed, passed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL %s\n%s" % (what, detail))


def run(*command, **kw):
    p = subprocess.run(command, capture_output=True, text=True, timeout=300, **kw)
    return p.returncode, p.stdout, p.stderr


with tempfile.TemporaryDirectory() as root:
    prefix = os.path.join(root, "usr")
    status, out, err = run(cmake, "--install", build, "--prefix", prefix)
    check("install", status == 0, err)
    text = open(os.path.join(source, "include/README.md"), encoding="utf-8").read()
    example = re.search(r"^```c embed\n(.*?)^```", text, re.M | re.S).group(1)
    said = re.search(r"It prints `([^`]+)`", text).group(1)
    with open(os.path.join(root, "demo.c"), "w") as f:
        f.write(example)
    pc = next(os.path.join(d, "tollgate.pc") for d, _, names in os.walk(prefix) if "tollgate.pc" in names)
    lib = os.path.dirname(os.path.dirname(pc))
    content = re.sub(r"^prefix=.*$", "prefix=" + prefix, open(pc).read(), flags=re.M)
    open(pc, "w").write(content)
    env = dict(os.environ, PKG_CONFIG_PATH=os.path.dirname(pc), LD_LIBRARY_PATH=lib)
    status, flags, err = run("pkg-config", "--cflags", "--libs", "tollgate", env=env)
    check("pkg-config", status == 0, err)
    demo = os.path.join(root, "demo")
    status, _, err = run("cc", os.path.join(root, "demo.c"), "-o", demo, *flags.split())
    check("the example builds", status == 0, err)
    status, out, err = run(demo, env=env)
    check("the example runs", status == 0 and out.strip() == said, out + err)
    consumer = os.path.join(root, "consumer")
    os.mkdir(consumer)
    with open(os.path.join(consumer, "CMakeLists.txt"), "w") as f:
        f.write("cmake_minimum_required(VERSION 3.25)\nproject(consumer C)\nfind_package(Tollgate 0.1 REQUIRED)\n"
                "add_executable(demo ../demo.c)\ntarget_link_libraries(demo PRIVATE Tollgate::tollgate)\n")
    status, out, err = run(cmake, "-S", consumer, "-B", consumer + "/build", "-DCMAKE_PREFIX_PATH=" + prefix)
    check("find_package", status == 0, out + err)
    status, out, err = run(cmake, "--build", consumer + "/build")
    check("the consumer builds", status == 0, out + err)
    status, out, err = run(consumer + "/build/demo")
    check("the consumer runs", status == 0 and out.strip() == said, out + err)
    program = os.path.join(prefix, "bin", "tollgate")
    check_it = (program, "check", os.path.join(source, "fixtures/engagements/pre-transfer.yaml"), "--quiet")
    status, out, err = run(*check_it, cwd=root)
    same = run(*check_it, "--rules", os.path.join(source, "rules"), cwd=root)
    check("the installed program finds its rules", (status, out) == same[:2] and status == 1 and " gates: " in out, out + err)
    mine = os.path.join(root, "mine")
    status, out, err = run(program, "init", mine)
    check("the installed program finds its starter", status == 0, out + err)
    status, out, err = run(program, "test", os.path.join(mine, "rules"))
    check("the starter's tests pass", status == 0 and "0 failed" in out, out + err)
    pages = [name for d, _, names in os.walk(prefix) for name in names if name.endswith(".1")]
    check("man pages", len(pages) >= 6, str(pages))
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed or not passed else 0)
