/* libyaml's events behind the checks it lacks.
 *
 * Events inside an anchored node are recorded; an alias replays them, so that the consumer never sees one.  What aliases add is
 * bounded by a multiple of what the document wrote. */
#include "yaml/yaml.h"

#include "base/limits.h"
#include "yaml/lapse.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct level {
  bool map, key_next, flow;
  int indent;      /* column of the innermost block mapping or list; -1 = none */
  uint32_t undo;   /* marks in `undo` that this mapping's keys displaced begin here */
  uint64_t serial; /* of this mapping, for the table of keys */
} level;

/* One event kept for replay; texts in the reader's arena. */
typedef struct kept {
  tg_yaml_event event;
  uint32_t skip; /* events up to and including this container's end */
} kept;

typedef struct anchor {
  tg_str name;
  uint32_t first, count; /* in `tape` */
  bool open;
} anchor;

typedef struct key_seen {
  uint32_t name;
  uint64_t serial;
  tg_span at;
} key_seen;

struct tg_yaml {
  tg_mem *mem;
  tg_sources *sources;
  const tg_source *source;
  tg_diags *diags;
  yaml_parser_t parser;
  bool parser_made, started, finished, broken;
  tg_arena arena; /* texts of recorded events */
  TG_VEC(level) levels;
  TG_VEC(kept) tape; /* recorded events of anchored nodes */
  TG_VEC(anchor) anchors;
  TG_VEC(uint32_t) recording; /* anchors whose node is still open, by index; with the depth they opened at */
  TG_VEC(uint32_t) recording_depth;
  TG_VEC(uint32_t) replay; /* pairs: next, end in tape */
  tg_names names;          /* keys */
  TG_VEC(key_seen) seen;   /* by name: where it was last a key, and in which mapping */
  TG_VEC(key_seen) undo;   /* what the keys of open mappings displaced in `seen` */
  uint64_t serial;
  uint64_t written, expanded; /* nodes */
  size_t chars, bytes, mark;  /* cursor from libyaml's characters to bytes; bytes of a byte-order mark */
  bool ascii;
  bool opens_flow; /* the container at hand */
  int column;      /* where the block container at hand stands; -1 = not known */
  yaml_event_t event;
  bool event_held;
  tg_interrupt_fn ask;
  void *ask_ctx;
  size_t asked_at;
};

tg_status tg_yaml_new(tg_mem *mem, tg_sources *sources, uint32_t source, tg_diags *diags, tg_yaml **out) {
  tg_yaml *y = tg_mem_zalloc(mem, sizeof *y);
  if (y == NULL) return tg_mem_status(mem);
  y->mem = mem;
  y->sources = sources;
  y->source = &sources->list.at[source];
  y->diags = diags;
  tg_arena_init(&y->arena, mem);
  tg_status st = tg_names_init(&y->names, mem);
  if (st == TG_OK && !yaml_parser_initialize(&y->parser)) st = TG_NOMEM;
  if (st != TG_OK) {
    tg_yaml_free(y);
    return st;
  }
  y->parser_made = true;
  *out = y;
  return TG_OK;
}

void tg_yaml_free(tg_yaml *y) {
  if (y == NULL) return;
  if (y->event_held) yaml_event_delete(&y->event);
  if (y->parser_made) yaml_parser_delete(&y->parser);
  tg_vec_done(y->mem, &y->levels);
  tg_vec_done(y->mem, &y->tape);
  tg_vec_done(y->mem, &y->anchors);
  tg_vec_done(y->mem, &y->recording);
  tg_vec_done(y->mem, &y->recording_depth);
  tg_vec_done(y->mem, &y->replay);
  tg_vec_done(y->mem, &y->seen);
  tg_vec_done(y->mem, &y->undo);
  tg_names_done(&y->names);
  tg_arena_done(&y->arena);
  tg_mem_free(y->mem, y, sizeof *y);
}

void tg_yaml_interrupt(tg_yaml *y, tg_interrupt_fn ask, void *ctx) {
  y->ask = ask;
  y->ask_ctx = ctx;
}

/* ---- places ---- */

/* libyaml counts characters; marks mostly move forward, so a cursor makes the conversion linear. */
static uint32_t byte_of(tg_yaml *y, size_t chars) {
  if (y->ascii) return (uint32_t)(chars < y->source->len ? chars : y->source->len);
  const uint8_t *text = y->source->text;
  size_t end = y->source->len;
  if (chars < y->chars && y->chars - chars < chars) { /* a little back */
    while (y->chars > chars && y->bytes > y->mark) {
      y->bytes--;
      while (y->bytes > 0 && (text[y->bytes] & 0xc0) == 0x80) y->bytes--;
      y->chars--;
    }
  } else if (chars < y->chars) {
    y->chars = 0;
    y->bytes = y->mark;
  }
  while (y->chars < chars && y->bytes < end) {
    y->bytes++;
    while (y->bytes < end && (text[y->bytes] & 0xc0) == 0x80) y->bytes++;
    y->chars++;
  }
  return (uint32_t)y->bytes;
}

static tg_span span_of(tg_yaml *y, yaml_mark_t from, yaml_mark_t to) {
  uint32_t a = byte_of(y, from.index), b = byte_of(y, to.index);
  return (tg_span){y->source->base + a, b > a ? b - a : 0};
}

static tg_status refuse(tg_yaml *y, tg_code code, tg_span at, const char *message, const char *hint) {
  tg_diag_at(y->diags, code, y->sources, at, "%s", message);
  if (hint != NULL) tg_diag_hint(y->diags, "%s", hint);
  y->broken = true;
  return TG_INVALID;
}

static tg_status no_memory(tg_yaml *y) {
  y->broken = true;
  return tg_mem_status(y->mem) == TG_OK ? TG_NOMEM : tg_mem_status(y->mem);
}

/* ---- before libyaml sees the text ---- */

static tg_status check_text(tg_yaml *y) {
  const tg_source *s = y->source;
  if (s->len >= 2 &&
      ((s->text[0] == 0xff && s->text[1] == 0xfe) || (s->text[0] == 0xfe && s->text[1] == 0xff)))
    return refuse(y, TG_E_UTF8, (tg_span){s->base, 1}, "the file is UTF-16, not UTF-8", "save it as UTF-8");
  size_t bad = tg_utf8_bad(s->text, s->len);
  if (bad != s->len)
    return refuse(y, TG_E_UTF8, (tg_span){s->base + (uint32_t)bad, 1}, "this byte is not valid UTF-8",
                  "save the file as UTF-8");
  y->ascii = true;
  for (uint32_t i = 0; i < s->len; i++) {
    uint8_t c = s->text[i];
    if (c >= 0x80) y->ascii = false;
    if (c >= 0x20 || c == '\n' || c == '\r' || c == '\t') continue;
    return refuse(y, TG_E_YAML_SYNTAX, (tg_span){s->base + i, 1},
                  c == 0 ? "a NUL byte cannot stand in YAML" : "a control character cannot stand in YAML",
                  "write it as an escape in double quotes");
  }
  return TG_OK;
}

static tg_status start(tg_yaml *y) {
  tg_status st = check_text(y);
  if (st != TG_OK) return st;
  const uint8_t *text = y->source->text;
  size_t len = y->source->len;
  size_t mark = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  if (mark > 0) { /* with the encoding set, libyaml takes a byte-order mark as content */
    y->ascii = false;
    y->bytes = y->mark = mark;
  }
  yaml_parser_set_encoding(&y->parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&y->parser, text + mark, len - mark); /* once: libyaml asserts that */
  y->started = true;
  return TG_OK;
}

/* libyaml's complaint in our words, at its place. */
static tg_status syntax_error(tg_yaml *y) {
  const yaml_parser_t *p = &y->parser;
  if (p->error == YAML_MEMORY_ERROR) return no_memory(y);
  tg_span at = {y->source->base + byte_of(y, p->problem_mark.index), 1};
  if (at.start > y->source->base + y->source->len) at.start = y->source->base + y->source->len;
  const char *hint = NULL, *problem = p->problem ? p->problem : "malformed YAML";
  const uint8_t *c = y->source->text + (at.start - y->source->base);
  const uint8_t *line = c;
  while (line > y->source->text && line[-1] != '\n') line--;
  if (*c == '\t' || *line == '\t')
    hint = "YAML does not indent with tabs: use spaces";
  else if (strstr(problem, "mapping values are not allowed") != NULL)
    hint = "a text that holds `: ` must be quoted";
  else if (*c == '@' || *c == '`' || *c == '%')
    hint = "a text cannot begin with this character: quote it";
  tg_diag_at(y->diags, TG_E_YAML_SYNTAX, y->sources, at, "%s%s%s", p->context ? p->context : "",
             p->context ? ": " : "", problem);
  if (hint != NULL) tg_diag_hint(y->diags, "%s", hint);
  y->broken = true;
  return TG_INVALID;
}

/* ---- events ---- */

static bool core_tag(const char *tag, tg_str *out) {
  static const char prefix[] = "tag:yaml.org,2002:";
  static const char *const names[] = {"str", "int", "float", "bool", "null", "map", "seq"};
  *out = TG_STR("");
  if (tag == NULL || strcmp(tag, "!") == 0) return true;
  if (strncmp(tag, prefix, sizeof prefix - 1) != 0) return false;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(tag + sizeof prefix - 1, names[i]) == 0) {
      *out = tg_str_of(names[i]);
      return true;
    }
  return false;
}

/* The place of a node: past its anchor and tag, which libyaml counts in for containers. */
static tg_status scalar_event(tg_yaml *y, const yaml_event_t *e, tg_yaml_event *out) {
  out->kind = TG_YAML_SCALAR;
  out->at = span_of(y, e->start_mark, e->end_mark);
  const char *source = (const char *)y->source->text + (out->at.start - y->source->base),
             *end = source + out->at.len;
  while (source < end && (*source == '&' || *source == '!')) { /* properties before the content */
    while (source < end && *source != ' ' && *source != '\n' && *source != '\r' && *source != '\t') source++;
    while (source < end && (*source == ' ' || *source == '\n' || *source == '\r' || *source == '\t'))
      source++;
  }
  uint32_t cut = (uint32_t)(source - (const char *)y->source->text) - (out->at.start - y->source->base);
  out->at.start += cut;
  out->at.len -= cut;
  if (e->data.scalar.length > UINT32_MAX / 2) return TG_LIMIT;
  out->text = (tg_str){(const char *)e->data.scalar.value, (uint32_t)e->data.scalar.length};
  switch (e->data.scalar.style) {
  case YAML_SINGLE_QUOTED_SCALAR_STYLE: out->style = TG_YAML_SINGLE; break;
  case YAML_DOUBLE_QUOTED_SCALAR_STYLE: out->style = TG_YAML_DOUBLE; break;
  case YAML_LITERAL_SCALAR_STYLE: out->style = TG_YAML_LITERAL; break;
  case YAML_FOLDED_SCALAR_STYLE: out->style = TG_YAML_FOLDED; break;
  default: out->style = TG_YAML_PLAIN; break;
  }
  bool quoted = out->style == TG_YAML_SINGLE || out->style == TG_YAML_DOUBLE;
  if (out->style == TG_YAML_PLAIN && out->at.len > out->text.n)
    out->at.len = out->text.n > 0 ? out->at.len : 0;
  out->verbatim =
      (out->style == TG_YAML_PLAIN && out->at.len == out->text.n &&
       memcmp(source, out->text.at, out->text.n) == 0) ||
      (quoted && out->at.len == out->text.n + 2 && memcmp(source + 1, out->text.at, out->text.n) == 0);
  return TG_OK;
}

static tg_status check_tag(tg_yaml *y, const yaml_char_t *tag, tg_span at, tg_yaml_event *out) {
  if (core_tag((const char *)tag, &out->tag)) return TG_OK;
  tg_diag_at(y->diags, TG_E_YAML_SUBSET, y->sources, at, "the tag `%s` is not accepted", (const char *)tag);
  tg_diag_hint(y->diags, "only the core schema's tags are: !!str !!int !!float !!bool !!null !!map !!seq");
  y->broken = true;
  return TG_INVALID;
}

static tg_status enter(tg_yaml *y, bool map, tg_span at) {
  if (y->levels.n >= TG_MAX_DEPTH) {
    tg_diag_at(y->diags, TG_E_DEPTH, y->sources, (tg_span){at.start, 1},
               "containers are nested more than %d deep", TG_MAX_DEPTH);
    y->broken = true;
    return TG_INVALID;
  }
  int indent = y->levels.n ? y->levels.at[y->levels.n - 1].indent : -1;
  bool flow = y->levels.n > 0 && y->levels.at[y->levels.n - 1].flow;
  if (y->column >= 0 && !flow) indent = y->column;
  level l = {map, map, flow || y->opens_flow, indent, y->undo.n, ++y->serial};
  return tg_vec_push(y->mem, &y->levels, l) ? TG_OK : no_memory(y);
}

/* After a node: a mapping that waited for a value waits for a key again. */
static void node_done(tg_yaml *y) {
  if (y->levels.n > 0 && y->levels.at[y->levels.n - 1].map) {
    level *l = &y->levels.at[y->levels.n - 1];
    l->key_next = !l->key_next;
  }
}

static tg_status check_key(tg_yaml *y, const tg_yaml_event *key) {
  const level *l = &y->levels.at[y->levels.n - 1];
  if (key->style == TG_YAML_PLAIN && tg_str_is(key->text, "<<"))
    return refuse(y, TG_E_YAML_SUBSET, key->at, "merge keys are not accepted", "write the keys out");
  uint32_t name = tg_names_add(&y->names, key->text);
  if (name == TG_NO_NAME) return no_memory(y);
  while (y->seen.n <= name) {
    key_seen none = {0, 0, TG_NO_SPAN};
    if (!tg_vec_push(y->mem, &y->seen, none)) return no_memory(y);
  }
  key_seen *s = &y->seen.at[name];
  if (s->serial == l->serial) {
    tg_diag_at(y->diags, TG_E_DUPLICATE_KEY, y->sources, key->at,
               "the key `%.*s` stands twice in this mapping", (int)(key->text.n < 60 ? key->text.n : 60),
               key->text.at);
    tg_diag_note_at(y->diags, y->sources, s->at, "first here");
    y->broken = true;
    return TG_INVALID;
  }
  key_seen old = {name, s->serial, s->at};
  if (!tg_vec_push(y->mem, &y->undo, old)) return no_memory(y);
  *s = (key_seen){name, l->serial, key->at};
  return TG_OK;
}

/* A nested mapping's keys displaced the marks of outer keys of the same name: they come back. */
static void leave(tg_yaml *y) {
  const level *l = &y->levels.at[--y->levels.n];
  while (y->undo.n > l->undo) {
    const key_seen *old = &y->undo.at[--y->undo.n];
    y->seen.at[old->name] = *old;
  }
}

/* ---- what libyaml lets pass ---- */

static tg_yaml_spot spot_of(const tg_yaml *y, tg_span at) {
  const level *l = y->levels.n ? &y->levels.at[y->levels.n - 1] : NULL;
  size_t start = at.start - y->source->base;
  return (tg_yaml_spot){
      y->source->text,           y->source->len, start, start + at.len, l ? l->indent : -1, l && l->flow,
      l && l->map && l->key_next};
}

static tg_status lapse(tg_yaml *y, tg_span at, const char *wrong) {
  return wrong == NULL ? TG_OK : refuse(y, TG_E_YAML_SYNTAX, (tg_span){at.start, 1}, wrong, NULL);
}

/* Of an anchor or alias; `at` begins at its mark, or at a tag in front of it. */
static tg_status check_name(tg_yaml *y, tg_span at, char mark, const yaml_char_t *name) {
  if (name == NULL) return TG_OK;
  tg_yaml_spot s = spot_of(y, at);
  while (s.start < s.len && s.text[s.start] == '!') { /* past a tag */
    while (s.start < s.len && strchr(" \t\r\n", s.text[s.start]) == NULL) s.start++;
    while (s.start < s.len && strchr(" \t\r\n", s.text[s.start]) != NULL && s.text[s.start] != 0) s.start++;
  }
  if (s.start >= s.len || s.text[s.start] != (uint8_t)mark) return TG_OK;
  return lapse(y, at, tg_yaml_name_lapse(&s, strlen((const char *)name)));
}

static tg_status check_scalar(tg_yaml *y, const tg_yaml_event *e) {
  tg_yaml_spot s = spot_of(y, e->at);
  return lapse(y, e->at, tg_yaml_scalar_lapse(&s, e->style));
}

/* A container, and where it stands: past an anchor or tag its own column is not known. */
static tg_status check_container(tg_yaml *y, const tg_yaml_event *e, const yaml_event_t *from, bool bare) {
  tg_yaml_spot s = spot_of(y, e->at);
  y->opens_flow = e->flow;
  y->column = bare && !e->flow ? (int)from->start_mark.column : -1;
  return lapse(y, e->at, tg_yaml_node_lapse(&s));
}

static anchor *find_anchor(tg_yaml *y, tg_str name) {
  for (uint32_t i = y->anchors.n; i > 0; i--)
    if (tg_str_eq(y->anchors.at[i - 1].name, name)) return &y->anchors.at[i - 1];
  return NULL;
}

static tg_status open_anchor(tg_yaml *y, const yaml_char_t *name) {
  if (name == NULL) return TG_OK;
  size_t n = strlen((const char *)name);
  char *copy = tg_arena_text(&y->arena, name, n);
  anchor a = {{copy, (uint32_t)n}, y->tape.n, 0, true};
  if (copy == NULL || !tg_vec_push(y->mem, &y->anchors, a) ||
      !tg_vec_push(y->mem, &y->recording, y->anchors.n - 1) ||
      !tg_vec_push(y->mem, &y->recording_depth, y->levels.n))
    return no_memory(y);
  return TG_OK;
}

static tg_status record(tg_yaml *y, const tg_yaml_event *e) {
  if (y->recording.n == 0) return TG_OK;
  kept k = {*e, 0};
  char *copy = tg_arena_text(&y->arena, e->text.at ? e->text.at : "", e->text.n);
  if (copy == NULL) return no_memory(y);
  k.event.text.at = copy;
  return tg_vec_push(y->mem, &y->tape, k) ? TG_OK : no_memory(y);
}

/* Closes the anchors whose node is complete: the one whose depth we are back at. */
static void close_anchors(tg_yaml *y) {
  while (y->recording.n > 0 && y->recording_depth.at[y->recording.n - 1] == y->levels.n) {
    anchor *a = &y->anchors.at[y->recording.at[y->recording.n - 1]];
    a->count = y->tape.n - a->first;
    a->open = false;
    y->recording.n--;
    y->recording_depth.n--;
  }
}

static tg_status alias(tg_yaml *y, const yaml_event_t *e) {
  tg_span at = span_of(y, e->start_mark, e->end_mark);
  tg_status st = check_name(y, at, '*', e->data.alias.anchor);
  if (st != TG_OK) return st;
  anchor *a = find_anchor(y, tg_str_of((const char *)e->data.alias.anchor));
  if (a == NULL) return refuse(y, TG_E_ALIAS, at, "no anchor of this name stands before", NULL);
  if (a->open) return refuse(y, TG_E_ALIAS, at, "an alias refers to the node it stands in", NULL);
  y->expanded += a->count;
  if (y->expanded > y->written * TG_MAX_ALIAS_FACTOR + TG_MAX_ALIAS_FLOOR)
    return refuse(y, TG_E_ALIAS, at, "aliases expand to far more than the file holds",
                  "write the repeated part out, or leave it out");
  if (!tg_vec_push(y->mem, &y->replay, a->first) || !tg_vec_push(y->mem, &y->replay, a->first + a->count))
    return no_memory(y);
  return TG_OK;
}

/* What an event means where we are: keys become KEY, containers open and close levels, anchors record. */
static tg_status accept(tg_yaml *y, tg_yaml_event *e) {
  bool key = y->levels.n > 0 && y->levels.at[y->levels.n - 1].map && y->levels.at[y->levels.n - 1].key_next;
  tg_status st = TG_OK;
  switch (e->kind) {
  case TG_YAML_SCALAR:
  case TG_YAML_KEY:
    e->kind = key ? TG_YAML_KEY : TG_YAML_SCALAR;
    if (key) st = check_key(y, e);
    if (st == TG_OK) st = record(y, e);
    node_done(y);
    break;
  case TG_YAML_MAP:
  case TG_YAML_SEQ:
    if (key)
      return refuse(y, TG_E_YAML_SUBSET, (tg_span){e->at.start, 1},
                    "a key must be a text, not a list or mapping",
                    "a value that begins with [ or { must be quoted");
    st = record(y, e);
    if (st == TG_OK) st = enter(y, e->kind == TG_YAML_MAP, e->at);
    return st;
  default: /* ends */
    leave(y);
    st = record(y, e);
    node_done(y);
    break;
  }
  close_anchors(y);
  return st;
}

/* The next event of the tape; false when nothing is being replayed. */
static bool replayed(tg_yaml *y, tg_yaml_event *out) {
  while (y->replay.n > 0) {
    uint32_t *next = &y->replay.at[y->replay.n - 2], end = y->replay.at[y->replay.n - 1];
    if (*next < end) {
      *out = y->tape.at[(*next)++].event;
      return true;
    }
    y->replay.n -= 2;
  }
  return false;
}

static tg_status interrupted(tg_yaml *y) {
  size_t at = y->parser.mark.index;
  if (y->ask == NULL || at - y->asked_at < TG_INTERRUPT_BYTES) return TG_OK;
  y->asked_at = at;
  if (y->ask(y->ask_ctx) == 0) return TG_OK;
  y->broken = true;
  return TG_INTERRUPTED;
}

static tg_status parse(tg_yaml *y) {
  if (y->event_held) yaml_event_delete(&y->event);
  y->event_held = false;
  if (!yaml_parser_parse(&y->parser, &y->event)) return syntax_error(y);
  y->event_held = true;
  return interrupted(y);
}

/* One event of libyaml; *given: it is one for the consumer. */
static tg_status step(tg_yaml *y, tg_yaml_event *out, bool *given) {
  tg_status st = parse(y);
  if (st != TG_OK) return st;
  const yaml_event_t *e = &y->event;
  *given = true;
  y->written++; /* what aliases replay does not count */
  memset(out, 0, sizeof *out);
  out->text = TG_STR("");
  out->tag = TG_STR("");
  switch (e->type) {
  case YAML_SCALAR_EVENT:
    st = check_name(y, span_of(y, e->start_mark, e->end_mark), '&', e->data.scalar.anchor);
    if (st == TG_OK) st = scalar_event(y, e, out);
    if (st == TG_OK) st = check_scalar(y, out);
    if (st == TG_OK) st = check_tag(y, e->data.scalar.tag, out->at, out);
    if (st == TG_OK) st = open_anchor(y, e->data.scalar.anchor);
    return st == TG_OK ? accept(y, out) : st;
  case YAML_MAPPING_START_EVENT:
    out->kind = TG_YAML_MAP;
    out->at = span_of(y, e->start_mark, e->end_mark);
    out->flow = e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
    st =
        check_container(y, out, e, e->data.mapping_start.anchor == NULL && e->data.mapping_start.tag == NULL);
    if (st == TG_OK) st = check_name(y, out->at, '&', e->data.mapping_start.anchor);
    if (st == TG_OK) st = check_tag(y, e->data.mapping_start.tag, out->at, out);
    if (st == TG_OK) st = open_anchor(y, e->data.mapping_start.anchor);
    return st == TG_OK ? accept(y, out) : st;
  case YAML_SEQUENCE_START_EVENT:
    out->kind = TG_YAML_SEQ;
    out->at = span_of(y, e->start_mark, e->end_mark);
    out->flow = e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    st = check_container(y, out, e,
                         e->data.sequence_start.anchor == NULL && e->data.sequence_start.tag == NULL);
    if (st == TG_OK) st = check_name(y, out->at, '&', e->data.sequence_start.anchor);
    if (st == TG_OK) st = check_tag(y, e->data.sequence_start.tag, out->at, out);
    if (st == TG_OK) st = open_anchor(y, e->data.sequence_start.anchor);
    return st == TG_OK ? accept(y, out) : st;
  case YAML_MAPPING_END_EVENT:
  case YAML_SEQUENCE_END_EVENT:
    out->kind = e->type == YAML_MAPPING_END_EVENT ? TG_YAML_MAP_END : TG_YAML_SEQ_END;
    out->at = span_of(y, e->start_mark, e->end_mark);
    return accept(y, out);
  case YAML_ALIAS_EVENT: *given = false; return alias(y, e);
  case YAML_DOCUMENT_START_EVENT:
    *given = false;
    if (y->finished)
      return refuse(y, TG_E_YAML_SUBSET, span_of(y, e->start_mark, e->end_mark),
                    "a second document in one file is not accepted", "give each document a file of its own");
    return TG_OK;
  case YAML_DOCUMENT_END_EVENT:
    *given = false;
    y->finished = true;
    return TG_OK;
  case YAML_STREAM_END_EVENT: out->kind = TG_YAML_END; return TG_OK;
  default: *given = false; return TG_OK;
  }
}

tg_status tg_yaml_next(tg_yaml *y, tg_yaml_event *out) {
  if (y->broken) return TG_INVALID;
  if (!y->started) {
    tg_status st = start(y);
    if (st != TG_OK) return st;
  }
  for (;;) {
    if (replayed(y, out)) {
      y->column = -1; /* checked where it was written */
      y->opens_flow = out->flow;
      tg_status st = accept(y, out);
      if (st != TG_OK) y->broken = true;
      return st;
    }
    bool given = false;
    tg_status st = step(y, out, &given);
    if (st != TG_OK) {
      y->broken = true;
      return st;
    }
    if (given) return TG_OK;
  }
}
