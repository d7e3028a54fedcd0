#include "yaml/lapse.h"

#include <string.h>

static bool is_break(uint8_t c) { return c == '\n' || c == '\r'; }
static bool is_blank(uint8_t c) { return c == ' ' || c == '\t'; }

static size_t spaces_at(const tg_yaml_spot *s, size_t at) {
  size_t n = 0;
  while (at + n < s->len && s->text[at + n] == ' ') n++;
  return n;
}

/* Nothing but blanks up to the end of the line or text. */
static bool rest_is_blank(const tg_yaml_spot *s, size_t at) {
  while (at < s->len && is_blank(s->text[at])) at++;
  return at == s->len || is_break(s->text[at]);
}

/* The first byte of the next line, or the length. */
static size_t next_line(const tg_yaml_spot *s, size_t at) {
  while (at < s->len && !is_break(s->text[at])) at++;
  if (at < s->len && s->text[at] == '\r' && at + 1 < s->len && s->text[at + 1] == '\n') at++;
  return at < s->len ? at + 1 : at;
}

/* Lines of a quoted text that follow its first are indented more than what it stands in. */
static const char *quoted_lapse(const tg_yaml_spot *s) {
  if (s->end < s->len && s->text[s->end] == '#') return "a comment needs a blank in front of its `#`";
  for (size_t at = next_line(s, s->start); at < s->end; at = next_line(s, at)) {
    if (rest_is_blank(s, at) || s->indent < 0) continue;
    if (spaces_at(s, at) <= (size_t)s->indent)
      return "this text goes on in a line that is not indented enough";
  }
  return NULL;
}

static const char *block_lapse(const tg_yaml_spot *s) {
  size_t at = s->start + 1, deepest = 0;
  bool told = false; /* how deep it is indented */
  for (; at < s->len && strchr("+-0123456789", s->text[at]) != NULL && s->text[at] != 0; at++)
    told |= s->text[at] >= '0' && s->text[at] <= '9';
  if (at < s->len && s->text[at] == '#') return "a comment needs a blank in front of its `#`";
  for (at = next_line(s, at); !told && at < s->len; at = next_line(s, at)) {
    size_t spaces = spaces_at(s, at);
    if (rest_is_blank(s, at)) {
      if (spaces > deepest) deepest = spaces;
      continue;
    }
    if (spaces < deepest && (s->indent < 0 || spaces > (size_t)s->indent))
      return "an empty line in front of this text is indented more than the text";
    break;
  }
  size_t end = s->end, last = s->end; /* a last line of blanks alone, without its end */
  while (end < s->len && s->text[end] == ' ') end++;
  while (last > s->start && s->text[last - 1] == ' ') last--;
  if (end == s->len && last < end && is_break(s->text[last - 1]))
    return "the last line holds blanks alone and does not end";
  return NULL;
}

const char *tg_yaml_node_lapse(const tg_yaml_spot *s) {
  if (!s->flow) return NULL;
  if (s->key && s->start > 0 && s->text[s->start - 1] == '?') return "a `?` needs a blank behind it";
  size_t at = s->start;
  while (at > 0 && is_blank(s->text[at - 1])) at--;
  bool first = at == 0 || is_break(s->text[at - 1]);
  if (first && s->indent >= 0 && spaces_at(s, at) <= (size_t)s->indent)
    return "inside brackets, this line is not indented enough";
  return NULL;
}

const char *tg_yaml_scalar_lapse(const tg_yaml_spot *s, tg_yaml_style style) {
  const char *wrong = tg_yaml_node_lapse(s);
  if (wrong != NULL) return wrong;
  if (style == TG_YAML_SINGLE || style == TG_YAML_DOUBLE) return quoted_lapse(s);
  if (style == TG_YAML_LITERAL || style == TG_YAML_FOLDED) return block_lapse(s);
  return NULL;
}

const char *tg_yaml_name_lapse(const tg_yaml_spot *s, size_t n) {
  size_t at = s->start + 1 + n;
  if (at >= s->len || is_blank(s->text[at]) || is_break(s->text[at])) return NULL;
  return strchr(",[]{}", s->text[at]) != NULL ? NULL : "names of anchors hold letters, digits, `-` and `_`";
}
