#include "assess/ratchet.h"

#include "assess/past.h"

#include <stdlib.h>
#include <string.h>

static const char hint[] = "a ratchet is what `tollgate check --ratchet FILE --ratchet-update` wrote; "
                           "include/tollgate/ratchet.schema.json "
                           "describes it";

/* ---- reading ---- */

typedef struct reading {
  tg_past p;
  tg_ratchet *r;
  tg_diags *d;
} reading;

static tg_str copy(reading *x, tg_str s) {
  char *text = s.n ? tg_arena_text(&x->r->arena, s.at, s.n) : NULL;
  return text ? (tg_str){text, s.n} : TG_STR("");
}

static bool among(tg_str key, const char *const *keys) {
  for (; *keys != NULL; keys++)
    if (tg_str_is(key, *keys)) return true;
  return false;
}

/* A misspelt key would silently hold nothing. */
static tg_status check_keys(const reading *x, uint32_t node, const char *const *keys) {
  if (tg_past_value(&x->p, node).kind != TG_V_MAP)
    return tg_past_wrong(&x->p, x->d, node, "a mapping is wanted here");
  for (uint32_t i = 0; i < tg_past_count(&x->p, node); i++) {
    uint32_t child = tg_past_at(&x->p, node, i);
    tg_str key = tg_past_key(&x->p, child);
    if (!among(key, keys))
      return tg_past_wrong(&x->p, x->d, child, "a ratchet has no key `%.*s`", (int)(key.n < 60 ? key.n : 60),
                           key.at);
  }
  return TG_OK;
}

/* 0 to 100 with one decimal, as tenths; null and absence are -1. */
static tg_status read_figure(const reading *x, uint32_t node, const char *key, int *out) {
  uint32_t child = tg_past_child(&x->p, node, key);
  tg_value v = tg_past_value(&x->p, child);
  *out = -1;
  if (child == TG_NONE || v.kind == TG_V_UNKNOWN) return TG_OK;
  if (v.kind != TG_V_NUMBER || v.aux > 1 || v.num < 0 || v.num > (v.aux ? 1000 : 100))
    return tg_past_wrong(&x->p, x->d, child, "`%s` is a figure from 0 to 100 with at most one decimal", key);
  *out = tg_past_tenths(&x->p, child);
  return TG_OK;
}

static tg_status read_figures(const reading *x, uint32_t node, tg_ratchet_area *out) {
  static const char *const keys[] = {"gross", "net", NULL};
  tg_status st = check_keys(x, node, keys);
  if (st == TG_OK) st = read_figure(x, node, "gross", &out->gross);
  if (st == TG_OK) st = read_figure(x, node, "net", &out->net);
  return st;
}

static int by_name(const void *x, const void *y) {
  return tg_str_cmp(((const tg_ratchet_area *)x)->area, ((const tg_ratchet_area *)y)->area);
}

static tg_status read_areas(reading *x, uint32_t node) {
  tg_ratchet *r = x->r;
  if (tg_past_value(&x->p, node).kind != TG_V_MAP)
    return tg_past_wrong(&x->p, x->d, node == TG_NONE ? x->p.root : node,
                         "`areas` is a mapping of areas to figures");
  uint32_t n = tg_past_count(&x->p, node);
  r->areas = tg_arena_array(&r->arena, tg_ratchet_area, n ? n : 1);
  if (r->areas == NULL) return tg_mem_status(r->arena.mem);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t child = tg_past_at(&x->p, node, i);
    tg_status st = read_figures(x, child, &r->areas[i]);
    if (st != TG_OK) return st;
    r->areas[i].area = copy(x, tg_past_key(&x->p, child));
  }
  r->area_count = n;
  qsort(r->areas, n, sizeof *r->areas, by_name);
  return TG_OK;
}

static tg_status read_open(const reading *x, uint32_t node) {
  static const char *const keys[] = {"critical", "high", "medium", "low", "info", NULL};
  if (node == TG_NONE) return tg_past_wrong(&x->p, x->d, x->p.root, "`open` is absent");
  tg_status st = check_keys(x, node, keys);
  for (int s = 0; st == TG_OK && s < TG_SEVERITY_COUNT; s++) {
    uint32_t child = tg_past_child(&x->p, node, tg_severity_word((tg_severity)s));
    tg_value v = tg_past_value(&x->p, child);
    if (v.kind != TG_V_NUMBER || v.aux != 0 || v.num < 0 || v.num > INT32_MAX)
      st = tg_past_wrong(&x->p, x->d, child == TG_NONE ? node : child,
                         "`open` counts the open gates of each severity");
    else
      x->r->open[s] = (uint32_t)v.num;
  }
  return st;
}

static tg_status read_head(reading *x) {
  static const char *const keys[] = {"ratchet_version", "engagement", "model", "as_of",
                                     "readiness",       "areas",      "open",  NULL};
  const tg_past *p = &x->p;
  tg_value day, version = tg_past_value(p, tg_past_child(p, p->root, "ratchet_version"));
  tg_status st = check_keys(x, p->root, keys);
  if (st != TG_OK) return st;
  if (version.kind != TG_V_NUMBER || version.num != 1 || version.aux != 0)
    return tg_past_wrong(p, x->d, p->root, "`ratchet_version` is not 1");
  tg_str model = tg_past_member(p, p->root, "model"), as_of = tg_past_member(p, p->root, "as_of");
  x->r->model = TG_READINESS_DEFAULT;
  for (int m = TG_RISK_WEIGHTED; model.at && m <= TG_BY_AREA; m++)
    if (tg_str_is(model, tg_model_word((tg_readiness_model)m))) x->r->model = (tg_readiness_model)m;
  if (x->r->model == TG_READINESS_DEFAULT)
    return tg_past_wrong(p, x->d, p->root, "`model` is not a model of readiness");
  if (as_of.at == NULL || !tg_date_parse(as_of.at, as_of.n, &day))
    return tg_past_wrong(p, x->d, p->root, "`as_of` is not a date");
  uint32_t engagement = tg_past_child(p, p->root, "engagement"),
           readiness = tg_past_child(p, p->root, "readiness");
  if (engagement == TG_NONE || readiness == TG_NONE)
    return tg_past_wrong(p, x->d, p->root, "`engagement` or `readiness` is absent");
  x->r->engagement = copy(x, tg_past_text(p, engagement));
  x->r->as_of = copy(x, as_of);
  return read_figures(x, readiness, &x->r->whole);
}

tg_status tg_ratchet_read(tg_ratchet *r, tg_mem *mem, const char *path, tg_str name, tg_diags *d) {
  reading x = {.r = r, .d = d};
  memset(r, 0, sizeof *r);
  tg_arena_init(&r->arena, mem);
  tg_status st = tg_past_read(&x.p, mem, path, name, TG_E_RATCHET, hint, d);
  if (st == TG_IO) tg_diag_hint(d, "`--ratchet-update` writes the first one");
  if (st == TG_OK) {
    r->file = copy(&x, name);
    memcpy(r->sha256, tg_source_sha256(&x.p.store.sources, &x.p.store.sources.list.at[x.p.source]), 32);
    st = read_head(&x);
  }
  if (st == TG_OK) st = read_areas(&x, tg_past_child(&x.p, x.p.root, "areas"));
  if (st == TG_OK) st = read_open(&x, tg_past_child(&x.p, x.p.root, "open"));
  if (mem->failed) st = tg_mem_status(mem);
  tg_past_done(&x.p);
  return st;
}

void tg_ratchet_done(tg_ratchet *r) {
  if (r->arena.mem != NULL) tg_arena_done(&r->arena);
}

/* ---- comparing ---- */

static tg_status slip(tg_assessment *a, tg_slip s, bool worse) {
  return !worse || tg_vec_push(a->mem, &a->slips, s) ? TG_OK : tg_mem_status(a->mem);
}

/* Figures as they are printed count; an area of which nothing is evaluated now cannot be compared. */
static tg_status compare_figures(tg_assessment *a, const tg_ratchet_area *best, tg_interval gross,
                                 tg_interval net) {
  int g = tg_figure_tenths(gross.proven), n = tg_figure_tenths(net.proven);
  tg_status st = slip(a, (tg_slip){best->area, 0, 0, best->gross, g}, g >= 0 && g < best->gross);
  return st == TG_OK ? slip(a, (tg_slip){best->area, 1, 0, best->net, n}, n >= 0 && n < best->net) : st;
}

static void say_slip(const tg_assessment *a, const tg_slip *s, tg_diags *d) {
  tg_str file = a->options.ratchet->file;
  int less = s->best - s->now;
  if (s->what == 2)
    tg_diag_file(d, TG_E_RATCHET_SLIP, file, "open gates of severity %s: %d, %d more than the best, %d",
                 tg_severity_word((tg_severity)s->severity), s->now, s->now - s->best, s->best);
  else
    tg_diag_file(d, TG_E_RATCHET_SLIP, file,
                 "%s proven readiness%s%.*s is %d.%d, %d.%d less than the best, %d.%d",
                 s->what ? "net" : "gross", s->area.n ? " of " : "", TG_STR_ARG(s->area), s->now / 10,
                 s->now % 10, less / 10, less % 10, s->best / 10, s->best % 10);
}

static tg_status misfit(tg_assessment *a, tg_diags *d) {
  const tg_ratchet *r = a->options.ratchet;
  tg_str id = tg_assess_identity(a);
  if (!tg_str_eq(id, r->engagement)) {
    tg_diag_file(d, TG_E_RATCHET, r->file,
                 "the ratchet belongs to engagement `%.*s`, the facts are of `%.*s`",
                 TG_STR_ARG(r->engagement), TG_STR_ARG(id));
    return TG_INVALID;
  }
  if (r->model != a->options.model) {
    tg_diag_file(d, TG_E_RATCHET, r->file,
                 "the ratchet holds %s readiness, this run has %s: they do not compare",
                 tg_model_word(r->model), tg_model_word(a->options.model));
    return TG_INVALID;
  }
  return TG_OK;
}

static tg_status whole_run(const tg_assessment *a, tg_diags *d) {
  if (!a->options.partial) return TG_OK;
  tg_diag_at(d, TG_E_OPTION, NULL, TG_NO_SPAN, "a run of a part of the gates does not fit the ratchet");
  tg_diag_hint(d, "leave out --gate, --area, --phase and --tag, or the ratchet");
  return TG_INVALID;
}

static const tg_area_state *area_called(const tg_assessment *a, tg_str name) {
  for (uint32_t i = 0; i < a->areas.n; i++)
    if (tg_str_eq(a->program->areas[a->areas.at[i].area], name)) return &a->areas.at[i];
  return NULL;
}

tg_status tg_assess_slips(tg_assessment *a, tg_diags *d) {
  const tg_ratchet *r = a->options.ratchet;
  if (r == NULL) return TG_OK;
  tg_status st = whole_run(a, d);
  if (st == TG_OK) st = misfit(a, d);
  if (st == TG_OK) st = compare_figures(a, &r->whole, a->gross, a->net);
  for (uint32_t i = 0; i < r->area_count && st == TG_OK; i++) {
    const tg_area_state *area = area_called(a, r->areas[i].area);
    if (area != NULL) st = compare_figures(a, &r->areas[i], area->gross, area->net);
  }
  for (int s = TG_CRITICAL; s >= TG_INFO && st == TG_OK; s--)
    st = slip(a, (tg_slip){TG_STR(""), 2, (uint8_t)s, (int)r->open[s], (int)a->open[s]},
              a->open[s] > r->open[s]);
  for (uint32_t i = 0; i < a->slips.n && st == TG_OK && d != NULL; i++) say_slip(a, &a->slips.at[i], d);
  return st;
}

/* ---- tightening ---- */

static int better(int best, int now) { return now > best ? now : best; }

static void tighten(tg_ratchet_area *r, tg_interval gross, tg_interval net) {
  r->gross = better(r->gross, tg_figure_tenths(gross.proven));
  r->net = better(r->net, tg_figure_tenths(net.proven));
}

/* The better of both, areas sorted by name; in the run's arena. */
static tg_status merge(tg_assessment *a, tg_ratchet *out) {
  const tg_ratchet *r = a->options.ratchet;
  uint32_t held = r ? r->area_count : 0;
  *out = r ? *r : (tg_ratchet){.whole = {TG_STR(""), -1, -1}};
  out->areas = tg_arena_array(&a->arena, tg_ratchet_area, held + a->areas.n + 1);
  if (out->areas == NULL) return tg_mem_status(a->mem);
  if (held) memcpy(out->areas, r->areas, held * sizeof *r->areas);
  out->area_count = held;
  tighten(&out->whole, a->gross, a->net);
  for (uint32_t i = 0; i < a->areas.n; i++) {
    const tg_area_state *x = &a->areas.at[i];
    tg_ratchet_area fresh = {a->program->areas[x->area], -1, -1}, *at = NULL;
    for (uint32_t k = 0; k < held && at == NULL; k++)
      if (tg_str_eq(out->areas[k].area, fresh.area)) at = &out->areas[k];
    if (at == NULL) {
      tighten(&fresh, x->gross, x->net);
      if (fresh.gross >= 0) out->areas[out->area_count++] = fresh;
    } else {
      tighten(at, x->gross, x->net);
    }
  }
  qsort(out->areas, out->area_count, sizeof *out->areas, by_name);
  for (int s = 0; s < TG_SEVERITY_COUNT; s++)
    if (r == NULL || a->open[s] < out->open[s]) out->open[s] = a->open[s];
  return TG_OK;
}

static bool same_area(const tg_ratchet_area *x, const tg_ratchet_area *y) {
  return x->gross == y->gross && x->net == y->net && tg_str_eq(x->area, y->area);
}

static bool same(const tg_ratchet *x, const tg_ratchet *y) {
  if (x->area_count != y->area_count || !same_area(&x->whole, &y->whole)) return false;
  for (uint32_t i = 0; i < x->area_count; i++)
    if (!same_area(&x->areas[i], &y->areas[i])) return false;
  return memcmp(x->open, y->open, sizeof x->open) == 0;
}

static void put_figures(tg_buf *out, const tg_ratchet_area *r) {
  const int figures[2] = {r->gross, r->net};
  for (int i = 0; i < 2; i++) {
    tg_buf_puts(out, i ? ", \"net\": " : "{\"gross\": ");
    if (figures[i] < 0)
      tg_buf_puts(out, "null");
    else
      tg_buf_printf(out, "%d.%d", figures[i] / 10, figures[i] % 10);
  }
  tg_buf_putc(out, '}');
}

tg_status tg_ratchet_write(tg_assessment *a, tg_diags *d, tg_buf *out, bool *tightened) {
  tg_ratchet r;
  tg_status st = whole_run(a, d);
  if (st == TG_OK) st = merge(a, &r);
  if (st != TG_OK) return st;
  *tightened = a->options.ratchet == NULL || !same(&r, a->options.ratchet);
  tg_str id = tg_assess_identity(a);
  int y, m, day;
  tg_date_to_civil(a->options.today.num, &y, &m, &day);
  tg_buf_puts(out, "{\n  \"ratchet_version\": 1,\n  \"engagement\": ");
  if (id.n)
    tg_quote(out, id);
  else
    tg_buf_puts(out, "null");
  tg_buf_printf(out, ",\n  \"model\": \"%s\",\n  \"as_of\": ", tg_model_word(a->options.model));
  if (*tightened)
    tg_buf_printf(out, "\"%04d-%02d-%02d\"", y, m, day);
  else
    tg_quote(out, r.as_of);
  tg_buf_puts(out, ",\n  \"readiness\": ");
  put_figures(out, &r.whole);
  tg_buf_puts(out, ",\n  \"areas\": {");
  for (uint32_t i = 0; i < r.area_count; i++) {
    tg_buf_puts(out, i ? ",\n    " : "\n    ");
    tg_quote(out, r.areas[i].area);
    tg_buf_puts(out, ": ");
    put_figures(out, &r.areas[i]);
  }
  tg_buf_puts(out, r.area_count ? "\n  },\n  \"open\": {" : "},\n  \"open\": {");
  for (int s = TG_CRITICAL; s >= TG_INFO; s--)
    tg_buf_printf(out, "%s\"%s\": %u", s == TG_CRITICAL ? "" : ", ", tg_severity_word((tg_severity)s),
                  (unsigned)r.open[s]);
  tg_buf_puts(out, "}\n}\n");
  return out->failed ? tg_mem_status(out->mem) : TG_OK;
}
