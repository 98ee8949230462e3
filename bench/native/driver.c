// One trial: starts a receiver, sends it signals, prints what it saw as one line of JSON.
//
//   driver latency|apart|storm|queue COUNT SIGNO -- PROGRAM ARGUMENT...
//
// latency  one kill() at a time, idle in between; the scheduler places both processes as it likes
// apart    the same, this process on the first CPU and the receiver on all the others
// storm    COUNT times kill(), as fast as it goes
// queue    COUNT times sigqueue() with the payloads 1, 2, 3, ...
//
// The receiver writes 8 bytes to descriptor 3 when it is ready, and in a latency trial the 8 bytes of its
// stamp (ns, CLOCK_MONOTONIC) for each callback. End of file on its standard input means that everything was
// sent.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

enum { WARM_UP = 100, START_TIMEOUT_MS = 30000, STAMP_TIMEOUT_MS = 2000 };

static pid_t receiver;
static int stamps;

static void die(const char* what) {
  fprintf(stderr, "driver: %s: %s\n", what, strerror(errno));
  if (receiver > 0) kill(receiver, SIGKILL);
  exit(1);
}

static void pause_us(long us) {
  const struct timespec time = {us / 1000000, us % 1000000 * 1000};
  nanosleep(&time, NULL);
}

// Where a sleeping receiver is woken decides more than anything it does: on the sender's own CPU it takes a
// few microseconds, on another one that idles, tens. So one task leaves that to chance and one does not.
static void place(int is_sender) {
  cpu_set_t all, mine;
  if (sched_getaffinity(0, sizeof all, &all) != 0) die("sched_getaffinity");
  if (CPU_COUNT(&all) < 2) {
    errno = ENODEV;
    die("apart needs two CPUs");
  }
  int first = 0;
  while (!CPU_ISSET(first, &all)) ++first;
  CPU_ZERO(&mine);
  CPU_SET(first, &mine);
  CPU_CLR(first, &all);
  if (sched_setaffinity(0, sizeof mine, is_sender ? &mine : &all) != 0) die("sched_setaffinity");
}

// Returns the write end of the receiver's standard input.
static int start(char** command, int apart) {
  int in[2], out[2];
  if (pipe(in) != 0 || pipe(out) != 0) die("pipe");
  receiver = fork();
  if (receiver < 0) die("fork");
  if (receiver == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (apart) place(0);
    // Away from 0..3 first, so that neither dup2 overwrites what the other one needs.
    const int input = fcntl(in[0], F_DUPFD, 10), output = fcntl(out[1], F_DUPFD, 10);
    for (int fd = 3; fd < 10; ++fd) close(fd);
    dup2(input, 0);
    dup2(output, 3);
    close(input);
    close(output);
    execvp(command[0], command);
    fprintf(stderr, "driver: %s: %s\n", command[0], strerror(errno));
    _exit(127);
  }
  if (apart) place(1);
  close(in[0]);
  close(out[1]);
  stamps = out[0];
  return in[1];
}

// 1: *stamp is set; 0: nothing came in time.
static int next_stamp(int64_t* stamp, int timeout_ms) {
  struct pollfd readable = {stamps, POLLIN, 0};
  if (poll(&readable, 1, timeout_ms) <= 0) return 0;
  const ssize_t size = read(stamps, stamp, sizeof *stamp);
  if (size == 0) {
    fprintf(stderr, "driver: the receiver ended early\n");
    exit(1);
  }
  if (size != (ssize_t)sizeof *stamp) die("read of a stamp");
  return 1;
}

// One signal at a time, each after the last one's stamp and a pause that is never the same: an idle process.
static void measure_latency(long count, int signo) {
  long lost = 0, extra = 0;
  int64_t* samples = calloc((size_t)count, sizeof *samples);
  if (samples == NULL) die("calloc");
  long taken = 0;
  uint32_t random = 12345;
  for (long i = -WARM_UP; i < count; ++i) {
    random = random * 1664525 + 1013904223;
    pause_us(500 + (long)(random >> 16) % 1000);
    int64_t stamp;
    while (next_stamp(&stamp, 0)) ++extra;
    const int64_t sent = clock_now();
    if (kill(receiver, signo) != 0) die("kill");
    if (!next_stamp(&stamp, STAMP_TIMEOUT_MS)) {
      ++lost;
    } else if (i >= 0) {
      samples[taken++] = stamp - sent;
    }
  }
  printf("{\"role\":\"driver\",\"sent\":%ld,\"lost\":%ld,\"extra\":%ld,\"samples\":[", count, lost, extra);
  for (long i = 0; i < taken; ++i) printf(i == 0 ? "%lld" : ",%lld", (long long)samples[i]);
  printf("]}\n");
  free(samples);
}

// As fast as kill() or sigqueue() goes. Payloads are 1, 2, 3, ... in the order sent.
static void send_all(long count, int signo, int queued) {
  long refused = 0;
  const int64_t first = clock_now();
  for (long i = 1; i <= count; ++i) {
    const union sigval value = {.sival_ptr = (void*)i};
    while ((queued ? sigqueue(receiver, signo, value) : kill(receiver, signo)) != 0) {
      if (errno != EAGAIN) die("send");
      // The receiver's queue is full (RLIMIT_SIGPENDING): room comes as fast as it takes signals.
      ++refused;
      pause_us(50);
    }
  }
  const int64_t last = clock_now();
  printf("{\"role\":\"driver\",\"sent\":%ld,\"refused\":%ld,\"firstNs\":%lld,\"lastNs\":%lld}\n", count,
         refused, (long long)first, (long long)last);
}

int main(int argc, char** argv) {
  if (argc < 6 || strcmp(argv[4], "--") != 0) {
    fprintf(stderr, "usage: driver latency|apart|storm|queue COUNT SIGNO -- PROGRAM ARGUMENT...\n");
    return 2;
  }
  const long count = atol(argv[2]);
  const int signo = atoi(argv[3]);
  const char* task = argv[1];
  const int apart = strcmp(task, "apart") == 0;
  const int input = start(argv + 5, apart);

  int64_t ready;
  if (!next_stamp(&ready, START_TIMEOUT_MS)) {
    errno = ETIMEDOUT;
    die("waiting for the receiver");
  }
  // A runtime is still busy with its own start when it has run the program's first lines.
  pause_us(300000);

  if (apart || strcmp(task, "latency") == 0) {
    measure_latency(count, signo);
  } else {
    send_all(count, signo, strcmp(task, "queue") == 0);
  }
  fflush(stdout);
  close(input);

  int status;
  if (waitpid(receiver, &status, 0) < 0) die("waitpid");
  if (status == 0) return 0;
  fprintf(stderr, "driver: the receiver ended by %s %d\n", WIFSIGNALED(status) ? "signal" : "exit code",
          WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  return 1;
}
