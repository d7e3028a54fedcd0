/* Reads one document with our readers and prints it as JSON.  usage: dump json|yaml FILE; status 0, or 2 with the diagnostics on standard error. */
#include "base/load.h"
#include "facts/store.h"

#include <stdio.h>
#include <string.h>

static tg_heap heap;

static void put_text(tg_str s, tg_buf *out) {
  tg_buf_putc(out, '"');
  for (uint32_t i = 0; i < s.n; i++) {
    uint8_t c = (uint8_t)s.at[i];
    if (c < 0x20 || c == '"' || c == '\\')
      tg_buf_printf(out, "\\u%04x", c);
    else
      tg_buf_putc(out, (char)c);
  }
  tg_buf_putc(out, '"');
}

static void put(const tg_store *s, uint32_t node, tg_buf *out) {
  tg_value v = s->tree.nodes.at[node];
  bool map = v.kind == TG_V_MAP;
  if (v.kind == TG_V_UNKNOWN) {
    tg_buf_puts(out, "null");
  } else if (tg_is_text(v)) {
    put_text(tg_text_of(&heap, &v), out);
  } else if (!map && v.kind != TG_V_SEQ) {
    tg_value_print(&heap, v, out);
  } else {
    tg_buf_putc(out, map ? '{' : '[');
    for (uint32_t i = 0; i < tg_node_count(v); i++) {
      if (i) tg_buf_putc(out, ',');
      if (map) {
        put_text(tg_names_get(&s->names, s->tree.keys.at[tg_node_first(v) + i]), out);
        tg_buf_putc(out, ':');
      }
      put(s, tg_node_first(v) + i, out);
    }
    tg_buf_putc(out, map ? '}' : ']');
  }
}

int main(int argc, char **argv) {
  tg_store store;
  tg_mem mem;
  tg_diags d;
  tg_buf out;
  uint32_t source;
  if (argc != 3) return 64;
  tg_mem_init(&mem, NULL, 0);
  tg_diags_init(&d, &mem);
  tg_buf_init(&out, &mem);
  tg_heap_init(&heap, &mem);
  tg_status st = tg_store_init(&store, NULL, 0);
  if (st == TG_OK) st = tg_facts_load_file(&store, argv[2], tg_str_of(argv[2]), &d, &source);
  if (st == TG_OK)
    st = tg_facts_read(&store, source, strcmp(argv[1], "json") == 0 ? TG_FORMAT_JSON : TG_FORMAT_YAML, &d);
  if (st == TG_OK) {
    tg_store_heap(&store, &heap);
    put(&store, store.roots.at[0], &out);
    printf("%s\n", out.at);
  }
  tg_buf_clear(&out);
  for (uint32_t i = 0; i < d.list.n; i++) tg_diag_write(&d.list.at[i], false, &out);
  if (out.n) fputs(out.at, stderr);
  tg_buf_done(&out);
  tg_heap_done(&heap);
  tg_diags_done(&d);
  tg_store_done(&store);
  return st == TG_OK ? 0 : 2;
}
