/* Making a machine, and one run of the verdict pass. */
#include "vm/vm.h"

#include "vm/machine.h"

#include <string.h>

tg_status tg_vm_new(tg_mem *mem, const tg_program *program, tg_vm **out) {
  tg_vm *vm = tg_mem_zalloc(mem, sizeof *vm);
  if (vm == NULL) return tg_mem_status(mem);
  vm->mem = mem;
  vm->p = program;
  tg_heap_init(&vm->heap, mem);
  tg_arena_init(&vm->arena, mem);
  tg_buf_init(&vm->message, mem);
  vm->temp_count = program->max_temps ? program->max_temps : 1;
  vm->temps = tg_mem_zalloc(mem, sizeof *vm->temps * vm->temp_count);
  vm->whys = tg_mem_zalloc(mem, sizeof *vm->whys * vm->temp_count);
  vm->lets = tg_mem_zalloc(mem, sizeof *vm->lets * (program->let_count + 1));
  vm->indexes = tg_mem_zalloc(mem, sizeof *vm->indexes * program->plan.shape_count);
  vm->results = tg_mem_zalloc(mem, sizeof *vm->results * (program->gate_count + 1));
  tg_status st = vm->temps && vm->whys && vm->lets && vm->indexes && vm->results
                     ? tg_matcher_new(mem, &vm->matcher)
                     : tg_mem_status(mem);
  if (st != TG_OK) {
    tg_vm_free(vm);
    return st;
  }
  *out = vm;
  return TG_OK;
}

void tg_vm_free(tg_vm *vm) {
  if (vm == NULL) return;
  tg_mem *m = vm->mem;
  for (uint32_t s = 0; vm->indexes && s < vm->p->plan.shape_count; s++)
    tg_mem_free(m, vm->indexes[s].slots, sizeof(uint32_t) * vm->indexes[s].slot_count);
  tg_matcher_free(vm->matcher);
  tg_mem_free(m, vm->temps, sizeof *vm->temps * vm->temp_count);
  tg_mem_free(m, vm->whys, sizeof *vm->whys * vm->temp_count);
  tg_mem_free(m, vm->lets, sizeof *vm->lets * (vm->p->let_count + 1));
  tg_mem_free(m, vm->indexes, sizeof *vm->indexes * vm->p->plan.shape_count);
  tg_mem_free(m, vm->results, sizeof *vm->results * (vm->p->gate_count + 1));
  tg_vec_done(m, &vm->members);
  tg_vec_done(m, &vm->subjects);
  tg_vec_done(m, &vm->clauses);
  tg_vec_done(m, &vm->facts);
  tg_buf_done(&vm->message);
  tg_heap_done(&vm->heap);
  tg_arena_done(&vm->arena);
  tg_mem_free(m, vm, sizeof *vm);
}

const tg_gate_result *tg_vm_gate(const tg_vm *vm, uint32_t gate) { return &vm->results[gate]; }

const tg_subject *tg_vm_subjects(const tg_vm *vm, uint32_t *count) {
  *count = vm->subjects.n;
  return vm->subjects.at;
}

uint64_t tg_vm_cost(const tg_vm *vm) { return vm->cost; }
uint64_t tg_vm_instructions(const tg_vm *vm) { return vm->executed; }
tg_heap *tg_vm_heap(tg_vm *vm) { return &vm->heap; }
