#!/usr/bin/env python3
"""The gate catalogue: every gate, parameter and fact is in it, and text from rule files is inert in Markdown as in HTML.
usage: catalogue.py BINARY SOURCE_ROOT html|markdown"""
import glob
import html.parser
import os
import re
import subprocess
import sys
import tempfile

import yaml

binary, root, made = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3]
failed = passed = 0
HOSTILE = os.path.join(root, "tests/cli/doc/hostile/files/pack.yaml")
TAGS = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "ul", "li", "a", "strong", "code", "table", "thead", "tbody", "tr",
        "th", "td"}


def check(what, ok, detail=""):
    global failed, passed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL %s\n%.2000s" % (what, detail))


def run(*arguments):
    p = subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=300)
    return p.returncode, p.stdout, p.stderr


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.links, self.ids, self.attributes, self.blocks = [], [], [], set(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for k, v in attrs:
            self.attributes.add((tag, k))
            if k == "href":
                self.links.append(v)
            if k == "id":
                self.ids.append(v)
        if tag in ("p", "li", "td", "th", "h1", "h2", "h3"):
            self.blocks.append("")

    def handle_data(self, data):
        if self.blocks:
            self.blocks[-1] += data

    def text(self):
        return "\n".join(folded(b) for b in self.blocks)


def folded(text):
    return " ".join(str(text).split())


def shown(value):
    """A parameter's value as the catalogue prints it."""
    if isinstance(value, list):
        return "[%s]" % ", ".join(shown(v) for v in value)
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def packs():
    for path in sorted(glob.glob(os.path.join(root, "rules/bot/*.yaml"))):
        if not path.endswith(".test.yaml"):
            yield yaml.safe_load(open(path, encoding="utf-8"))


def facts(node, path=""):
    for name, value in node.items():
        here = path + name
        if isinstance(value, dict) and not ("type" in value and set(value) <= {"type", "unit", "about", "example"}):
            yield from facts(value, here + ".")
        elif not (isinstance(value, str) and value.startswith("use ")):
            yield here, value if isinstance(value, dict) else {"type": value}


def plain(markdown):
    """Markdown of ours as the text one reads: escapes and code fences gone."""
    return "\n".join(folded(re.sub(r"\\([^\w\s])", r"\1", line)) for line in markdown.split("\n")).replace("`", "")


def everything_is_in(name, text):
    gates = 0
    for pack in packs():
        check("%s: %s" % (name, pack["pack"]), pack["pack"] in text)
        owners = [("%s." % pack["pack"], pack.get("params") or {})]
        for gate in pack.get("gates") or []:
            gates += 1
            at = text.rfind("\n%s: %s\n" % (gate["id"], folded(gate["title"])))  # the contents name it too, before
            rest = text[at + 1:]
            end = re.search(r"\n[A-Z]{2,4}-\d{3}: |\nFacts\n", rest)
            part = rest[:end.start()] if end else rest
            check("%s: %s" % (name, gate["id"]), at > 0)
            require = gate["require"] if isinstance(gate["require"], list) else [gate["require"]]
            wanted = [gate.get("severity", ""), gate.get("rationale", ""), gate.get("proof", ""), gate.get("remediation", ""),
                      "likelihood %s" % gate.get("likelihood", 3), "impact %s" % gate.get("impact", 3)]
            wanted += require
            wanted += gate.get("references", []) + gate.get("phase", []) + gate.get("tags", [])
            wanted += [gate[k] for k in ("for", "when") if k in gate]
            for want in wanted:
                check("%s: %s: %s" % (name, gate["id"], want), folded(want).replace("`", "") in part, part)
            for param, of in (gate.get("params") or {}).items():
                cells = [param, shown(of["value"]), of.get("unit", ""), of["about"]] if isinstance(of, dict) else [param, shown(of)]
                for cell in cells:
                    check("%s: %s.%s: %s" % (name, gate["id"], param, cell), folded(cell) in part, part)
        for prefix, params in owners:
            for param, of in params.items():
                for cell in (prefix + param, shown(of["value"]), of["about"]):
                    check("%s: %s" % (name, cell), folded(cell) in text)
        for path, of in facts(pack.get("model") or {}):
            check("%s: fact %s" % (name, path), path in text and folded(of.get("about", "")) in text, of)
    check("%s: all gates" % name, gates >= 149 and text.count("\n%d gates in " % gates) == 1, gates)


def inert(name, page):
    check("%s: no tag but ours" % name, set(page.tags) <= TAGS, set(page.tags) - TAGS)
    check("%s: one of each frame" % name, all(page.tags.count(t) == 1 for t in ("html", "head", "style", "body", "title", "h1")))
    check("%s: links stay inside" % name, page.links and all(l.startswith("#") for l in page.links), page.links)
    check("%s: links lead somewhere" % name, [l[1:] for l in page.links] == page.ids and len(set(page.ids)) == len(page.ids),
          set(page.links) ^ {"#" + i for i in page.ids})
    allowed = {("html", "lang"), ("a", "href"), ("h2", "id"), ("h3", "id"), ("th", "align"), ("td", "align")}
    odd = {a for a in page.attributes if a[0] != "meta"} - allowed
    check("%s: no attribute but ours" % name, not odd, odd)


def main():
    status, markdown, err = run("doc")
    check("doc", status == 0 and not err, err)
    text = plain(markdown)
    everything_is_in("markdown", re.sub(r"^#+ ", "", re.sub(r"^[-|] ", "", text, flags=re.M), flags=re.M))
    if made != "html":
        status, out, err = run("doc", "--format", "html")
        check("no HTML in this build", status == 2 and out == "" and "without md4c" in err, err)
        return
    status, out, err = run("doc", "--format", "html")
    check("doc --format html", status == 0 and not err, err)
    page = Page(out)
    everything_is_in("html", page.text())
    inert("html", page)
    check("html: a policy that loads nothing", 'http-equiv="Content-Security-Policy" content="default-src \'none\';' in out)
    check("html: nothing to load", not re.search(r"<(script|img|link|iframe|object)|@import|url\(", out))
    check("html: made for paper too", "@media print" in out)
    check("html: the same again", run("doc", "--format", "html")[1] == out)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.html")
        status, _, err = run("doc", HOSTILE, "--format", "html", "--output", path)
        check("hostile", status == 0 and not err, err)
        page = Page(open(path, encoding="utf-8").read())
    inert("hostile", page)
    words = page.text()
    for literal in ("<script>alert(1)</script> | [x](javascript:alert(2)) \\u{202e}evil", "![img](http://e.invalid/x.png) &lt; &amp; _em_ **b** ~~s~~ $x$",
                    "a | `b` <i>c</i>", "<img src=x onerror=alert(3)>", "X-1: # <script src=//e.invalid></script> `code` [l](http://e.invalid) #",
                    'job.tick != "```<!-- -->"', "job.tick matches /^`{3}<\\/code>|x/", "Why: - item # heading <script>alert(5)</script> ``` fence",
                    "Proof: 1. one", "* star", "2) two", "=== x", "[ref]: http://e.invalid", "<https://e.invalid>", "# <h1>boss</h1>", "1. first"):
        check("hostile: %s is text" % literal, literal in words, words)


main()
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed or not passed else 0)
