/* The process's own allocator under watch: libyaml and the regex JIT ask malloc and mmap, not the allocator that a caller gives.
 * Linking process_memory.c puts these functions before libc's.  Not beside sanitizers, which bring an allocator of their own:
 * there TG_WATCHED is 0 and nothing is counted. */
#ifndef TG_TEST_PROCESS_MEMORY_H
#define TG_TEST_PROCESS_MEMORY_H

typedef struct process_memory {
  long calls;    /* of malloc, calloc, realloc and mmap since the start */
  long blocks;   /* handed out and not freed */
  long maps;     /* calls of mmap */
  long fail_at;  /* the call with this number is refused; 0 = none */
  int for_good;  /* and all after it */
  int fail_maps; /* only calls of mmap are refused, all of them */
} process_memory;

extern process_memory process;

#endif
