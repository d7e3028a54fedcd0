"""Lines that build runners act on.  GitHub: the grammar of its commands (the ABNF where it is at hand) and its limits.  Azure: the grammar of
its logging commands.  Both: nothing else in them is a command, and statuses and severities are those of the JSON report."""
import os
import re
from collections import Counter

import shown

LEVEL = {"critical": "error", "high": "error", "medium": "warning", "low": "notice", "info": "notice"}
TITLE = re.compile(r"^(?P<gate>.*): (?P<severity>[a-z]+), score (?P<score>\d+), (?P<status>[a-z]+)(?P<base>, (new|unchanged|worse|better))?$")


# ---- GitHub ----

def pattern_of(abnf):
    """A regular expression from the few forms of ABNF that the grammar uses."""
    rules = {"pchar": r"[^\r\n%:,]", "dchar": r"[^\r\n%]", "SP": " "}
    source = dict(re.findall(r"^([a-z]\w*) *= *(.*)$", abnf, re.M))

    def translate(text):
        out, again = "", ""
        for token in re.findall(r'"[^"]*"|\d*\*|[A-Za-z]\w*|[][()/]', text):
            if token.endswith("*"):
                again = "+" if token == "1*" else "*"
                continue
            if token.startswith('"'):
                out += re.escape(token[1:-1])
            elif token in "()[]":
                out += {"(": "(?:", "[": "(?:", ")": ")", "]": ")?"}[token]
                if token == "(":
                    depth.append(again)
                    again = ""
                elif token == "[":
                    depth.append("")
                else:
                    out += depth.pop()
                continue
            elif token == "/":
                out += "|"
            else:
                out += "(?:%s)" % (rules.get(token) or translate(source[token]))
            out += again
            again = ""
        return out

    depth = []
    return re.compile(translate(source["command"]))


OWN = re.compile(r"::(?:error|warning|notice)(?: (?:file|line|endLine|col|endColumn|title)=(?:[^\r\n%:,]|%25|%0D|%0A|%3A|%2C)+"
                 r"(?:,(?:file|line|endLine|col|endColumn|title)=(?:[^\r\n%:,]|%25|%0D|%0A|%3A|%2C)+)*)?::(?:[^\r\n%]|%25|%0D|%0A)*")


def plain(text):
    for code, c in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, c)
    return text


def read_github(text, schemas):
    grammar = [OWN]
    if schemas is not None:
        grammar.append(pattern_of((schemas / "tollgate-authored" / "github-workflow-command.abnf").read_text()))
    body = text.decode("utf-8")
    assert body == "" or body.endswith("\n")
    for line in body.split("\n")[:-1]:
        for g in grammar:
            assert g.fullmatch(line), "no workflow command: %r" % line[:300]
        head, data = line[2:].split("::", 1)
        assert len(data.encode("utf-16-le")) // 2 <= 4096, "a message of %d" % len(data)
        assert not re.search(r"##[A-Za-z]*\[", line) and not shown.INVISIBLE.search(plain(data).replace("\n", "")), line[:200]
        level, _, properties = head.partition(" ")
        yield level, {k: plain(v) for k, v in (p.split("=", 1) for p in properties.split(","))}, plain(data)


def stands(path, report):
    """A name that commands runners or terminals is changed, and so leads nowhere."""
    strange = any(shown.COMMAND.search("x" + f["file"]) or shown.visible(f["file"]) != f["file"] for f in report["facts"])
    return os.path.exists(path) or strange


def check_github(text, report, schemas):
    lines = list(read_github(text, schemas))
    levels = Counter(level for level, _, _ in lines)
    assert all(n <= 10 for n in levels.values()), levels
    findings, floors = shown.open_findings(report), shown.missed_floors(report)
    waived = len(report["findings"]) - len(findings)
    total = Counter(LEVEL[f["severity"]] for f in findings) + Counter({"error": len(floors)})
    closing = waived > 0 or any(n > 10 for n in total.values())
    if closing:
        level, properties, message = lines.pop()
        want = "Showing %d of %d findings%s. " % (len(lines), len(findings) + len(floors), "; %d waived" % waived if waived else "")
        assert level == "notice" and "file" not in properties and message.startswith(want), "%r instead of %r" % (message, want)
        levels["notice"] -= 1
    for level, n in total.items():
        assert levels[level] == min(n, 9 if level == "notice" and closing else 10), "%d of level %s" % (levels[level], level)
    left = Counter((f["gate"], f["severity"], f["score"], f["status"]) for f in findings)
    for level, properties, message in lines:
        if properties["title"].startswith("min_proven:"):
            assert level == "error" and properties["title"].split(": high, fail")[0] in floors
            continue
        t = TITLE.match(properties["title"])
        key = t["gate"], t["severity"], int(t["score"]), t["status"]
        assert left[key] > 0 and LEVEL[t["severity"]] == level, "%r" % (key,)
        assert bool(t["base"]) == (report["baseline"] is not None)
        left[key] -= 1
        if "file" in properties:
            assert stands(properties["file"], report) and not properties["file"].startswith("/"), properties["file"]
            assert int(properties["line"]) >= 1 and int(properties["col"]) >= 1


# ---- Azure ----

ISSUE = re.compile(r"##vso\[task\.logissue type=(?P<type>error|warning);(?P<properties>(?:[a-z]+=[^;\]\r\n]*;)*)\](?P<message>[^\r\n]*)")
COMPLETE = re.compile(r"##vso\[task\.complete result=SucceededWithIssues;\]\d+ waived")


def check_azure(text, report, schemas):
    lines = text.decode("utf-8").split("\n")
    assert lines.pop() == ""
    findings, floors = shown.open_findings(report), shown.missed_floors(report)
    waived = len(report["findings"]) - len(findings)
    complete = waived > 0 and not report["policy"]["blocks"]
    if complete:
        assert COMPLETE.fullmatch(lines.pop())
    counts = lines.pop()
    assert counts.startswith("Tollgate: ") and "%d fail" % report["counts"]["gates"]["fail"] in counts
    left = Counter((f["gate"], f["severity"], f["score"], f["status"]) for f in findings)
    for n, line in enumerate(lines):
        m = ISSUE.fullmatch(line)
        issue = m is not None
        message = m["message"] if issue else line
        assert not shown.COMMAND.search(message) and not re.search(r"##[A-Za-z]*\[", line[6:]), "a command in %r" % line[:200]
        if n < len(floors):
            assert issue and m["type"] == "error" and message.split(": high, fail")[0] in floors
            continue
        t = re.match(r"(?P<gate>[^:]*): (?P<severity>[a-z]+), score (?P<score>\d+), (?P<status>[a-z]+)(, [a-z]+)?: ", message)
        key = t["gate"], t["severity"], int(t["score"]), t["status"]
        assert left[key] > 0, "%r" % (key,)
        left[key] -= 1
        assert LEVEL[t["severity"]] == (m["type"] if issue else "notice")
        if issue:
            properties = dict(p.split("=", 1) for p in m["properties"].split(";")[:-1])
            assert properties["code"] == t["gate"]
            path = properties.get("sourcepath", "/").replace("%3B", ";").replace("%5D", "]").replace("%AZP25", "%")
            assert path.startswith("/") and stands(path, report), path
    assert not +left, "left out: %r" % left.most_common(3)


FORMATS = {"github": check_github, "azure": check_azure}
