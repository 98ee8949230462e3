// Which CPU runs what in a latency trial. Included by driver.c alone; _GNU_SOURCE is defined there.
#pragma once

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// Where a sleeping receiver is woken decides more than anything it does: on the sender's own CPU it takes a
// few microseconds, on another one that idles, tens. So one task leaves that to chance and two do not.
enum placement { ANYWHERE, TOGETHER, APART };

static int place(enum placement where, int is_sender) {
  if (where == ANYWHERE) return 0;
  cpu_set_t all, mine;
  if (sched_getaffinity(0, sizeof all, &all) != 0 || CPU_COUNT(&all) < 2) return -1;
  int first = 0;
  while (!CPU_ISSET(first, &all)) ++first;
  CPU_ZERO(&mine);
  CPU_SET(first, &mine);
  CPU_CLR(first, &all);
  return sched_setaffinity(0, sizeof mine, is_sender || where == TOGETHER ? &mine : &all);
}

static pid_t spinners[CPU_SETSIZE];
static int spinner_count;

// One process that never sleeps on each CPU this process may use.
static int spin_every_cpu(void) {
  cpu_set_t all;
  if (sched_getaffinity(0, sizeof all, &all) != 0) return -1;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &all)) continue;
    const pid_t pid = fork();
    if (pid < 0) return -1;
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(cpu, &one);
      sched_setaffinity(0, sizeof one, &one);
      for (volatile unsigned long turns = 0;; ++turns) {
      }
    }
    spinners[spinner_count++] = pid;
  }
  return 0;
}

static void stop_spinning(void) {
  while (spinner_count > 0) {
    const pid_t pid = spinners[--spinner_count];
    kill(pid, SIGKILL);
    waitpid(pid, 0, 0);
  }
}
