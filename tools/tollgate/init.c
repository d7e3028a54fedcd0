/* tollgate init: a copy of the starter, with the pack's name filled in. */
#include "cli.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MOST = 100, DEEPEST = 8 };

typedef struct starter {
  const char *name;           /* my.pack */
  char area[NAME_MOST + 1];   /* pack */
  char prefix[NAME_MOST + 1]; /* PACK */
} starter;

/* As rule files want it: words joined by points, each beginning with a letter. */
static bool good_name(const char *name) {
  bool start = true;
  for (const char *p = name; *p; p++) {
    bool letter = (*p >= 'a' && *p <= 'z') || *p == '_', digit = *p >= '0' && *p <= '9';
    if (*p == '.') {
      if (start) return false;
      start = true;
      continue;
    }
    if (!letter && (start || !(digit || *p == '-'))) return false;
    start = false;
  }
  return !start && strlen(name) <= NAME_MOST;
}

/* The last word is the area; its letters and digits in capitals begin the ids of gates. */
static void derive(starter *s) {
  const char *point = strrchr(s->name, '.'), *last = point ? point + 1 : s->name;
  size_t n = 0;
  snprintf(s->area, sizeof s->area, "%s", last);
  for (const char *p = last; *p; p++)
    if (*p >= 'a' && *p <= 'z')
      s->prefix[n++] = (char)(*p - 'a' + 'A');
    else if (*p >= '0' && *p <= '9')
      s->prefix[n++] = *p;
  if (n == 0) snprintf(s->prefix, sizeof s->prefix, "MY");
}

/* `text` with @PACK@, @AREA@ and @PREFIX@ replaced, to be freed; NULL when memory was refused. */
static char *filled(const starter *s, const char *text, size_t n, size_t *out) {
  const struct {
    const char *word, *value;
  } words[] = {{"@PACK@", s->name}, {"@AREA@", s->area}, {"@PREFIX@", s->prefix}};
  char *to = malloc(n * (NAME_MOST / 6 + 1) + 1); /* the shortest word grows most */
  size_t put = 0;
  for (size_t i = 0; to != NULL && i < n;) {
    size_t w = 0;
    while (w < 3 &&
           (n - i < strlen(words[w].word) || memcmp(text + i, words[w].word, strlen(words[w].word)) != 0))
      w++;
    if (w == 3) {
      to[put++] = text[i++];
      continue;
    }
    memcpy(to + put, words[w].value, strlen(words[w].value));
    put += strlen(words[w].value);
    i += strlen(words[w].word);
  }
  if (to != NULL) to[put] = 0;
  *out = put;
  return to;
}

static bool read_file(const char *path, char **text, size_t *n) {
  FILE *f = fopen(path, "rb");
  struct stat st;
  *text = NULL;
  *n = 0;
  bool ok = f != NULL && fstat(fileno(f), &st) == 0 && (*text = malloc((size_t)st.st_size + 1)) != NULL;
  if (ok) *n = fread(*text, 1, (size_t)st.st_size, f);
  ok = ok && *n == (size_t)st.st_size;
  if (!ok) complain("%s: %s", path, strerror(errno));
  if (f != NULL) fclose(f);
  return ok;
}

static bool copy_file(const starter *s, const char *from, const char *to) {
  char *text, *made = NULL;
  size_t n, length = 0;
  bool ok = read_file(from, &text, &n);
  if (ok && (made = filled(s, text, n, &length)) == NULL) ok = (complain("out of memory"), false);
  ok = ok && write_out(to, made, length);
  if (ok) printf("%s\n", to);
  free(made);
  free(text);
  return ok;
}

/* Everything below `from`, names filled in too. */
static bool copy_folder(const starter *s, const char *from, const char *to, int depth) {
  struct dirent **entries = NULL;
  if (mkdir(to, 0777) != 0 && errno != EEXIST) return complain("%s: %s", to, strerror(errno)), false;
  int n = depth > DEEPEST ? -1 : scandir(from, &entries, NULL, alphasort);
  bool ok = n >= 0;
  if (!ok) complain("%s: cannot read the folder", from);
  for (int i = 0; i < n; i++) {
    const char *name = entries[i]->d_name;
    size_t length;
    char source[PATH_MAX], target[PATH_MAX], *called = NULL;
    struct stat st;
    if (ok && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
      called = filled(s, name, strlen(name), &length);
      ok = called != NULL && (size_t)snprintf(source, sizeof source, "%s/%s", from, name) < sizeof source &&
           (size_t)snprintf(target, sizeof target, "%s/%s", to, called) < sizeof target &&
           stat(source, &st) == 0;
      if (!ok)
        complain("%s/%s: cannot be copied", from, name);
      else
        ok = S_ISDIR(st.st_mode) ? copy_folder(s, source, target, depth + 1) : copy_file(s, source, target);
    }
    free(called);
    free(entries[i]);
  }
  free(entries);
  return ok;
}

/* New, or a folder with nothing in it: nobody's work is written over. */
static bool is_free(const char *path) {
  DIR *dir = opendir(path);
  if (dir == NULL) return errno == ENOENT || (complain("%s: %s", path, strerror(errno)), false);
  bool empty = true;
  for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
    empty &= strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
  closedir(dir);
  if (!empty) complain("%s is not empty; init wants a new or an empty folder", path);
  return empty;
}

int run_init(const args *a) {
  starter s = {.name = a->name ? a->name : "my.pack"};
  char from[PATH_MAX];
  if (a->operands.n != 1) return complain("init takes one folder, new or empty");
  if (!good_name(s.name))
    return complain("`%s` is no name for a pack: small letters, digits, - and _, words joined by points",
                    s.name);
  if (strncmp(s.name, "bot.", 4) == 0)
    return complain("names that begin with `bot.` belong to the standard packs");
  if (shared_folder("starter", from) == NULL) return complain("the starter is not installed");
  derive(&s);
  if (!is_free(a->operands.at[0])) return EXIT_USELESS;
  return copy_folder(&s, from, a->operands.at[0], 1) ? EXIT_CLEAN : EXIT_USELESS;
}
