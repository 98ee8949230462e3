// Signals at a steady rate, from a process that knows nothing of sigbridge, until standard input ends:
//
//   steady PID PER_SECOND SIGNO...
//
// The signals in turn: real-time ones by sigqueue() with the payloads 1, 2, 3, ... for each, none given up
// when the queue is full; standard ones by kill(). Then one line of JSON: what the kernel has accepted of
// each, and how often it refused.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

enum { MAX_SIGNALS = 64 };

static long accepted[MAX_SIGNALS];
static long refused;

static int input_ended(void) {
  struct pollfd input = {0, POLLIN, 0};
  char byte;
  return poll(&input, 1, 0) > 0 && read(0, &byte, 1) <= 0;
}

static int send_one(pid_t pid, int signo, long value) {
  const struct timespec breath = {0, 50000};
  const union sigval payload = {.sival_ptr = (void*)value};
  while ((signo >= SIGRTMIN ? sigqueue(pid, signo, payload) : kill(pid, signo)) != 0) {
    if (errno != EAGAIN) return -1;
    ++refused;
    nanosleep(&breath, NULL);
  }
  return 0;
}

int main(int argc, char** argv) {
  const int count = argc - 3;
  if (count < 1 || count > MAX_SIGNALS) return 2;
  const pid_t pid = (pid_t)atol(argv[1]);
  const double per_second = atof(argv[2]);
  const int64_t began = clock_now();
  const struct timespec tick = {0, 1000000};
  for (int64_t sent = 0; !input_ended();) {
    const int64_t due = (int64_t)((double)(clock_now() - began) / 1e9 * per_second);
    // After a pause of the machine's not all at once: what was missed stays missed.
    for (int burst = 0; sent < due; sent = burst++ < 200 ? sent + 1 : due) {
      const int which = (int)(sent % count);
      if (send_one(pid, atoi(argv[3 + which]), accepted[which] + 1) != 0) {
        fprintf(stderr, "steady: signal %s: %s\n", argv[3 + which], strerror(errno));
        return 1;
      }
      ++accepted[which];
    }
    nanosleep(&tick, NULL);
  }
  printf("{\"refused\":%ld,\"accepted\":{", refused);
  for (int i = 0; i < count; ++i) printf(i == 0 ? "\"%s\":%ld" : ",\"%s\":%ld", argv[3 + i], accepted[i]);
  printf("}}\n");
  return 0;
}
