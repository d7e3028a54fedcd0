/* Which types go together. */
#include "sema/checker.h"

tg_type tg_type_make(uint8_t kind) { return (tg_type){kind, TG_T_ANY, false, UINT32_MAX, TG_NO_FIELD}; }

bool tg_type_is_any(tg_type t) { return t.kind == TG_T_ANY; }
bool tg_type_is_list(tg_type t) { return t.kind == TG_T_LIST || t.kind == TG_T_ROWS || t.kind == TG_T_MAP; }
bool tg_type_is_number(tg_type t) { return t.kind == TG_T_NUMBER || t.kind == TG_T_INTEGER; }
bool tg_type_is_text(tg_type t) { return t.kind == TG_T_TEXT || t.kind == TG_T_ENUM; }
bool tg_type_is_date(tg_type t) { return t.kind == TG_T_DATE || t.kind == TG_T_EVENT; }

/* Classes whose members compare with each other. */
static int class_of(tg_type t) {
  if (tg_type_is_number(t)) return TG_T_NUMBER;
  if (tg_type_is_text(t)) return TG_T_TEXT;
  if (tg_type_is_date(t)) return TG_T_DATE;
  if (tg_type_is_list(t)) return TG_T_LIST;
  return t.kind;
}

const char *tg_type_word(tg_type t) {
  switch (t.kind) {
  case TG_T_TEXT: return "a text";
  case TG_T_NUMBER:
  case TG_T_INTEGER: return "a number";
  case TG_T_BOOLEAN: return "a boolean";
  case TG_T_DATE: return "a date";
  case TG_T_EVENT: return "an event";
  case TG_T_DURATION: return "a duration";
  case TG_T_ENUM: return "an enum";
  case TG_T_LIST:
  case TG_T_ROWS: return "a list";
  case TG_T_MAP: return "a map";
  case TG_T_RECORD: return "a record";
  default: return "a value";
  }
}

bool tg_type_clash(tg_type a, tg_type b) {
  if (tg_type_is_any(a) || tg_type_is_any(b) || class_of(a) == class_of(b)) return false;
  bool event_word =
      (a.kind == TG_T_EVENT && tg_type_is_text(b)) || (b.kind == TG_T_EVENT && tg_type_is_text(a));
  return !event_word;
}

tg_type tg_type_join(tg_type a, tg_type b) {
  if (tg_type_is_any(a)) return b.kind == TG_T_RECORD || tg_type_is_list(b) ? b : a;
  if (tg_type_is_any(b)) return a.kind == TG_T_RECORD || tg_type_is_list(a) ? a : b;
  if (a.kind == b.kind && a.field == b.field && a.path == b.path) return a;
  if (class_of(a) != class_of(b))
    return tg_type_make(a.kind == TG_T_EVENT || b.kind == TG_T_EVENT ? TG_T_EVENT : TG_T_ANY);
  if (a.kind == b.kind && a.path == b.path) {
    a.field = TG_NO_FIELD;
    if (a.kind == TG_T_ENUM) a.kind = TG_T_TEXT;
    return a;
  }
  switch (class_of(a)) {
  case TG_T_NUMBER: return tg_type_make(TG_T_NUMBER);
  case TG_T_TEXT: return tg_type_make(TG_T_TEXT);
  case TG_T_DATE: return tg_type_make(TG_T_EVENT);
  default: return tg_type_make(TG_T_ANY);
  }
}

static void check_enum_word(tg_checker *c, tg_type t, const tg_tir *word) {
  if (t.field == TG_NO_FIELD) return;
  const tg_field *f = &c->fields.at[t.field];
  if (f->enum_count == 0) return;
  for (uint32_t i = 0; i < f->enum_count; i++)
    if (tg_str_eq(c->words.at[f->enum_first + i], word->text)) return;
  if (tg_check_report(c, TG_E_ENUM_VALUE, word->span, "`%.*s` is not a value of this enum",
                      (int)(word->text.n < 60 ? word->text.n : 60), word->text.at))
    tg_check_hint_near(c, word->text, c->words.at + f->enum_first, f->enum_count);
}

/* One side a constant text: does the other side ever hold it? */
static bool check_word(tg_checker *c, const tg_tir *other, const tg_tir *word) {
  if (word->kind != TG_R_CONST || !tg_is_text(word->value)) return true;
  if (other->type.kind == TG_T_ENUM) check_enum_word(c, other->type, word);
  bool event_word = tg_str_is(word->text, "none") || tg_str_is(word->text, "not_yet");
  if (tg_type_is_date(other->type) && !event_word) {
    if (tg_check_report(c, TG_E_TYPE, word->span, "cannot compare %s with the text `%.*s`",
                        tg_type_word(other->type), (int)(word->text.n < 60 ? word->text.n : 60),
                        word->text.at)) {
      tg_value date;
      if (tg_date_parse(word->text.at, word->text.n, &date))
        tg_diag_hint(c->d, "write a date without quotes");
    }
    return false;
  }
  return true;
}

bool tg_check_comparable(tg_checker *c, const tg_tir *a, const tg_tir *b, tg_span at, const char *what) {
  if (a->kind == TG_R_ERROR || b->kind == TG_R_ERROR) return false;
  if (!check_word(c, a, b) || !check_word(c, b, a)) return false;
  bool word = (tg_type_is_date(a->type) && b->kind == TG_R_CONST && tg_is_text(b->value)) ||
              (tg_type_is_date(b->type) && a->kind == TG_R_CONST && tg_is_text(a->value));
  if (word || !tg_type_clash(a->type, b->type)) return true;
  tg_check_report(c, TG_E_TYPE, at, "cannot %s %s with %s", what, tg_type_word(a->type),
                  tg_type_word(b->type));
  return false;
}
