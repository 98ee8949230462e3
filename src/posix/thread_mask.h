// The calling thread's signal mask, always through pthread_sigmask. Scoped: what was is put back, not
// "unblocked".
#pragma once

#include <csignal>
#include <cstdint>
#include <ctime>

#include "signal_set.h"

namespace sigbridge {

inline SignalSet current_mask() {
  SignalSet mask;
  pthread_sigmask(SIG_SETMASK, nullptr, mask.out());
  return mask;
}

// Sleeps for so many ns with that mask, as ppoll does; a signal ends it.
inline void sleep_with(const SignalSet& mask, int64_t ns) {
  constexpr int64_t kSecond = 1'000'000'000;
  SignalSet before;
  pthread_sigmask(SIG_SETMASK, &mask.native(), before.out());
  const timespec pause{static_cast<time_t>(ns / kSecond), static_cast<long>(ns % kSecond)};
  ::nanosleep(&pause, nullptr);
  pthread_sigmask(SIG_SETMASK, &before.native(), nullptr);
}

// Adds `set` to the calling thread's mask for a scope. Must end on the thread it began on.
class ScopedBlock {
 public:
  explicit ScopedBlock(const SignalSet& set) { pthread_sigmask(SIG_BLOCK, &set.native(), before_.out()); }
  ~ScopedBlock() { pthread_sigmask(SIG_SETMASK, &before_.native(), nullptr); }
  ScopedBlock(const ScopedBlock&) = delete;
  ScopedBlock& operator=(const ScopedBlock&) = delete;

 private:
  SignalSet before_;
};

}  // namespace sigbridge
