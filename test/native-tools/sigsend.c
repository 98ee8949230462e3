// Sends signals with payloads, as a program that knows nothing of sigbridge.
//   sigsend queue PID SIGNO VALUE [UID]     one, from a process with that real uid
//   sigsend series PID FIRST LAST COUNT     values 1..COUNT to each signal of the range, the signals in turn
//   sigsend storm PID SIGNO...              without end, until the process is gone
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The queue of pending signals is one for all processes of a user: filled up to RLIMIT_SIGPENDING,
// everybody's signals lose what they carry. So a flood keeps to a part of it.
static void wait_for_room(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
  for (;;) {
    long queued = 0;
    char line[256];
    FILE* status = fopen(path, "re");
    if (status == NULL) return;
    while (fgets(line, sizeof line, status) != NULL) {
      if (sscanf(line, "SigQ: %ld", &queued) == 1) break;
    }
    fclose(status);
    if (queued < 4096) return;
    sched_yield();
  }
}

// A full queue is the receiver's business: wait for it.
static int send_one(pid_t pid, int signo, long long value) {
  union sigval payload;
  memset(&payload, 0, sizeof payload);
  payload.sival_ptr = (void*)value;
  static unsigned sent = 0;
  if (++sent % 512 == 0) wait_for_room(pid);
  for (;;) {
    if (sigqueue(pid, signo, payload) == 0) return 0;
    if (errno != EAGAIN) return -1;
    sched_yield();
  }
}

static long long number(const char* text) {
  return text[0] == '-' ? strtoll(text, NULL, 0) : (long long)strtoull(text, NULL, 0);
}

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const pid_t pid = (pid_t)number(argv[2]);
  if (strcmp(argv[1], "queue") == 0 && argc >= 5) {
    // The effective uid stays: it is the one that is asked whether we may, the real one is what is told.
    const long long uid = argc > 5 ? number(argv[5]) : -1;
    if (uid >= 0 && setresuid((uid_t)uid, (uid_t)-1, (uid_t)-1) != 0) {
      perror("setresuid");
      return 1;
    }
    if (send_one(pid, (int)number(argv[3]), number(argv[4])) == 0) return 0;
    perror("sigqueue");
    return 1;
  }
  if (strcmp(argv[1], "series") == 0 && argc == 6) {
    const int first = (int)number(argv[3]), last = (int)number(argv[4]), count = (int)number(argv[5]);
    for (int value = 1; value <= count; ++value) {
      for (int signo = first; signo <= last; ++signo) {
        if (send_one(pid, signo, value) == 0) continue;
        perror("sigqueue");
        return 1;
      }
    }
    return 0;
  }
  if (strcmp(argv[1], "storm") == 0) {
    for (long long value = 1;; ++value) {
      for (int i = 3; i < argc; ++i) {
        if (send_one(pid, (int)number(argv[i]), value) != 0) return errno == ESRCH ? 0 : 1;
      }
    }
  }
  return 2;
}
