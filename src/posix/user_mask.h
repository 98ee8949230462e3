// The calling thread's mask as the program means it. Real-time signals that we block on this thread, so that
// one other takes them in order, are left out of what is shown and stay blocked whatever is set. Each call is
// one system call (and gettid() while real-time signals are subscribed). JS threads.
#pragma once

#include <array>
#include <optional>

#include "signal_set.h"

namespace sigbridge {

SignalSet user_mask();
// The mask before.
SignalSet block_for_user(const SignalSet& signals);
SignalSet unblock_for_user(const SignalSet& signals);
SignalSet set_for_user(const SignalSet& mask);

// What a section blocks on its thread, and the mask before it put back. In a forked child, async-signal-safe:
// open again.
SignalSet enter_section_mask(const SignalSet& signals);
void leave_section_mask(const SignalSet& before);
void open_section_mask();

// Masks saved by push and given back by pop, innermost first. One thread's.
class MaskStack {
 public:
  static constexpr size_t kDepth = 16;

  size_t depth() const { return depth_; }
  bool full() const { return depth_ == kDepth; }
  // Saves the mask and blocks `signals` too. Not when full.
  void push(const SignalSet& signals) { saved_[depth_++] = block_for_user(signals); }
  // The mask as it was before the latest push. Not when empty.
  void pop() { static_cast<void>(set_for_user(saved_[--depth_])); }
  // The pushes beyond `depth` are no more. The mask is the caller's to put right, in one step: what it blocks
  // again must not be open for a moment.
  void forget(size_t depth) {
    if (depth < depth_) depth_ = depth;
  }

 private:
  std::array<SignalSet, kDepth> saved_;
  size_t depth_ = 0;
};

struct PendingSignals {
  SignalSet thread;
  // Where the platform cannot tell the two apart (all but Linux), everything is here.
  SignalSet process;
};
PendingSignals pending_signals();

}  // namespace sigbridge
