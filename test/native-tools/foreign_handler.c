// A preloaded library with a signal handler of its own, as a crash reporter would have: it says `foreign` on
// standard output. FOREIGN_SIGNAL is the number, FOREIGN_FLAGS the flags in hexadecimal.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(int signo) {
  (void)signo;
  const int saved = errno;
  if (write(1, "foreign\n", 8) != 8) _exit(96);
  errno = saved;
}

__attribute__((constructor)) static void install(void) {
  const char* signal = getenv("FOREIGN_SIGNAL");
  const char* flags = getenv("FOREIGN_FLAGS");
  if (signal == NULL) return;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = say;
  action.sa_flags = flags != NULL ? (int)strtoul(flags, NULL, 16) : 0;
  sigaction(atoi(signal), &action, NULL);
  // Not for the children.
  unsetenv("LD_PRELOAD");
}
