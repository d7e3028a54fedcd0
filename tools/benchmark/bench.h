#ifndef TOLLGATE_BENCH_H
#define TOLLGATE_BENCH_H

#include "tollgate/tools.h"

/* The 40 rules by hand: 0 when the program's plan lacks a slot they read. */
int hand_init(const tg_program_handle *p);
void hand_done(void);
/* Findings in the rows that tg_tools_fill made. */
size_t hand_rules(const tg_eval *e, const tg_facts *f);

#endif
