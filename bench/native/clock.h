// The one clock of a trial: sender and receiver stamp with it, in whatever language.
#pragma once

#include <stdint.h>
#include <time.h>

static inline int64_t clock_of(clockid_t id) {
  struct timespec now;
  clock_gettime(id, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int64_t clock_now(void) {
  return clock_of(CLOCK_MONOTONIC);
}
