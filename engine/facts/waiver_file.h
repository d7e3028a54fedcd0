/* A YAML file of waivers to which one more is appended, everything that stands in it left byte for byte. */
#ifndef TG_FACTS_WAIVER_FILE_H
#define TG_FACTS_WAIVER_FILE_H

#include "facts/store.h"

/* Texts as they are written; compensating_action may be empty: it is left out. */
typedef struct tg_waiver_entry {
  tg_str id, gate, item, reason, owner, approver, approved_on, expires_on, compensating_action;
} tg_waiver_entry;

typedef enum tg_waiver_layout {
  TG_LAYOUT_EMPTY, /* no document, comments at most */
  TG_LAYOUT_KEY,   /* `waivers:` with nothing behind it */
  TG_LAYOUT_BLOCK, /* - items on lines of their own */
  TG_LAYOUT_FLOW   /* [items] */
} tg_waiver_layout;

typedef struct tg_waiver_file {
  tg_store store; /* the entries as facts, below `waivers` */
  tg_str name;
  uint32_t source;
  tg_waiver_layout layout;
  uint32_t list;   /* node of the list, or UINT32_MAX */
  uint32_t count;  /* entries */
  uint32_t insert; /* offset in the text at which an entry goes in */
  uint32_t indent; /* BLOCK: offset of the line of the first item, whose indentation the others share */
  uint32_t indent_len;
} tg_waiver_file;

/* `path` NULL: there is no file yet.  TG_INVALID, TG_IO: the sink says why; tg_waiver_file_done releases what was read all the same. */
tg_status tg_waiver_file_read(tg_waiver_file *f, tg_mem *mem, const char *path, tg_str name, tg_diags *d);
void tg_waiver_file_done(tg_waiver_file *f);
/* A text of entry `i`; .at NULL when it has none. */
tg_str tg_waiver_file_text(const tg_waiver_file *f, uint32_t i, const char *key);
/* The whole text with one entry more.  It is read back: TG_INVALID when it would not say what it should. */
tg_status tg_waiver_file_append(const tg_waiver_file *f, const tg_waiver_entry *e, tg_diags *d, tg_buf *out);

#endif
