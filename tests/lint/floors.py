#!/usr/bin/env python3
"""Fails when a floor includes what its row does not list, when headers include each other in a circle, or when a source does not include
its own header first.  usage: floors.py SOURCE_ROOT"""
import os
import re
import sys

MAY = {
    "base": {"base"},
    "value": {"value", "base"},
    "regex": {"regex", "base"},
    "yaml": {"yaml", "base"},
    "facts": {"facts", "yaml", "value", "regex", "base"},
    "lang": {"lang", "yaml", "value", "base"},
    "sema": {"sema", "lang", "facts", "value", "regex", "base"},
    "code": {"code", "facts", "value", "base"},
    "lower": {"lower", "sema", "lang", "code", "facts", "value", "regex", "base"},
    "vm": {"vm", "code", "facts", "value", "regex", "base"},
    "assess": {"assess", "vm", "code", "facts", "value", "base"},
    "report": {"report", "assess", "code", "facts", "value", "base"},
    "prove": {"prove", "report", "assess", "vm", "lower", "sema", "lang", "code", "facts", "value", "regex", "base"},
    "api": None,
}
LIBRARIES = {"sodium.h": {"base"}, "pcre2.h": {"regex"}, "yaml.h": {"yaml"}}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def includes(path):
    return INCLUDE.findall(open(path, encoding="utf-8").read())


def main():
    root = sys.argv[1]
    wrong, graph, files = [], {}, 0
    for floor, may in MAY.items():
        folder = os.path.join(root, "engine", floor)
        for name in sorted(os.listdir(folder)):
            if not name.endswith((".c", ".h", ".inc", ".def")):
                continue
            files += 1
            path = os.path.join(folder, name)
            found = includes(path)
            graph[floor + "/" + name] = [inc for kind, inc in found if kind == '"']
            for kind, inc in found:
                if kind == "<" and inc in LIBRARIES and floor not in LIBRARIES[inc]:
                    wrong.append("%s/%s: <%s> belongs to %s" % (floor, name, inc, ", ".join(LIBRARIES[inc])))
                if kind != '"':
                    continue
                if inc.startswith("tollgate/"):
                    if floor not in ("base", "api"):
                        wrong.append('%s/%s: "%s" comes through base/status.h' % (floor, name, inc))
                    continue
                to = inc.split("/")[0]
                if "/" not in inc or to not in MAY:
                    wrong.append('%s/%s: "%s" is not floor/file' % (floor, name, inc))
                elif may is not None and to not in may:
                    wrong.append('%s/%s: may not include "%s"' % (floor, name, inc))
            own = name[:-2] + ".h"
            if name.endswith(".c") and os.path.exists(os.path.join(folder, own)):
                first = graph[floor + "/" + name]
                if not first or first[0] != floor + "/" + own:
                    wrong.append('%s/%s: its own header "%s/%s" comes first' % (floor, name, floor, own))
    for folder, dirs, names in os.walk(os.path.join(root, "tools")):
        for name in names:
            if name.endswith((".c", ".h")):
                files += 1
                for kind, inc in includes(os.path.join(folder, name)):
                    if kind == '"' and "/" in inc and not inc.startswith("tollgate/"):
                        wrong.append('tools/%s: "%s": tools are built on include/ alone' % (name, inc))

    state = {}

    def visit(node, trail):
        if state.get(node) == 2 or node not in graph:
            return
        if state.get(node) == 1:
            wrong.append("a circle of includes: " + " -> ".join(trail + [node]))
            return
        state[node] = 1
        for inc in graph[node]:
            visit(inc, trail + [node])
        state[node] = 2

    for node in list(graph):
        visit(node, [])
    for line in wrong:
        print(line)
    print("%d files, %d wrong" % (files, len(wrong)))
    return 1 if wrong or files == 0 else 0


sys.exit(main())
