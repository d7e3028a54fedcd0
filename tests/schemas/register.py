"""What the risk register, as CSV or as a workbook, must say of a report, and the sizes up to which a slow look is taken at everything."""
import collections
import re

COLUMNS = ("risk_id,rule_id,rule_pack,rule_pack_version,title,subject,status,severity,likelihood,impact,score,message,evidence,file,line,column,"
           "json_pointer,remediation,waiver_id,waiver_owner,waiver_reason,waiver_expires,fingerprint,assessed_at").split(",")
NUMBERS = {"likelihood", "impact", "score", "line", "column"}
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _.,()/-]*[A-Za-z0-9])?")
CELL = 32767


def sample(things, most=400):
    """All of them, or, of very many, some from everywhere."""
    return things if len(things) <= most else things[:most // 4] + things[most // 4::len(things) // most + 1]


def units(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def digest(fingerprint):
    return fingerprint.split(":")[1]


def findings(report):
    """What every format must give back: fingerprint -> gate, status, severity."""
    return {digest(f["fingerprint"]): (f["gate"], f["status"], f["severity"]) for f in report["findings"]}


def same(cell, text, what):
    """Texts without anything that needs escaping are as they are; a spreadsheet's limit cuts long ones."""
    if PLAIN.fullmatch(text or "") and len(text) < CELL:
        assert cell == text, "%s is %r, not %r" % (what, cell[:200], text[:200])


def check_finding(row, f, packs):
    where = row["risk_id"][:100]
    for key in ("status", "severity"):
        assert row[key] == f[key], "%s: %s is %s, not %s" % (where, key, row[key], f[key])
    for key in ("likelihood", "impact", "score"):
        assert row[key] == str(f[key]), "%s: %s is %s, not %d" % (where, key, row[key], f[key])
    assert row["rule_id"] == f["gate"]
    same(row["subject"], f["subject"]["label"], "subject")
    same(row["message"], f["message"], "message")
    waiver = f["waiver"] or {}
    for cell, member in (("waiver_id", "id"), ("waiver_owner", "owner"), ("waiver_reason", "reason")):
        same(row[cell], waiver.get(member), cell)
        assert bool(row[cell]) == bool(waiver.get(member)), cell
    assert row["waiver_expires"] == (waiver.get("expires_on") or "")
    places = {(str(x["line"] or ""), str(x["column"] or "")) for x in f["facts"] if x["path"]} | {("", "")}
    assert (row["line"], row["column"]) in places, "%s: %s:%s is no fact of the finding" % (where, row["line"], row["column"])


def check_rows(rows, report):
    """Rows as dicts of texts, against the JSON report."""
    packs = {p["name"]: p["version"] for p in report["packs"]}
    by_print = {r["fingerprint"]: r for r in rows}
    assert len(by_print) == len(rows), "a fingerprint is there twice"
    assert len({r["risk_id"] for r in rows}) == len(rows) or any(len(r["risk_id"]) > CELL - 10 for r in rows), "a risk_id is there twice"
    got = {k: (r["rule_id"], r["status"], r["severity"]) for k, r in by_print.items()}
    want = findings(report)
    assert {k: v for k, v in got.items() if k in want} == want, "findings read back differ"
    for f in report["findings"]:
        check_finding(by_print[digest(f["fingerprint"])], f, packs)
    rest = {r["rule_id"]: r for k, r in by_print.items() if k not in want}
    quiet = [g for g in report["gates"] if g["id"] not in {f["gate"] for f in report["findings"]}]
    assert len(rows) == len(want) + len(quiet), "%d rows for %d findings and %d gates without one" % (len(rows), len(want), len(quiet))
    for g in quiet:
        assert rest[g["id"]]["status"] == g["status"].replace("_", "-"), g["id"]
    pack_of = {g["id"]: g["pack"] for g in report["gates"]}
    worst = collections.defaultdict(set)
    for r in rows:
        worst[r["rule_id"]].add(r["status"].replace("-", "_"))
        assert r["assessed_at"] == report["as_of"] + "T00:00:00Z"
        assert r["rule_pack"] == pack_of[r["rule_id"]] and r["rule_pack_version"] == packs[r["rule_pack"]]
        for cell in r.values():
            assert not cell.startswith(RUNS), "the cell %r would run" % cell[:100]
    order = ["error", "fail", "unknown", "waived", "pass", "not_applicable"]
    counts = collections.Counter(next(s for s in order if s in statuses) for statuses in worst.values())
    assert all(counts[k] == n for k, n in report["counts"]["gates"].items()), "gates by status: %r" % counts
