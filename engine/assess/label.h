/* Names of subjects: the label people read, the key fingerprints are made of, the pointer tools follow. */
#ifndef TG_ASSESS_LABEL_H
#define TG_ASSESS_LABEL_H

#include "assess/assess.h"
#include "vm/vm.h"

typedef struct tg_subject_name {
  tg_str label, pointer, key; /* in the arena that was given */
  bool stable;                /* the key survives reordering */
} tg_subject_name;

tg_status tg_subject_name_of(tg_assessment *a, const tg_subject *s, tg_arena *arena, tg_subject_name *out);
/* The label alone. */
tg_status tg_subject_label(tg_assessment *a, const tg_subject *s, tg_str *out);

#endif
