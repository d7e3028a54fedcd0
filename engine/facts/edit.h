/* Changes to facts by path, for tests of rules and for "what if".
 *
 * A change copies the containers on its way and shares everything beside it, so that many variants of one document live in one
 * store: each is a root of its own. */
#ifndef TG_FACTS_EDIT_H
#define TG_FACTS_EDIT_H

#include "facts/model.h"

typedef struct tg_edit {
  tg_str path;    /* as rules print it: "systems[billing].kt.sessions_done"; `[]` is every record */
  uint32_t place; /* address of the path in the store's sources, for diagnostics */
  bool remove;
  tg_value value; /* a node of the store; unused with `remove` */
} tg_edit;

/* *root becomes the node of a document in which the path holds the value (or nothing).  What the path needs is made: records, and a record
 * of a keyed list with that key.  A list without keys is reached by position, from 0; one past the last appends.  TG_INVALID: the path is
 * malformed, or leads through something that is no container; nothing to remove is an error too. */
tg_status tg_facts_edit(tg_store *s, const tg_model *m, const tg_edit *e, tg_diags *d, uint32_t *root);

#endif
