/* Rules and facts given as texts, through the floors below the interface: for tests of the upper floors. */
#ifndef TG_TEST_LAB_H
#define TG_TEST_LAB_H

#include "prove/prove.h"
#include "vm/vm.h"

#include "base/limits.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

typedef struct lab {
  tg_mem mem;
  tg_diags d;
  tg_sources sources;
  tg_arena arena;
  tg_pack_ast *packs[8];
  uint32_t pack_count;
  tg_built built;
  tg_matcher *matcher;
  tg_store store;
  tg_rows rows;
  tg_vm *vm;
  tg_assessment a;
  const tg_program *p;
} lab;

static inline void lab_say(lab *l) {
  tg_buf b;
  tg_buf_init(&b, &l->mem);
  for (uint32_t i = 0; i < l->d.list.n; i++) tg_diag_write(&l->d.list.at[i], false, &b);
  if (b.n) fprintf(stderr, "%s", b.at);
  tg_buf_done(&b);
}

static inline void lab_init(lab *l) {
  memset(l, 0, sizeof *l);
  tg_mem_init(&l->mem, NULL, 0);
  tg_diags_init(&l->d, &l->mem);
  tg_sources_init(&l->sources, &l->mem);
  tg_arena_init(&l->arena, &l->mem);
}

static inline void lab_add(lab *l, const char *pack) {
  uint32_t source;
  ck_assert_int_eq(tg_sources_add(&l->sources, TG_STR("pack.yaml"), pack, strlen(pack), &source), TG_OK);
  tg_status st = tg_pack_read(&l->arena, &l->sources, source, &l->d, &l->packs[l->pack_count++]);
  lab_say(l);
  ck_assert_int_eq(st, TG_OK);
}

static inline void lab_build(lab *l, bool portfolio) {
  tg_status st = tg_build(&l->built, &l->mem, &l->sources, l->packs, l->pack_count, (tg_str){"", 0},
                          portfolio, true, &l->d);
  lab_say(l);
  ck_assert_int_eq(st, TG_OK);
  l->p = &l->built.program;
  ck_assert_int_eq(tg_matcher_new(&l->mem, &l->matcher), TG_OK);
  ck_assert_int_eq(tg_store_init(&l->store, NULL, 0), TG_OK);
  ck_assert_int_eq(tg_rows_init(&l->rows, &l->mem, &l->p->plan), TG_OK);
  ck_assert_int_eq(tg_vm_new(&l->mem, l->p, &l->vm), TG_OK);
  tg_assess_init(&l->a, &l->mem);
}

/* One pack whose text is whole. */
static inline void lab_open(lab *l, const char *pack) {
  lab_init(l);
  lab_add(l, pack);
  lab_build(l, false);
}

static inline void lab_facts(lab *l, const char *facts) {
  uint32_t source;
  tg_store_reset(&l->store);
  ck_assert_int_eq(tg_sources_add(&l->store.sources, TG_STR("facts.yaml"), facts, strlen(facts), &source),
                   TG_OK);
  tg_status st = tg_facts_read_yaml(&l->store, source, &l->d);
  if (st == TG_OK) st = tg_facts_merge(&l->store, &l->p->model, &l->d);
  if (st == TG_OK) st = tg_model_check(&l->p->model, &l->store, l->matcher, &l->d);
  lab_say(l);
  ck_assert_int_eq(st, TG_OK);
  ck_assert_int_eq(tg_rows_fill(&l->rows, &l->store), TG_OK);
}

static inline tg_value lab_day(const char *day) {
  tg_value v = tg_unknown(TG_WHY_ABSENT);
  ck_assert(tg_date_parse(day, strlen(day), &v));
  return v;
}

/* The verdict pass on 2026-01-01. */
static inline tg_status lab_run(lab *l) {
  tg_vm_options o = {.today = lab_day("2026-01-01")};
  return tg_vm_run(l->vm, &l->rows, &l->store, &o);
}

static inline void lab_assess(lab *l, const char *facts) {
  tg_assess_options o = {.model = TG_RISK_WEIGHTED, .today = lab_day("2026-01-01")};
  lab_facts(l, facts);
  ck_assert_int_eq(lab_run(l), TG_OK);
  ck_assert_int_eq(tg_assess_run(&l->a, l->p, l->vm, &l->rows, &l->store, &o, &l->d), TG_OK);
}

static inline void lab_close(lab *l) {
  if (l->p != NULL) {
    tg_assess_done(&l->a);
    tg_vm_free(l->vm);
    tg_rows_done(&l->rows);
    tg_store_done(&l->store);
    tg_matcher_free(l->matcher);
    tg_build_free(&l->built);
  }
  tg_arena_done(&l->arena);
  tg_sources_done(&l->sources);
  tg_diags_done(&l->d);
  ck_assert_uint_eq(l->mem.used, 0);
}

/* A pack with a little of everything that programs are made of. */
static const char lab_everything[] =
    "pack: t\nversion: 1.0.0\ntitle: t\nphase_fact: engagement.phase\nphases: [build, operate]\nid_fact: "
    "engagement.id\n"
    "waivers_fact: waivers\nwaiver_policy: {max_days: 90, compensating_action: required}\n"
    "params:\n  words: {value: [a, b, c], type: list of text}\n"
    "let:\n"
    "  big(s): s.size >= 10\n"
    "  total: sum(s.size for s in systems)\n"
    "  names: list(s.id for s in systems where big(s))\n"
    "model:\n"
    "  engagement: {id: text!, phase: \"enum(build, operate, closed)!\", start: event}\n"
    "  systems[]:\n    id: text key\n    size: number(0..)\n    level: enum(high, low)\n    owner: text\n    "
    "held: event\n"
    "    parts[]: {id: text key, ok: boolean, weight: number}\n"
    "    tags: list of text\n"
    "  people[]: {id: text key, active: boolean}\n"
    "  contacts{}: {mail: text}\n"
    "  waivers[]: {id: text key, gate: text, item: text, reason: text, owner: text, approver: text, "
    "approved_on: event, "
    "expires_on: event, compensating_action: text}\n"
    "gates:\n"
    "  - id: A-1\n    title: one\n    phase: [operate]\n    for: s in systems where s.level == \"high\" and "
    "s.size > 1\n"
    "    params: {least: {value: 3, unit: days}}\n"
    "    require:\n      - s.owner is not none and people[s.owner].active\n      - days(today - s.held) >= "
    "params.least\n"
    "      - s.id matches /^S-[0-9]+$/\n      - s.owner in keys(people)\n"
    "    severity: high\n    message: \"{s.id}: {s.size}, {join(s.tags, \\\", \\\")}\"\n"
    "  - id: A-2\n    title: two\n    require: total / count(systems) > 2 or names contains any "
    "params.words\n    likelihood: 4\n    impact: 5\n"
    "  - id: A-3\n    title: three\n    when: engagement.start is dated\n    for: i, s in systems order by "
    "s.size desc first 2\n"
    "    require: every j, p in s.parts where p.ok satisfies p.weight * 2 > (if i > 0 then 1 else 2) and j < "
    "5\n"
    "  - id: A-4\n    title: four\n    for: t in unique(list(t for s in systems for t in s.tags))\n"
    "    require: t not in [\"x\", \"y\"] and length(t) < 9 and lower(t) != \"no\"\n"
    "  - id: A-5\n    title: five\n    for: c in contacts\n    require: (c.mail contains \"@\") ?? false\n"
    "  - id: A-6\n    title: six\n    require:\n      - share(s in systems satisfies big(s)) >= 0.5\n"
    "      - abs(round(avg(s.size for s in systems), 1)) < 100\n      - is_unique(list(s.owner for s in "
    "systems))\n"
    "      - min(list(s.held for s in systems)) is known\n"
    "    severity: critical\n";

static const char lab_everything_facts[] =
    "engagement: {id: E, phase: operate, start: 2025-01-01}\n"
    "systems:\n"
    "  - {id: S-1, size: 12, level: high, owner: P-1, held: 2025-12-01, tags: [a, No], parts: [{id: a, ok: "
    "true, weight: 3}, {id: b, weight: 0}]}\n"
    "  - {id: S-2, size: 2.5, level: high, owner: none, held: not_yet, tags: [x], parts: []}\n"
    "  - {id: T-3, size: 1, level: low, owner: P-9, tags: [b, a]}\n"
    "  - {id: S-4, level: high, owner: P-2, held: 2025-12-31, parts: [{id: a, ok: false}]}\n"
    "people: [{id: P-1, active: true}, {id: P-2}]\n"
    "contacts: {x: {mail: a@b}, y: {}}\n"
    "waivers:\n"
    "  - {id: W-1, gate: A-1, item: S-2, reason: r, owner: O, approver: Q, approved_on: 2025-12-01, "
    "expires_on: 2026-02-01, compensating_action: c}\n";

#endif
