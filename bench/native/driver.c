// One trial of signals: starts a receiver, sends it signals, prints what it saw as one line of JSON.
//
//   driver MODE COUNT WARM SIGNO SENDERS -- PROGRAM ARGUMENT...
//
// idle      one kill() at a time, idle in between; the scheduler places both processes as it likes
// together  the same, both on the first CPU
// apart     the same, this process on the first CPU and the receiver on all the others
// loaded    the same as idle, while one process a CPU spins
// storm     COUNT times kill(), as fast as it goes
// queue     COUNT times sigqueue() from SENDERS processes, payloads as payload() makes them
// first     nothing is sent: the receiver signals itself; only the start is stamped
//
// The receiver's descriptors: to 3 it writes 8 bytes when it is ready, and in a latency trial the 8 bytes of
// its stamp (ns, CLOCK_MONOTONIC) for each callback. On 0 a byte comes when the warm-up is sent: it waits
// until nothing comes any more, counts from zero again and says so with 8 bytes. End of file means that all
// was sent.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "placement.h"
#include "senders.h"

enum { START_TIMEOUT_MS = 60000, STAMP_TIMEOUT_MS = 2000 };

static pid_t receiver;
static int stamps;
static int orders;

static void die(const char* what) {
  fprintf(stderr, "driver: %s: %s\n", what, strerror(errno));
  if (receiver > 0) kill(receiver, SIGKILL);
  exit(1);
}

static void pause_us(long us) {
  const struct timespec time = {us / 1000000, us % 1000000 * 1000};
  nanosleep(&time, NULL);
}

static void start(char** command, enum placement where) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) die("pipe2");
  receiver = fork();
  if (receiver < 0) die("fork");
  if (receiver == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (place(where, 0) != 0) _exit(127);
    // Away from 0..3 first, so that neither dup2 overwrites what the other one needs.
    const int input = fcntl(in[0], F_DUPFD_CLOEXEC, 10), output = fcntl(out[1], F_DUPFD_CLOEXEC, 10);
    dup2(input, 0);
    dup2(output, 3);
    execvp(command[0], command);
    fprintf(stderr, "driver: %s: %s\n", command[0], strerror(errno));
    _exit(127);
  }
  if (place(where, 1) != 0) die("together and apart need two CPUs");
  close(in[0]);
  close(out[1]);
  orders = in[1];
  stamps = out[0];
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

static void await_ready(const char* what) {
  int64_t ready;
  if (next_stamp(&ready, START_TIMEOUT_MS)) return;
  errno = ETIMEDOUT;
  die(what);
}

// One signal at a time, each after the last one's stamp and a pause that is never the same: an idle process.
static void measure_latency(long count, long warm, int signo) {
  long lost = 0, extra = 0;
  int64_t* samples = calloc((size_t)count, sizeof *samples);
  if (samples == NULL) die("calloc");
  long taken = 0;
  uint32_t random = 12345;
  for (long i = -warm; i < count; ++i) {
    random = random * 1664525 + 1013904223;
    pause_us(200 + (long)(random >> 16) % 600);
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

static void measure_throughput(struct storm storm, long count, long warm) {
  storm.count = warm;
  if (warm > 0) {
    if (send_all(&storm) != 0) die("send");
    if (write(orders, "w", 1) != 1) die("write");
    await_ready("waiting for the end of the warm-up");
  }
  storm.count = count;
  if (send_all(&storm) != 0) die("send");
  printf("{\"role\":\"driver\",\"sent\":%ld,\"refused\":%ld,\"firstNs\":%lld,\"lastNs\":%lld}\n", count,
         storm.refused, (long long)storm.first_ns, (long long)storm.last_ns);
}

int main(int argc, char** argv) {
  if (argc < 8 || strcmp(argv[6], "--") != 0) {
    fprintf(stderr, "usage: driver MODE COUNT WARM SIGNO SENDERS -- PROGRAM ARGUMENT...\n");
    return 2;
  }
  const char* mode = argv[1];
  const long count = atol(argv[2]), warm = atol(argv[3]);
  const int signo = atoi(argv[4]), senders = atoi(argv[5]);
  signal(SIGPIPE, SIG_IGN);

  const int64_t began = clock_now();
  start(argv + 7, strcmp(mode, "apart") == 0 ? APART : strcmp(mode, "together") == 0 ? TOGETHER : ANYWHERE);
  if (strcmp(mode, "first") == 0) {
    printf("{\"role\":\"driver\",\"startNs\":%lld}\n", (long long)began);
  } else {
    await_ready("waiting for the receiver");
    // A runtime is still busy with its own start when it has run the program's first lines.
    pause_us(300000);
    const int queued = strcmp(mode, "queue") == 0;
    if (queued || strcmp(mode, "storm") == 0) {
      measure_throughput((struct storm){receiver, signo, queued, senders, 0, 0, 0, 0}, count, warm);
    } else {
      if (strcmp(mode, "loaded") == 0 && spin_every_cpu() != 0) die("spin");
      measure_latency(count, warm, signo);
      stop_spinning();
    }
    close(orders);
  }
  fflush(stdout);

  int status;
  if (waitpid(receiver, &status, 0) < 0) die("waitpid");
  if (status == 0) return 0;
  fprintf(stderr, "driver: the receiver ended by %s %d\n", WIFSIGNALED(status) ? "signal" : "exit code",
          WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  return 1;
}
