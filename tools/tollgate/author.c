/* tollgate template, doc: what is written for those who fill in facts and those who read the rules. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#ifdef TOLLGATE_MD4C
#include <md4c-html.h>
#endif

static int finish(session *s, const char *path, char *text, size_t n) {
  int status = write_out(path, text, n) ? EXIT_CLEAN : EXIT_USELESS;
  tg_tools_release(s->env, text, n);
  return status;
}

/* ---- template ---- */

int run_template(const args *a) {
  session s;
  if (a->operands.n > 0)
    return complain("template takes no operands; gates are chosen with --phase, --gate, --area and --tag");
  if (!session_open(&s, a)) return EXIT_USELESS;
  int status = EXIT_USELESS;
  char *text = NULL;
  size_t n = 0;
  tg_program_handle *p = load_rules(&s, a, &a->rules, &a->operands);
  tg_run_options o;
  TG_INIT(&o);
  tg_text *filters[4];
  const list *lists[4] = {&a->gates, &a->areas, &a->phases, &a->tags};
  bool ok = true;
  for (int i = 0; i < 4; i++) ok &= (filters[i] = texts_of(lists[i])) != NULL;
  o.gates = filters[0], o.gate_count = a->gates.n;
  o.areas = filters[1], o.area_count = a->areas.n;
  o.phases = filters[2], o.phase_count = a->phases.n;
  o.tags = filters[3], o.tag_count = a->tags.n;
  if (!ok) complain("out of memory");
  if (ok && p != NULL) {
    tg_status st = tg_program_template(p, &o, s.messages, &text, &n);
    bool said = tg_messages_errors(s.messages) > 0;
    session_say(&s);
    if (st == TG_OK)
      status = finish(&s, a->output, text, n);
    else if (!said)
      complain("%s", st == TG_INVALID ? "these rules have no fact model" : tg_status_text(st));
  }
  for (int i = 0; i < 4; i++) free(filters[i]);
  tg_program_unref(p);
  session_close(&s);
  return status;
}

/* ---- doc ---- */

#ifdef TOLLGATE_MD4C
static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Gate "
    "catalogue</title>\n<style>\n"
    "body { font: 16px/1.5 sans-serif; color: #1a1a1a; background: #fff; max-width: 60rem; margin: 2rem "
    "auto; padding: 0 1rem; }\n"
    "h2 { border-bottom: 1px solid #888; margin-top: 3rem; } h3 { margin-top: 2.5rem; }\n"
    "code { font: 0.9em monospace; background: #f2f2f2; overflow-wrap: anywhere; }\n"
    "table { border-collapse: collapse; width: 100%; } td, th { border: 1px solid #bbb; padding: 0.2rem "
    "0.5rem; text-align: left; "
    "vertical-align: top; overflow-wrap: anywhere; }\n"
    "a { color: #004a99; }\n"
    "@media print { body { max-width: none; margin: 0; font-size: 10pt; } h2, h3 { break-after: avoid; } tr, "
    "li { break-inside: avoid; } "
    "a { color: inherit; text-decoration: none; } code { background: none; } }\n"
    "</style>\n</head>\n<body>\n";
static const char foot[] = "</body>\n</html>\n";

typedef struct page {
  char *at;
  size_t n, cap;
  bool failed;
} page;

static void put(page *p, const char *bytes, size_t n) {
  if (p->failed || n > SIZE_MAX / 4 || p->n + n > SIZE_MAX / 4) {
    p->failed = true;
    return;
  }
  if (p->n + n > p->cap) {
    size_t cap = (p->n + n) * 2;
    char *grown = realloc(p->at, cap);
    if (grown == NULL) {
      p->failed = true;
      return;
    }
    p->at = grown;
    p->cap = cap;
  }
  memcpy(p->at + p->n, bytes, n);
  p->n += n;
}

static void put_piece(const MD_CHAR *bytes, MD_SIZE n, void *to) { put(to, bytes, n); }

/* The next `what` in html from `at` on, or n. */
static size_t find(const page *html, size_t at, const char *what) {
  const char *hit = at < html->n ? memmem(html->at + at, html->n - at, what, strlen(what)) : NULL;
  return hit ? (size_t)(hit - html->at) : html->n;
}

/* Gives headings the anchors that the contents link to.  The catalogue has no links but those of its contents, one a heading after it, in the same
 * order; tags are md4c's alone, for raw HTML is off. */
static void put_anchored(page *to, const page *html) {
  static const char link[] = "<a href=\"#";
  size_t anchor = find(html, 0, link), heading = anchor, at = 0;
  while (anchor < html->n) {
    size_t h2 = find(html, heading, "<h2>"), h3 = find(html, heading, "<h3>");
    size_t begin = anchor + sizeof link - 1, end = find(html, begin, "\"");
    heading = (h2 < h3 ? h2 : h3) + 3;
    if (heading > html->n) break;
    put(to, html->at + at, heading - at);
    put(to, " id=\"", 5);
    put(to, html->at + begin, end - begin);
    put(to, "\"", 1);
    at = heading;
    anchor = find(html, end, link);
  }
  put(to, html->at + at, html->n - at);
}

static int write_html(const char *path, const char *text, size_t n) {
  page html = {0}, whole = {0};
  int status = EXIT_USELESS;
  put(&whole, head, sizeof head - 1);
  if (n > UINT32_MAX / 2 ||
      md_html(text, (MD_SIZE)n, put_piece, &html, MD_FLAG_TABLES | MD_FLAG_NOHTML, 0) != 0)
    complain("cannot make HTML of the catalogue");
  else {
    put_anchored(&whole, &html);
    put(&whole, foot, sizeof foot - 1);
    if (html.failed || whole.failed)
      complain("out of memory");
    else if (write_out(path, whole.at, whole.n))
      status = EXIT_CLEAN;
  }
  free(html.at);
  free(whole.at);
  return status;
}
#else
static int write_html(const char *path, const char *text, size_t n) {
  (void)path, (void)text, (void)n;
  return EXIT_USELESS; /* refused before anything is read */
}
#endif

int run_doc(const args *a) {
  session s;
  bool html = a->format != NULL && strcmp(a->format, "html") == 0;
  if (a->format != NULL && !html && strcmp(a->format, "markdown") != 0)
    return complain("the catalogue is written as markdown or html, not `%s`", a->format);
#ifndef TOLLGATE_MD4C
  if (html) return complain("this tollgate was built without md4c: it writes the catalogue as markdown only");
#endif
  if (!session_open(&s, a)) return EXIT_USELESS;
  args portfolio = *a;
  portfolio.portfolio = true;
  /* Gates over one engagement and gates over several are programs apart. */
  tg_program_handle *programs[2] = {load_rules(&s, a, &a->operands, NULL), NULL};
  size_t count = 1, n = 0;
  int status = EXIT_USELESS;
  if (programs[0] != NULL) programs[1] = load_rules(&s, &portfolio, &a->operands, NULL);
  tg_program_info info;
  TG_INIT(&info);
  if (programs[1] != NULL && tg_program_get_info(programs[1], &info) == TG_OK && info.gates > 0) count = 2;
  if (programs[1] != NULL) {
    char *text = NULL;
    tg_status st = tg_programs_catalogue((const tg_program_handle *const *)programs, count, &text, &n);
    if (st != TG_OK)
      complain("%s", tg_status_text(st));
    else if (!html)
      status = write_out(a->output, text, n) ? EXIT_CLEAN : EXIT_USELESS;
    else
      status = write_html(a->output, text, n);
    tg_tools_release(s.env, text, n);
  }
  tg_program_unref(programs[0]);
  tg_program_unref(programs[1]);
  session_close(&s);
  return status;
}
