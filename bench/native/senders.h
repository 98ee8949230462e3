// A storm of signals from one or more processes, as fast as they go, none given up. Included by driver.c
// alone.
#pragma once

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

enum { MAX_SENDERS = 7 };

struct storm {
  pid_t receiver;
  int signo;
  int queued;
  int senders;
  long count;
  // Out:
  long refused;
  int64_t first_ns, last_ns;
};

// The sender's number above, its 1, 2, 3, ... below: an int32, and a receiver can tell each sender's order.
static inline int payload(int sender, long i) {
  return (sender << 28) | (int)i;
}

struct sender_report {
  long refused;
  int64_t first_ns, last_ns;
};

static int send_some(const struct storm* storm, int sender, long count, struct sender_report* report) {
  // The receiver's queue is full (RLIMIT_SIGPENDING, all of a user's processes share it): room comes as fast
  // as it takes signals.
  const struct timespec breath = {0, 50000};
  report->first_ns = clock_now();
  for (long i = 1; i <= count; ++i) {
    const union sigval value = {.sival_ptr = (void*)(long)payload(sender, i)};
    while ((storm->queued ? sigqueue(storm->receiver, storm->signo, value)
                          : kill(storm->receiver, storm->signo)) != 0) {
      if (errno != EAGAIN) return -1;
      ++report->refused;
      nanosleep(&breath, NULL);
    }
  }
  report->last_ns = clock_now();
  return 0;
}

// 0, or -1 with errno (ECHILD: one of several senders failed).
static int send_all(struct storm* storm) {
  struct sender_report* reports =
      mmap(NULL, MAX_SENDERS * sizeof *reports, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (reports == MAP_FAILED) return -1;
  int failed = 0;
  if (storm->senders == 1) {
    failed = send_some(storm, 0, storm->count, reports) != 0;
  } else {
    pid_t pids[MAX_SENDERS];
    for (int i = 0; i < storm->senders; ++i) {
      const long share = storm->count / storm->senders + (i < storm->count % storm->senders);
      pids[i] = fork();
      if (pids[i] == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(send_some(storm, i, share, &reports[i]) != 0);
      }
    }
    for (int i = 0; i < storm->senders; ++i) {
      int status = 1;
      if (pids[i] < 0 || waitpid(pids[i], &status, 0) < 0 || status != 0) failed = 1;
    }
    if (failed) errno = ECHILD;
  }
  storm->refused = 0;
  storm->first_ns = reports[0].first_ns;
  storm->last_ns = reports[0].last_ns;
  for (int i = 0; i < storm->senders; ++i) {
    storm->refused += reports[i].refused;
    if (reports[i].first_ns < storm->first_ns) storm->first_ns = reports[i].first_ns;
    if (reports[i].last_ns > storm->last_ns) storm->last_ns = reports[i].last_ns;
  }
  munmap(reports, MAX_SENDERS * sizeof *reports);
  return failed ? -1 : 0;
}
