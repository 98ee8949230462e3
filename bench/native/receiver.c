// The yardstick: what a plain C program with one thread and a signalfd does with the same signals.
//
//   receiver latency|storm|queue SIGNO       (see driver.c for the protocol)
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"

enum { BATCH = 64, QUIET_MS = 300 };

static long callbacks, reordered;
static int64_t last_ns;
static uint64_t highest;

static void tell(int64_t stamp) {
  if (write(3, &stamp, sizeof stamp) != (ssize_t)sizeof stamp) exit(1);
}

static int64_t cpu_us(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

static void take(int fd, int acknowledge) {
  static struct signalfd_siginfo batch[BATCH];
  const ssize_t size = read(fd, batch, sizeof batch);
  if (size <= 0) return;
  last_ns = clock_now();
  const long count = size / (long)sizeof batch[0];
  for (long i = 0; i < count; ++i) {
    ++callbacks;
    if (acknowledge) tell(last_ns);
    if (batch[i].ssi_ptr > highest) {
      highest = batch[i].ssi_ptr;
    } else {
      ++reordered;
    }
  }
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int acknowledge = strcmp(argv[1], "latency") == 0;
  const int queued = strcmp(argv[1], "queue") == 0;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, atoi(argv[2]));
  sigprocmask(SIG_BLOCK, &set, NULL);
  const int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd < 0) return 1;

  const int64_t cpu_before = cpu_us();
  tell(0);
  struct pollfd polled[2] = {{fd, POLLIN, 0}, {0, POLLIN, 0}};
  int open_inputs = 2;
  // Done when the sender is, and nothing has come for a while.
  while (poll(polled, (nfds_t)open_inputs, open_inputs == 2 ? -1 : QUIET_MS) != 0) {
    if (polled[0].revents != 0) take(fd, acknowledge);
    if (open_inputs == 2 && polled[1].revents != 0) open_inputs = 1;
  }
  printf(
      "{\"role\":\"receiver\",\"callbacks\":%ld,\"deliveries\":%ld,\"reordered\":%ld,\"lastNs\":%lld,"
      "\"cpuUs\":%lld}\n",
      callbacks, callbacks, queued ? reordered : 0, (long long)last_ns, (long long)(cpu_us() - cpu_before));
  return 0;
}
