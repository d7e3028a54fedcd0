"""Markdown as GitHub's own renderer reads it: no element that we did not write, every row as wide as its table, texts as they were, counts as in
the JSON report, and within the size that the reader takes."""
import html.parser
import re
import subprocess

import shown

ALLOWED = {"h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li", "strong"}
MOST_CELL = 1500


class Page(html.parser.HTMLParser):
    """Headings, and tables as lists of rows of cells."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.headings, self.tables, self.text, self.inside = [], {}, "", []

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, "an element that we did not write: <%s>" % tag
        assert all(k == "align" for k, _ in attrs), "attributes %r" % attrs
        self.inside.append(tag)
        if tag in ("h2", "h3", "summary", "th", "td", "p"):
            self.text = ""
        if tag == "table":
            name = self.headings[-1] if self.headings else ""
            self.rows = self.tables.setdefault("Counts" if name.startswith("Tollgate:") else name.split(" (")[0], [])
        if tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag):
        assert self.inside.pop() == tag
        if tag in ("h2", "h3", "summary"):
            self.headings.append(self.text)
        if tag in ("th", "td"):
            self.rows[-1].append(shown.folded(self.text.replace("\u2060", "")))

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError("a comment: %r" % data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def render(body):
    p = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tasklist"], input=body,
                       capture_output=True, check=True)
    page = Page()
    page.feed(p.stdout.decode("utf-8"))
    page.close()
    return page


def check_source(body):
    shown.commands_nobody(body)
    assert not re.search(r"<(?!/?(details|summary)>)", body), "raw HTML"
    for line in body.split("\n"):
        assert not line.startswith("/"), "a command for a bot: %r" % line[:100]
        assert not re.search(r"(?a)(?:@|(?<!&)#|[!~$%^])\w", line), "a mention or a reference: %r" % line[:200]
    width = None
    for line in body.split("\n"):
        bars = line.count("|") if line.startswith("|") else None
        assert not (bars and width) or bars == width, "a row with %r bars behind %r: %s" % (bars, width, line[:200])
        width = bars


def cut(text):
    raw = text.encode("utf-8")
    if len(raw) <= MOST_CELL:
        return text
    return raw[:MOST_CELL].decode("utf-8", "ignore") + "..."


def check_rows(page, report):
    left = re.search(r"(\d+) rows are left out", page.all)
    findings = shown.open_findings(report)
    rows = []
    for name in ("Blocking findings", "Other findings"):
        rows += page.tables.get(name, [[]])[1:]
    waived = page.tables.get("Waived", [[]])[1:]
    idle = page.tables.get("Waivers without effect", [[]])[1:]
    want_idle = [w for w in report["waivers"] if w["state"] != "in_force"]
    want = len(report["findings"]) + len(want_idle)
    assert len(rows) + len(waived) + len(idle) + (int(left[1]) if left else 0) == want, "%d + %d + %d rows of %d" % (
        len(rows), len(waived), len(idle), want)
    by_row = {}
    for f in findings:
        message = f["message"] + (" (error: %s)" % f["error"] if f["error"] else "") + (" (%s)" % f["baseline"] if f["baseline"] else "")
        key = f["gate"], f["status"], f["severity"], str(f["score"]), shown.folded(shown.visible(cut(message)))
        by_row[key] = by_row.get(key, 0) + 1
    for row in rows:
        key = row[0], row[2], row[3], row[4], row[5]
        assert by_row.get(key, 0) > 0, "no finding is %r" % (key,)
        by_row[key] -= 1
    reasons = {shown.folded(shown.visible(cut(f["waiver"]["reason"]))) for f in report["findings"] if f["waiver"]}
    for row in waived:
        assert row[5] in reasons, row


def check(limit):
    def check_page(text, report, schemas):
        assert len(text) <= limit, "%d bytes" % len(text)
        body = text.decode("utf-8")
        check_source(body)
        gate = "The gate is %s." % ("not passed" if report["policy"]["blocks"] else "passed")
        assert gate in body and body.startswith("## Tollgate: %s\n" % report["verdict"].replace("_", " "))
        page = render(text)
        page.all = body
        for table, rows in page.tables.items():
            assert rows and all(len(r) == len(rows[0]) for r in rows), "a row of another width in " + table
        counts = {r[0].lower().replace(" ", "_"): int(r[1]) for r in page.tables["Counts"][1:]}
        assert counts == report["counts"]["gates"], counts
        check_rows(page, report)
    return check_page


FORMATS = {"markdown": check(900 << 10), "markdown-comment": check(65536)}
