/* The 40 rules of tests/reference/rules.yaml written by hand in C over the same rows: what an engine is measured against. */
#include "bench.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Slots, looked up once. */
enum {
  PHASE,
  START,
  TRANSFER,
  NOTICE,
  FEE,
  READY,
  XP_EXISTS,
  XP_APPROVED,
  REF,
  RACI,
  UP_TARGET,
  UP_ACTUAL,
  P1_TARGET,
  P1_ACTUAL,
  S_NAME,
  S_TIER,
  S_CRITICAL,
  S_OWNER,
  S_RB_EXISTS,
  S_RB_REVIEWED,
  S_PLANNED,
  S_DONE,
  S_CLIENT,
  S_REPO,
  S_RTO,
  S_CLASS,
  S_BACKUP,
  P_KEY,
  P_CONSENT,
  P_VISA,
  P_BACKUP,
  P_EMAIL,
  P_NOTICE,
  P_ROLE,
  P_PLACE,
  C_ID,
  C_FAMILY,
  C_STATUS,
  C_EVIDENCE,
  C_REVIEWED,
  C_OWNER,
  K_LIKELIHOOD,
  K_IMPACT,
  K_STATUS,
  K_OWNER,
  K_DUE,
  M_ATTENDED,
  M_MINUTES,
  SLOTS
};
static const char *const paths[SLOTS] = {"engagement.phase",
                                         "engagement.start_date",
                                         "engagement.transfer_date",
                                         "engagement.notice_days",
                                         "engagement.transfer_fee_agreed",
                                         "engagement.readiness_pct",
                                         "engagement.exit_plan.exists",
                                         "engagement.exit_plan.approved_on",
                                         "engagement.contract_ref",
                                         "governance.raci_approved",
                                         "governance.sla.uptime_target",
                                         "governance.sla.uptime_actual",
                                         "governance.sla.p1_response_minutes",
                                         "governance.sla.p1_actual_minutes",
                                         "systems[].name",
                                         "systems[].tier",
                                         "systems[].critical",
                                         "systems[].owner",
                                         "systems[].runbook.exists",
                                         "systems[].runbook.reviewed_on",
                                         "systems[].kt.sessions_planned",
                                         "systems[].kt.sessions_done",
                                         "systems[].kt.client_owner",
                                         "systems[].repo_url",
                                         "systems[].rto_hours",
                                         "systems[].data_class",
                                         "systems[].backup_tested_on",
                                         "people[].key_person",
                                         "people[].transfer_consent",
                                         "people[].visa_expires",
                                         "people[].backup",
                                         "people[].email",
                                         "people[].notice_days",
                                         "people[].role",
                                         "people[].location",
                                         "controls[].id",
                                         "controls[].family",
                                         "controls[].status",
                                         "controls[].evidence",
                                         "controls[].reviewed_on",
                                         "controls[].owner",
                                         "risks[].likelihood",
                                         "risks[].impact",
                                         "risks[].status",
                                         "risks[].mitigation_owner",
                                         "risks[].due",
                                         "governance.steering_meetings[].attended",
                                         "governance.steering_meetings[].minutes_url"};
static const char *const patterns[5] = {"^BOT-20[0-9]{2}-[0-9]{4}$", "^[a-z][a-z0-9-]{2,40}$",
                                        "^https://git\\.example\\.com/[a-z0-9_-]+/[a-z0-9._-]+$",
                                        "^[a-z]+\\.[a-z]+@(example|client)\\.com$", "^[A-Z]{2}-[0-9]{3,5}$"};
static unsigned shape[SLOTS], slot[SLOTS];
static pcre2_code *code[5];
static pcre2_match_data *data;

int hand_init(const tg_program_handle *p) {
  for (int i = 0; i < SLOTS; i++)
    if (tg_tools_slot(p, (tg_text){paths[i], strlen(paths[i])}, &shape[i], &slot[i]) != TG_OK) {
      fprintf(stderr, "no slot for %s\n", paths[i]);
      return 0;
    }
  for (int i = 0; i < 5; i++) {
    int error;
    size_t offset;
    code[i] = pcre2_compile((PCRE2_SPTR)patterns[i], PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_DOLLAR_ENDONLY,
                            &error, &offset, NULL);
    if (code[i] == NULL) return 0;
    pcre2_jit_compile(code[i], PCRE2_JIT_COMPLETE);
  }
  data = pcre2_match_data_create(1, NULL);
  return data != NULL;
}

void hand_done(void) {
  for (int i = 0; i < 5; i++) pcre2_code_free(code[i]);
  pcre2_match_data_free(data);
}

static int known(const tg_cell *c) { return c->kind != 0; }
static int yes(const tg_cell *c) { return c->kind == 2 && c->num == 1; }
static int matches(const tg_facts *f, const tg_cell *c, int i) {
  tg_text t = tg_tools_text(f, c);
  return pcre2_match(code[i], (PCRE2_SPTR)t.at, t.n, 0, PCRE2_NO_UTF_CHECK, data, NULL) >= 0;
}

/* Short texts stand in the cell: eight bytes, big-endian. */
static int64_t packed(const char *s) {
  uint64_t w = 0;
  size_t n = strlen(s);
  for (size_t i = 0; i < 8; i++) w = w << 8 | (i < n ? (unsigned char)s[i] : 0u);
  return (int64_t)w;
}
static int is(const tg_facts *f, const tg_cell *c, const char *s, int64_t w) {
  size_t n = strlen(s);
  if (c->kind != 4 || c->len != n || c->num != w) return 0;
  return n <= 8 || memcmp(tg_tools_text(f, c).at, s, n) == 0;
}
#define IS(c, s) is(f, (c), s, packed(s))

/* a < b for numbers of any scale. */
static int below(const tg_cell *a, const tg_cell *b) {
  static const int64_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
  if (!known(a) || !known(b)) return 0;
  int s = a->aux > b->aux ? a->aux : b->aux;
  return a->num * power[s - a->aux] < b->num * power[s - b->aux];
}

enum { D_2025_06_01 = 20240, D_2025_12_01 = 20423, D_2026_01_01 = 20454, D_2026_06_01 = 20605 };

static size_t document(const tg_eval *e, const tg_facts *f) {
  const tg_cell *d = tg_tools_row(e, 0, 0);
#define D(x) (&d[slot[x]])
  size_t n = 0;
  int transfer = IS(D(PHASE), "transfer"), stabilize = IS(D(PHASE), "stabilize");
  n += known(D(PHASE)) && !transfer && !stabilize && !IS(D(PHASE), "build") && !IS(D(PHASE), "operate");
  n += !yes(D(XP_EXISTS));
  n += yes(D(XP_EXISTS)) && !known(D(XP_APPROVED));
  n += known(D(TRANSFER)) && known(D(START)) && D(TRANSFER)->num <= D(START)->num;
  n += known(D(NOTICE)) && D(NOTICE)->num < 60;
  n += (stabilize || transfer) && !yes(D(FEE));
  n += (size_t)below(D(UP_ACTUAL), D(UP_TARGET));
  n += (size_t)below(D(P1_TARGET), D(P1_ACTUAL));
  n += !yes(D(RACI));
  n += transfer && known(D(READY)) && D(READY)->num < 80;
  n += known(D(REF)) && !matches(f, D(REF), 0);
  return n;
}

static size_t systems(const tg_eval *e, const tg_facts *f) {
  const tg_cell *d = tg_tools_row(e, 0, 0);
  int transfer = IS(D(PHASE), "transfer");
  size_t n = 0;
  int64_t planned = 0, done = 0;
  for (uint32_t i = 0, rows = tg_tools_row_count(e, shape[S_NAME]); i < rows; i++) {
    const tg_cell *r = tg_tools_row(e, shape[S_NAME], i);
#define R(x) (&r[slot[x]])
    int critical = yes(R(S_CRITICAL)), low = known(R(S_TIER)) && R(S_TIER)->num <= 2;
    n += critical && !yes(R(S_RB_EXISTS));
    n += critical && low && (!known(R(S_RB_REVIEWED)) || R(S_RB_REVIEWED)->num < D_2025_12_01);
    n += !known(R(S_OWNER));
    n += low && !known(R(S_CLIENT));
    n +=
        transfer && critical && known(R(S_DONE)) && known(R(S_PLANNED)) && R(S_DONE)->num < R(S_PLANNED)->num;
    n += known(R(S_TIER)) && R(S_TIER)->num == 1 && (!known(R(S_RTO)) || R(S_RTO)->num > 4);
    n += (IS(R(S_CLASS), "pii") || IS(R(S_CLASS), "restricted")) &&
         (!known(R(S_BACKUP)) || R(S_BACKUP)->num < D_2026_01_01);
    n += !matches(f, R(S_NAME), 1);
    n += known(R(S_REPO)) && !matches(f, R(S_REPO), 2);
    planned += R(S_PLANNED)->num;
    done += R(S_DONE)->num;
  }
  return n + (planned > 0 && done * 10 < planned * 9);
}

static size_t people(const tg_eval *e, const tg_facts *f) {
  const tg_cell *d = tg_tools_row(e, 0, 0);
  size_t n = 0, keys = 0, without = 0;
  for (uint32_t i = 0, rows = tg_tools_row_count(e, shape[P_KEY]); i < rows; i++) {
    const tg_cell *r = tg_tools_row(e, shape[P_KEY], i);
    int key = yes(R(P_KEY)), consent = yes(R(P_CONSENT));
    keys += key != 0;
    without += key && !consent;
    n += key && !consent;
    n += key && !known(R(P_BACKUP));
    n += known(R(P_VISA)) && known(D(TRANSFER)) && R(P_VISA)->num < D(TRANSFER)->num;
    n += (IS(R(P_ROLE), "lead") || IS(R(P_ROLE), "architect") || IS(R(P_ROLE), "sre")) &&
         known(R(P_NOTICE)) && R(P_NOTICE)->num < 60;
    n += consent && known(R(P_PLACE)) && !IS(R(P_PLACE), "HCMC") && !IS(R(P_PLACE), "HAN") &&
         !IS(R(P_PLACE), "DAD") && !IS(R(P_PLACE), "REMOTE");
    n += !matches(f, R(P_EMAIL), 3);
  }
  return n + (keys > 0 && without * 10 > keys);
}

static size_t controls(const tg_eval *e, const tg_facts *f) {
  size_t n = 0, applicable = 0, implemented = 0;
  for (uint32_t i = 0, rows = tg_tools_row_count(e, shape[C_ID]); i < rows; i++) {
    const tg_cell *r = tg_tools_row(e, shape[C_ID], i);
    int in = IS(R(C_STATUS), "implemented"), na = IS(R(C_STATUS), "na");
    applicable += !na;
    implemented += in != 0;
    n += in && (!known(R(C_EVIDENCE)) || R(C_EVIDENCE)->len == 0);
    n += (IS(R(C_FAMILY), "AC") || IS(R(C_FAMILY), "IA") || IS(R(C_FAMILY), "SC")) &&
         (IS(R(C_STATUS), "planned") || IS(R(C_STATUS), "partial"));
    n += !na && (!known(R(C_REVIEWED)) || R(C_REVIEWED)->num < D_2025_06_01);
    n += !na && !IS(R(C_FAMILY), "PE") && !known(R(C_OWNER));
    n += !matches(f, R(C_ID), 4);
  }
  return n + (applicable > 0 && implemented * 100 < applicable * 85);
}

static size_t risks(const tg_eval *e, const tg_facts *f) {
  size_t n = 0;
  int64_t worst = 0;
  for (uint32_t i = 0, rows = tg_tools_row_count(e, shape[K_STATUS]); i < rows; i++) {
    const tg_cell *r = tg_tools_row(e, shape[K_STATUS], i);
    int open = IS(R(K_STATUS), "open"), mitigating = IS(R(K_STATUS), "mitigating");
    int64_t score = R(K_LIKELIHOOD)->num * R(K_IMPACT)->num;
    n += open && score >= 15;
    n += (open || mitigating) && R(K_IMPACT)->num >= 4 && !known(R(K_OWNER));
    n += mitigating && (!known(R(K_DUE)) || R(K_DUE)->num < D_2026_06_01);
    if (open && score > worst) worst = score;
  }
  return n + (worst > 16);
}

static size_t meetings(const tg_eval *e) {
  size_t n = 0, attended = 0;
  for (uint32_t i = 0, rows = tg_tools_row_count(e, shape[M_ATTENDED]); i < rows; i++) {
    const tg_cell *r = tg_tools_row(e, shape[M_ATTENDED], i);
    n += R(M_ATTENDED)->num < 3 || !known(R(M_MINUTES));
    attended += R(M_ATTENDED)->num >= 3;
  }
  return n + (attended < 6);
}

size_t hand_rules(const tg_eval *e, const tg_facts *f) {
  return document(e, f) + systems(e, f) + people(e, f) + controls(e, f) + risks(e, f) + meetings(e);
}
