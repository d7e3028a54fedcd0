/* The words reports use for enums: one table each, so that every format says the same. */
#include "assess/assess.h"

const char *tg_outcome_word(tg_outcome o) {
  static const char *const words[] = {"not_applicable", "pass", "waived", "unknown", "fail", "error"};
  return words[o];
}

const char *tg_severity_word(tg_severity s) {
  static const char *const words[] = {"info", "low", "medium", "high", "critical"};
  return words[s];
}

const char *tg_risk_word(tg_risk r) {
  static const char *const words[] = {"very_low", "low", "moderate", "high", "very_high"};
  return words[r];
}

const char *tg_verdict_word(tg_verdict v) {
  static const char *const words[] = {"not_ready", "not_proven", "ready_with_conditions", "ready"};
  return words[v];
}

const char *tg_rating_word(tg_rating r) {
  static const char *const words[] = {"grey", "green", "amber", "red"};
  return words[r];
}

const char *tg_reason_word(tg_reason r) {
  static const char *const words[] = {NULL,        "phase",     "when",  "no_subjects", "disabled",
                                      "portfolio", "list",      "where", "missing",     "unresolved",
                                      "ambiguous", "undefined", "asked", "stale",       "unevidenced"};
  return words[r];
}

const char *tg_state_word(tg_fact_state s) {
  static const char *const words[] = {"known", "missing", "unresolved",  "ambiguous", "undefined",
                                      "asked", "stale",   "unevidenced", "none"};
  return words[s];
}

const char *tg_waiver_word(tg_waiver_state s) {
  static const char *const words[] = {"in_force", "unused", "expired", "dangling", "invalid"};
  return words[s];
}

const char *tg_model_word(tg_readiness_model m) {
  static const char *const words[] = {"risk-weighted", "risk-weighted", "unweighted", "by-area"};
  return words[m];
}

const char *tg_baseline_word(tg_baseline_state s) {
  static const char *const words[] = {NULL, "new", "unchanged", "worse", "better"};
  return words[s];
}

/* NIST SP 800-30 Rev. 1, table I-2: rows are likelihood 1..5, columns impact 1..5.  Not a product. */
tg_risk tg_risk_of(int likelihood, int impact) {
  enum {
    VL = TG_RISK_VERY_LOW,
    L = TG_RISK_LOW,
    M = TG_RISK_MODERATE,
    H = TG_RISK_HIGH,
    VH = TG_RISK_VERY_HIGH
  };
  static const uint8_t table[5][5] = {
      {VL, VL, VL, L, L}, {VL, L, L, L, M}, {VL, L, M, M, H}, {VL, L, M, H, VH}, {VL, L, M, H, VH}};
  return (tg_risk)table[likelihood - 1][impact - 1];
}
