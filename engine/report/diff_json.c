#include "report/diff.h"

#include "report/parts.h"

static void put_known(tg_json *j, const char *key, tg_str s) {
  if (s.at == NULL)
    tg_json_null(j, key);
  else
    tg_json_text(j, key, s);
}

static void put_side(tg_json *j, const char *key, const tg_side *s) {
  if (s->at.at == NULL || s->text) {
    put_known(j, key, s->at);
    return;
  }
  tg_json_key(j, tg_str_of(key));
  tg_buf_put(j->out, s->at.at, s->at.n);
}

static void put_causes(tg_json *j, const char *key, const tg_diff *x, uint32_t first, uint32_t count) {
  tg_json_open(j, key, '[');
  for (uint32_t i = first; i < first + count; i++) {
    const tg_cause *c = &x->causes.at[i];
    tg_json_open(j, NULL, '{');
    tg_json_word(j, "kind", tg_cause_word(c->kind));
    tg_json_text(j, "what", c->what);
    put_side(j, "old", &c->before);
    put_side(j, "new", &c->after);
    if (c->kind == TG_CAUSE_FACT) {
      put_known(j, "old_state", c->before.state.n ? c->before.state : (tg_str){NULL, 0});
      put_known(j, "new_state", c->after.state.n ? c->after.state : (tg_str){NULL, 0});
    }
    if (c->kind == TG_CAUSE_WAIVER) {
      put_known(j, "old_why", c->before.state.n ? c->before.state : (tg_str){NULL, 0});
      put_known(j, "new_why", c->after.state.n ? c->after.state : (tg_str){NULL, 0});
    }
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
}

static void put_report(tg_json *j, const char *key, const tg_past *p, const tg_report_options *o) {
  tg_source *s = &p->store.sources.list.at[p->source];
  char hex[65];
  tg_buf path;
  tg_buf_init(&path, j->out->mem);
  tg_hex(tg_source_sha256(&p->store.sources, s), 32, hex);
  tg_json_open(j, key, '{');
  tg_json_text(j, "file", tg_report_path(o, s->name, &path));
  tg_json_word(j, "sha256", hex);
  put_known(j, "as_of", tg_past_member(p, p->root, "as_of"));
  tg_json_bool(j, "partial", tg_is_true(tg_past_value(p, tg_past_child(p, p->root, "partial"))));
  tg_json_close(j, '}');
  tg_buf_done(&path);
}

static void put_tenths(tg_json *j, const char *key, int tenths) {
  if (tenths < 0) {
    tg_json_null(j, key);
    return;
  }
  tg_json_key(j, tg_str_of(key));
  tg_buf_printf(j->out, "%d.%d", tenths / 10, tenths % 10);
}

static void put_figures(tg_json *j, const char *key, const tg_diff_area *a, int kind) {
  tg_json_open(j, key, '{');
  tg_json_open(j, "old", '{');
  put_tenths(j, "proven", a->before[kind]);
  put_tenths(j, "possible", a->before[kind + 1]);
  tg_json_close(j, '}');
  tg_json_open(j, "new", '{');
  put_tenths(j, "proven", a->after[kind]);
  put_tenths(j, "possible", a->after[kind + 1]);
  tg_json_close(j, '}');
  tg_json_close(j, '}');
}

static void put_areas(tg_json *j, const tg_diff *x) {
  tg_json_open(j, "areas", '[');
  for (uint32_t i = 0; i < x->areas.n; i++) {
    const tg_diff_area *a = &x->areas.at[i];
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "area", a->area);
    tg_json_word(j, "drift", tg_drift_word(a->drift));
    tg_json_open(j, "rating", '{');
    put_known(j, "old", a->rating_before);
    put_known(j, "new", a->rating_after);
    tg_json_close(j, '}');
    put_figures(j, "gross", a, 0);
    put_figures(j, "net", a, 2);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
}

static void put_state(tg_json *j, const char *key, const tg_past_finding *f) {
  if (f == NULL) {
    tg_json_null(j, key);
    return;
  }
  tg_json_open(j, key, '{');
  tg_json_word(j, "status", tg_outcome_word((tg_outcome)f->outcome));
  tg_json_word(j, "severity", tg_severity_word((tg_severity)f->severity));
  tg_json_int(j, "score", f->score);
  tg_json_text(j, "message", f->message);
  tg_json_close(j, '}');
}

static void put_findings(tg_json *j, const tg_diff *x) {
  tg_json_open(j, "findings", '[');
  for (uint32_t i = 0; i < x->findings.n; i++) {
    const tg_diff_finding *f = &x->findings.at[i];
    const tg_past_finding *some = f->after ? f->after : f->before;
    tg_json_open(j, NULL, '{');
    tg_json_word(j, "drift", tg_finding_drift_word(f->drift));
    tg_json_text(j, "gate", some->gate);
    tg_json_open(j, "subject", '{');
    tg_json_text(j, "path", some->path);
    tg_json_text(j, "label", some->label);
    tg_json_close(j, '}');
    put_state(j, "old", f->before);
    put_state(j, "new", f->after);
    put_causes(j, "causes", x, f->cause_first, f->cause_count);
    tg_json_text(j, "fingerprint", some->fingerprint);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
}

tg_status tg_diff_json(const tg_diff *x, const tg_report_options *o, tg_buf *out) {
  tg_json j;
  tg_json_init(&j, out, true);
  tg_json_open(&j, NULL, '{');
  tg_json_int(&j, "diff_version", 1);
  tg_json_open(&j, "tool", '{');
  tg_json_word(&j, "name", "tollgate");
  tg_json_text(&j, "version", o->tool_version);
  tg_json_close(&j, '}');
  put_report(&j, "old", &x->before, o);
  put_report(&j, "new", &x->after, o);
  if (x->engagement.n)
    tg_json_text(&j, "engagement", x->engagement);
  else
    tg_json_null(&j, "engagement");
  tg_json_bool(&j, "worse", x->worse);
  tg_json_open(&j, "verdict", '{');
  tg_json_word(&j, "drift", tg_drift_word(x->verdict));
  tg_json_word(&j, "old", tg_verdict_word(x->verdict_before));
  tg_json_word(&j, "new", tg_verdict_word(x->verdict_after));
  tg_json_close(&j, '}');
  tg_json_open(&j, "readiness", '{');
  tg_json_word(&j, "drift", tg_drift_word(x->whole.drift));
  put_figures(&j, "gross", &x->whole, 0);
  put_figures(&j, "net", &x->whole, 2);
  tg_json_close(&j, '}');
  tg_json_open(&j, "counts", '{');
  for (int d = TG_FINDING_NEW; d < TG_FINDING_DRIFTS; d++)
    tg_json_int(&j, tg_finding_drift_word((tg_finding_drift)d), x->counts[d]);
  tg_json_close(&j, '}');
  put_causes(&j, "changes", x, 0, x->change_count);
  put_areas(&j, x);
  put_findings(&j, x);
  tg_json_close(&j, '}');
  tg_buf_putc(out, '\n');
  return out->failed ? tg_mem_status(x->mem) : TG_OK;
}
