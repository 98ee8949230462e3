// The calling thread's signal mask, always through pthread_sigmask. Scoped: what was is put back, not
// "unblocked".
#pragma once

#include <csignal>

#include "signal_set.h"

namespace sigbridge {

inline SignalSet current_mask() {
  SignalSet mask;
  pthread_sigmask(SIG_SETMASK, nullptr, mask.out());
  return mask;
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
