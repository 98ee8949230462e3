// The health report that needs no JavaScript: its facts, its text, and its way out. The wait thread; no lock
// is held meanwhile.
#pragma once

#include <cstdint>
#include <string>

#include "health_watch.h"
#include "posix_error.h"
#include "recovery.h"
#include "signal_set.h"

namespace sigbridge {

// What the hub knows.
struct HubHealth {
  uint64_t received = 0;
  uint64_t overflow = 0;
  uint64_t unclaimed = 0;
  uint64_t late = 0;
  uint64_t batches = 0;
  uint64_t displaced = 0;
  uint64_t taken = 0;
  size_t environments = 0;
  size_t waiting = 0;
  uint64_t bare = 0;
  RecoveryReport recovery;
  SignalSet subscriptions;
};

// Signals that wait for processes of this user, and how many may (RLIMIT_SIGPENDING).
struct SignalQueueUse {
  int64_t used = 0;
  int64_t limit = -1;  // unknown
};
SignalQueueUse look_at_signal_queue();

// What the system knows: blocked everywhere and not yet taken, where the caller blocks all signals.
struct SystemHealth {
  int64_t wall_clock = 0;  // ms since 1970
  int64_t rss = -1;        // bytes; -1: unknown
  char thread_state = 0;   // as /proc has it ('R', 'S', ...); 0: unknown
  SignalSet pending;
  SignalQueueUse queue;
};

SystemHealth look_at_system(pid_t thread);

// One line of JSON, or some of text; ends with a newline. Shorter than 4096 bytes, however many signals there
// are: what a pipe takes at once.
std::string health_text(const HealthWatch::Due& due, const HubHealth& hub, const SystemHealth& system,
                        int64_t now);

// Never waits for whoever reads: EAGAIN then.
PosixError write_health(const HealthOrder& order, const std::string& text);

}  // namespace sigbridge
