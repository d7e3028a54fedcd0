/* Runs a target over files, for builds without libFuzzer.  usage: replay FOLDER|FILE... */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

static int ran;

static int replay(const char *path) {
  FILE *f = fopen(path, "rb");
  long n = -1;
  if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0) {
    fprintf(stderr, "cannot read %s\n", path);
    if (f != NULL) fclose(f);
    return 1;
  }
  uint8_t *bytes = malloc((size_t)n + 1); /* exactly so long for the target: a read behind it is seen */
  int wrong = bytes == NULL || fread(bytes, 1, (size_t)n, f) != (size_t)n;
  fclose(f);
  if (!wrong) LLVMFuzzerTestOneInput(bytes, (size_t)n);
  ran += !wrong;
  free(bytes);
  return wrong;
}

int main(int argc, char **argv) {
  int wrong = 0;
  for (int i = 1; i < argc; i++) {
    DIR *folder = opendir(argv[i]);
    if (folder == NULL) {
      wrong += replay(argv[i]);
      continue;
    }
    for (struct dirent *e; (e = readdir(folder)) != NULL;) {
      char path[4096];
      struct stat st;
      snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
      if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) wrong += replay(path);
    }
    closedir(folder);
  }
  printf("%d passed, %d failed\n", ran, wrong);
  return wrong > 0 || ran == 0;
}
