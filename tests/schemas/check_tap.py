"""TAP as Perl's own parser reads it: points, directives, and the blocks with status, severity and fingerprint."""
import json
import subprocess

import shown

PERL = r"""
use strict; use warnings; use TAP::Parser; use JSON::PP;
binmode STDIN; local $/; my $tap = <STDIN>;
my $p = TAP::Parser->new({tap => $tap});
my @points;
while (my $r = $p->next) {
  if ($r->is_test) { push @points, {ok => $r->is_actual_ok ? 1 : 0, directive => $r->directive, why => $r->explanation, what => $r->description} }
  elsif ($r->is_yaml) { $points[-1]{block} = $r->data }
  elsif ($r->is_unknown) { die "no TAP: " . $r->raw . "\n" }
}
die join("; ", $p->parse_errors), "\n" if $p->parse_errors;
print encode_json({plan => $p->tests_planned, points => \@points});
"""


def check(text, report, schemas):
    shown.commands_nobody(text.decode("utf-8"))
    p = subprocess.run(["perl", "-e", PERL], input=text, capture_output=True)
    assert p.returncode == 0, p.stderr.decode("utf-8", "replace")[:500]
    read = json.loads(p.stdout)
    points = read["points"]
    assert read["plan"] == len(points)
    findings = {}
    for f in report["findings"]:
        findings.setdefault(f["gate"], []).append(f)
    want = [(g, f) for g in report["gates"] for f in findings.get(g["id"], [None])]
    floors = points[len(want):]
    assert sorted(x["what"][2:] for x in floors if not x["ok"]) == sorted(c.replace("\\", "\\\\") for c in shown.missed_floors(report))
    for (gate, f), point in zip(want, points):
        status = f["status"] if f else gate["status"]
        assert point["what"].startswith("- " + gate["id"]), point
        assert point["ok"] == (status in ("pass", "waived", "not_applicable")), "%s: %r" % (gate["id"], point)
        skipped = {"waived": "waived by ", "not_applicable": "not applicable: "}.get(status)
        assert point["directive"] == ("SKIP" if skipped else ""), "%r" % point
        if skipped:
            assert point["why"].startswith(skipped), "%r" % point
        elif status != "pass":
            block = point["block"]
            got = block["status"], block["severity"], int(block["score"]), block["fingerprint"]
            assert got == (status, f["severity"], f["score"], f["fingerprint"]), "%r" % (got,)


FORMATS = {"tap": check}
