/* What commands share: environment, messages, rules, output. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* `##`, letters, `[`: build runners act on it wherever it stands in a line. */
static bool is_command(const char *text, size_t n) {
  size_t i = 2;
  if (n < 3 || text[0] != '#' || text[1] != '#') return false;
  while (i < n && (text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z') i++;
  return i < n && text[i] == '[';
}

/* What a stranger named (a file, an argument) neither changes the terminal's state nor commands a build runner; a terminal of another
 * locale would read the bytes of other characters as its own. */
static void say_safely(const char *text, size_t n, bool colours) {
  bool ascii = want_ascii();
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)text[i], next = i + 1 < n ? (unsigned char)text[i + 1] : 0;
    bool c1 = c == 0xc2 && next >= 0x80 && next < 0xa0;
    bool control = (c < 0x20 && c != '\n' && !(colours && c == 0x1b)) || c == 0x7f || c1;
    if (ascii && (c & 0xc0) == 0x80) continue; /* the rest of a character */
    fputc(control || (ascii && c >= 0x80) || is_command(text + i, n - i) ? '?' : c, stderr);
    i += c1;
  }
}

int complain(const char *format, ...) {
  va_list values;
  char text[4096 + 256];
  fflush(stdout);
  va_start(values, format);
  int n = vsnprintf(text, sizeof text, format, values);
  va_end(values);
  fputs("tollgate: ", stderr);
  for (char *p = text; n > 0 && *p; p++)
    if (*p == '\n') *p = ' '; /* one line, ours from its start */
  if (n > 0) say_safely(text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1, false);
  fputc('\n', stderr);
  return EXIT_USELESS;
}

bool want_colour(const char *mode, FILE *to) {
  if (mode != NULL && strcmp(mode, "always") == 0) return true;
  if (mode != NULL && strcmp(mode, "never") == 0) return false;
  const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
  return (no == NULL || *no == 0) && (term == NULL || strcmp(term, "dumb") != 0) && isatty(fileno(to));
}

bool want_ascii(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") != 0; }

int terminal_width(void) {
  struct winsize w;
  const char *columns = getenv("COLUMNS");
  int width = 0;
  if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0) width = w.ws_col;
  if (width == 0 && columns != NULL) width = atoi(columns);
  if (width == 0) return 100;
  return width < 60 ? 60 : width > 140 ? 140 : width;
}

bool session_open(session *s, const args *a) {
  memset(s, 0, sizeof *s);
  tg_env_options o;
  TG_INIT(&o);
  o.no_jit = a->no_jit;
  if (a->color != NULL && strcmp(a->color, "auto") != 0 && strcmp(a->color, "always") != 0 &&
      strcmp(a->color, "never") != 0) {
    complain("--color takes auto, always or never");
    return false;
  }
  s->colour_errors = want_colour(a->color, stderr);
  if (tg_env_new(&o, &s->env) == TG_OK && tg_messages_new(s->env, &s->messages) == TG_OK) {
    tg_messages_strict(s->messages, a->strict);
    return true;
  }
  complain("out of memory");
  session_close(s);
  return false;
}

void session_close(session *s) {
  tg_messages_free(s->messages);
  tg_env_free(s->env);
}

void session_say(session *s) {
  tg_text text;
  if (tg_messages_write(s->messages, s->colour_errors, &text) == TG_OK)
    say_safely(text.at, text.n, s->colour_errors);
  tg_messages_clear(s->messages);
}

/* ---- rules ---- */

static bool is_folder(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const char *shared_folder(const char *name, char path[PATH_MAX]) {
  char self[PATH_MAX], beside[PATH_MAX + 64];
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  if (n > 0) {
    self[n] = 0;
    char *slash = strrchr(self, '/');
    if (slash != NULL) *slash = 0;
    snprintf(beside, sizeof beside, "%s/../share/tollgate/%s", self, name);
    if (is_folder(beside) && realpath(beside, path) != NULL) return path;
  }
  snprintf(beside, sizeof beside, TOLLGATE_DATADIR "/%s", name);
  return is_folder(beside) && realpath(beside, path) != NULL ? path : NULL;
}

const char *standard_rules(void) {
  static char path[PATH_MAX];
  return shared_folder("rules", path);
}

static tg_text text_of(const char *s) { return (tg_text){s, strlen(s)}; }

static bool set_params(session *s, tg_compiler *c, const list *params) {
  for (size_t i = 0; i < params->n; i++) {
    const char *equals = strchr(params->at[i], '=');
    if (equals == NULL || equals == params->at[i]) {
      complain("--param takes NAME=VALUE, not `%s`", params->at[i]);
      return false;
    }
    tg_text name = {params->at[i], (size_t)(equals - params->at[i])};
    if (tg_compiler_set_param(c, name, text_of(equals + 1)) != TG_OK) {
      session_say(s);
      return false;
    }
  }
  return true;
}

/* --config, --profile, or what lies beside the facts; a profile named beside a configuration is what that one extends. */
static bool add_configs(session *s, const args *a, tg_compiler *c, const list *near) {
  bool ok = true;
  if (near == NULL) return true;
  if (a->profile != NULL) ok = tg_compiler_profile(c, text_of(a->profile)) == TG_OK;
  const char *config = a->config ? a->config : find_config(near);
  if (ok && config != NULL) ok = tg_compiler_config(c, config) == TG_OK;
  if (!ok) session_say(s);
  return ok;
}

tg_program_handle *load_rules(session *s, const args *a, const list *rules, const list *near) {
  tg_compiler *c = NULL;
  tg_program_handle *p = NULL;
  const char *standard = standard_rules();
  tg_status st = tg_compiler_new(s->env, s->messages, &c);
  if (st == TG_OK) tg_compiler_portfolio(c, a->portfolio);
  if (st == TG_OK && standard != NULL) st = tg_compiler_standard(c, standard);
  bool ok = st == TG_OK && set_params(s, c, &a->params) && add_configs(s, a, c, near);
  for (size_t i = 0; ok && i < rules->n; i++) {
    st = tg_compiler_add_path(c, rules->at[i]);
    ok = st == TG_OK || st == TG_INVALID ||
         st == TG_IO; /* the other files are still read, so that all errors show at once */
  }
  if (ok) st = tg_compiler_finish(c, &p);
  if (p == NULL && ok && rules->n == 0 && standard == NULL)
    complain("the standard packs are not installed; name rules with --rules");
  if (p != NULL && tg_messages_errors(s->messages) > 0) {
    tg_program_unref(p);
    p = NULL;
  }
  session_say(s);
  tg_compiler_free(c);
  return p;
}

tg_text *texts_of(const list *l) {
  tg_text *texts = calloc(l->n ? l->n : 1, sizeof *texts);
  for (size_t i = 0; texts != NULL && i < l->n; i++) texts[i] = (tg_text){l->at[i], strlen(l->at[i])};
  return texts;
}

/* ---- places ---- */

const char *find_config(const list *facts) {
  static char found[PATH_MAX + 32];
  for (size_t i = 0; i < facts->n || (i == 0 && facts->n == 0); i++) {
    char at[PATH_MAX];
    const char *file = facts->n ? facts->at[i] : ".";
    if (strcmp(file, "-") == 0) file = ".";
    if (realpath(file, at) == NULL) continue;
    if (!is_folder(at)) *strrchr(at, '/') = 0;
    for (;;) {
      snprintf(found, sizeof found, "%s/tollgate.yaml", at);
      if (access(found, F_OK) == 0) return found;
      char *slash = strrchr(at, '/');
      if (slash == NULL) break;
      *slash = 0;
    }
  }
  return NULL;
}

bool find_root(const char *given, const char **root, const char **prefix) {
  static char r[PATH_MAX], cwd[PATH_MAX];
  *root = *prefix = "";
  if (getcwd(cwd, sizeof cwd) == NULL) return true; /* a removed folder: paths stay as given */
  if (given != NULL) {
    if (realpath(given, r) == NULL || !is_folder(r)) {
      complain("--root: %s: %s", given, errno ? strerror(errno) : "not a folder");
      return false;
    }
  } else {
    strcpy(r, cwd);
    for (;;) {
      char git[PATH_MAX + 8];
      snprintf(git, sizeof git, "%s/.git", r);
      if (access(git, F_OK) == 0) break;
      char *slash = strrchr(r, '/');
      if (slash == NULL || slash == r) {
        strcpy(r, cwd);
        break;
      }
      *slash = 0;
    }
  }
  *root = r;
  size_t n = strlen(r);
  if (strcmp(r, "/") == 0)
    *prefix = cwd + 1;
  else if (strncmp(cwd, r, n) == 0 && cwd[n] == '/')
    *prefix = cwd + n + 1;
  return true;
}

/* ---- input and output ---- */

char *read_stdin(size_t *n) {
  size_t cap = 1u << 16, used = 0;
  char *bytes = malloc(cap);
  while (bytes != NULL) {
    ssize_t got = read(STDIN_FILENO, bytes + used, cap - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      complain("standard input: %s", strerror(errno));
      free(bytes);
      return NULL;
    }
    if (got == 0) {
      *n = used;
      return bytes;
    }
    used += (size_t)got;
    if (used < cap) continue;
    char *grown = cap > SIZE_MAX / 2 ? NULL : realloc(bytes, cap *= 2);
    if (grown == NULL) free(bytes);
    bytes = grown;
  }
  complain("standard input: out of memory");
  return NULL;
}

bool append_out(const char *path, const char *bytes, size_t n) {
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666), why = errno;
  bool ok = fd >= 0;
  for (size_t done = 0; ok && done < n;) {
    ssize_t put = write(fd, bytes + done, n - done);
    if (put < 0 && errno == EINTR) continue;
    ok = put > 0;
    why = errno;
    if (ok) done += (size_t)put;
  }
  if (fd >= 0 && close(fd) != 0 && ok) {
    ok = false;
    why = errno;
  }
  if (!ok) complain("%s: %s", path, strerror(why));
  return ok;
}

bool write_out(const char *path, const char *bytes, size_t n) {
  if (path == NULL) {
    if (fwrite(bytes, 1, n, stdout) == n && fflush(stdout) == 0) return true;
    complain("standard output: %s", strerror(errno));
    return false;
  }
  struct stat st;
  if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) { /* a pipe or device cannot be replaced: write into it */
    FILE *f = S_ISDIR(st.st_mode) ? NULL : fopen(path, "w");
    bool ok = f != NULL && fwrite(bytes, 1, n, f) == n;
    if (f != NULL && fclose(f) != 0) ok = false;
    if (!ok) complain("%s: %s", path, S_ISDIR(st.st_mode) ? strerror(EISDIR) : strerror(errno));
    return ok;
  }
  char aside[PATH_MAX];
  if ((size_t)snprintf(aside, sizeof aside, "%s.XXXXXX", path) >= sizeof aside) {
    complain("%s: %s", path, strerror(ENAMETOOLONG));
    return false;
  }
  int fd = mkstemp(aside);
  if (fd < 0) {
    complain("%s: %s", path, strerror(errno));
    return false;
  }
  mode_t mask = umask(0);
  umask(mask);
  bool ok = fchmod(fd, stat(path, &st) == 0 ? st.st_mode & 0777 : 0666 & ~mask) == 0;
  for (size_t done = 0; ok && done < n;) {
    ssize_t put = write(fd, bytes + done, n - done);
    if (put < 0 && errno == EINTR) continue;
    ok = put > 0;
    if (ok) done += (size_t)put;
  }
  int why = errno;
  if (close(fd) != 0 && ok) {
    ok = false;
    why = errno;
  }
  if (ok && rename(aside, path) != 0) {
    ok = false;
    why = errno;
  }
  if (!ok) {
    unlink(aside);
    complain("%s: %s", path, strerror(why));
  }
  return ok;
}
