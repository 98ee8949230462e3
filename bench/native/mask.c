// What one pair of pthread_sigmask calls costs, block and put back: prints nanoseconds as JSON.
//
//   mask PAIRS
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"

static int64_t run(long pairs) {
  sigset_t set, before;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  const int64_t began = clock_now();
  for (long i = 0; i < pairs; ++i) {
    pthread_sigmask(SIG_BLOCK, &set, &before);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  return clock_now() - began;
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const long pairs = atol(argv[1]);
  run(pairs / 10 + 1);
  printf("{\"pairUs\":%.4f}\n", (double)run(pairs) / (double)pairs / 1000);
  return 0;
}
