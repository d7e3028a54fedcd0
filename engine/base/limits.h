/* Every bound of the engine, in one place.  Each has a test at it and one past it. */
#ifndef TG_BASE_LIMITS_H
#define TG_BASE_LIMITS_H

/* Diagnostics kept in full; more are only counted.  Nobody reads the 51st error. */
#define TG_MAX_DIAGS 50
/* Characters of a source line shown under a diagnostic; a minified file is one line of megabytes. */
#define TG_MAX_EXCERPT 160
/* Containers inside containers in facts and rule files.  Our own readers recurse this deep at most. */
#define TG_MAX_DEPTH 128
/* Nodes that YAML aliases may add to a document, as a multiple of the nodes it wrote, plus a floor. */
#define TG_MAX_ALIAS_FACTOR 8
#define TG_MAX_ALIAS_FLOOR  10000
/* All sources of one store share one 32-bit address space (positions are 32 bits). */
#define TG_MAX_SOURCE_BYTES 0xfff00000u
/* Expressions nested in expressions (parentheses, operators, calls). */
#define TG_MAX_EXPR_DEPTH 200
/* Characters of one expression. */
#define TG_MAX_EXPR_BYTES 65536
/* Bindings inside bindings, the gate's own included: one row space of the VM each. */
#define TG_MAX_BINDINGS 5
/* Lets inside lets: the machine recurses this deep at most. */
#define TG_MAX_LET_DEPTH 64
/* Calls of lets with arguments, and arguments put in place, in one gate: two calls a level double. */
#define TG_MAX_EXPANSION 20000
/* Gates and lets in one program. */
#define TG_MAX_UNITS 100000
/* Bytes of a regular expression, and of a subject it is matched against. */
#define TG_MAX_REGEX_BYTES   4096
#define TG_MAX_REGEX_SUBJECT (1u << 20)
/* PCRE2 budgets of one match: steps, backtracking depth, heap in KiB. */
#define TG_REGEX_MATCH_LIMIT 100000
#define TG_REGEX_DEPTH_LIMIT 1000
#define TG_REGEX_HEAP_KIB    2048
/* Cost units of one subject, and of everything computed once a document (lets, indexes). */
#define TG_MAX_SUBJECT_COST  50000000ull
#define TG_MAX_DOCUMENT_COST 500000000ull
/* Cost units, bytes read and rows made between two questions to the interrupt callback. */
#define TG_INTERRUPT_COST  10000
#define TG_INTERRUPT_BYTES (1u << 20)
#define TG_INTERRUPT_ROWS  4096
/* Causes and facts kept for one finding; the count goes on. */
#define TG_MAX_CAUSES 32
/* What an explanation records of the facts that values rest on; past it only causes are recorded.  A subject at its cost limit
 * would fill gigabytes. */
#define TG_MAX_SUPPORT (1u << 20)
/* Bytes of one message made from a template. */
#define TG_MAX_MESSAGE 4096
/* Slots of one row: an operand's index has 13 bits. */
#define TG_MAX_SLOTS  8192
#define TG_MAX_TEMPS  8192
#define TG_MAX_CONSTS 8192
/* Jumps of one block whose targets lie ahead at one time. */
#define TG_MAX_PENDING 1024

#endif
