// The yardstick: what a plain C program with one thread does with the same signals.
//
//   receiver signalfd|sigwaitinfo MODE SIGNO       (see driver.c for the protocol)
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"

enum { BATCH = 64, QUIET_MS = 300, SENDERS = 8, LOW_BITS = 28 };

static long callbacks, reordered;
static int64_t last_ns;
static int highest[SENDERS];
static int acknowledge;

static void tell(int64_t stamp) {
  if (write(3, &stamp, sizeof stamp) != (ssize_t)sizeof stamp) exit(1);
}

static int64_t cpu_us(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

static void count(int value) {
  ++callbacks;
  if (acknowledge) tell(last_ns);
  const int sender = (value >> LOW_BITS) & (SENDERS - 1);
  if (value > highest[sender]) {
    highest[sender] = value;
  } else {
    ++reordered;
  }
}

static void take(int fd) {
  static struct signalfd_siginfo batch[BATCH];
  const ssize_t size = read(fd, batch, sizeof batch);
  if (size <= 0) return;
  last_ns = clock_now();
  for (long i = 0; i < size / (long)sizeof batch[0]; ++i) count(batch[i].ssi_int);
}

// 0: the time is up.
static int wait_signalfd(int fd, int timeout_ms, int* ordered) {
  struct pollfd polled[2] = {{fd, POLLIN, 0}, {0, POLLIN, 0}};
  // Once an order is there, what is to come is signals alone.
  if (poll(polled, *ordered ? 1 : 2, *ordered ? timeout_ms : -1) == 0) return 0;
  if (polled[0].revents != 0) take(fd);
  if (!*ordered && polled[1].revents != 0) *ordered = 1;
  return 1;
}

static int wait_sigwaitinfo(const sigset_t* set, int timeout_ms, int* ordered) {
  const struct timespec time = {0, (*ordered ? timeout_ms : 50) * 1000000L};
  siginfo_t info;
  if (sigtimedwait(set, &info, &time) > 0) {
    last_ns = clock_now();
    count(info.si_value.sival_int);
    return 1;
  }
  if (*ordered) return 0;
  // Orders are looked for only when no signal comes: they come after the signals.
  struct pollfd polled = {0, POLLIN, 0};
  if (poll(&polled, 1, 0) > 0) *ordered = 1;
  return 1;
}

static void report(const char* mode, int64_t cpu_before) {
  const int64_t cpu = cpu_us() - cpu_before;
  printf(
      "{\"role\":\"receiver\",\"callbacks\":%ld,\"deliveries\":%ld,\"reordered\":%ld,\"lastNs\":%lld,"
      "\"cpuUs\":%lld,\"threadCpuUs\":%lld}\n",
      callbacks, callbacks, strcmp(mode, "queue") == 0 ? reordered : 0, (long long)last_ns, (long long)cpu,
      (long long)cpu);
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const int by_descriptor = strcmp(argv[1], "signalfd") == 0;
  const char* mode = argv[2];
  acknowledge = strcmp(mode, "latency") == 0;
  const int64_t call_ns = clock_now();
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, atoi(argv[3]));
  sigprocmask(SIG_BLOCK, &set, NULL);
  const int fd = by_descriptor ? signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC) : -1;
  if (by_descriptor && fd < 0) return 1;

  if (strcmp(mode, "first") == 0) {
    int ordered = 1;
    kill(getpid(), atoi(argv[3]));
    if (by_descriptor) {
      wait_signalfd(fd, 1000, &ordered);
    } else {
      wait_sigwaitinfo(&set, 900, &ordered);
    }
    printf("{\"role\":\"receiver\",\"callNs\":%lld,\"lastNs\":%lld}\n", (long long)call_ns,
           (long long)last_ns);
    return 0;
  }

  int64_t cpu_before = cpu_us();
  tell(0);
  for (;;) {
    int ordered = 0;
    while (by_descriptor ? wait_signalfd(fd, QUIET_MS, &ordered)
                         : wait_sigwaitinfo(&set, QUIET_MS, &ordered)) {
    }
    char order;
    if (read(0, &order, 1) <= 0) break;
    callbacks = reordered = 0;
    memset(highest, 0, sizeof highest);
    cpu_before = cpu_us();
    tell(0);
  }
  report(mode, cpu_before);
  return 0;
}
