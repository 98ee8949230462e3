// Counts deliveries in memory that others read while it happens: one cell a signal. A user of the hub as a
// Subscriber is, but nothing waits in it and nobody is rung. Made and ended on a JS thread; counts on the
// wait thread, so that it goes on while JavaScript is stuck.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "subscriber.h"

namespace sigbridge {

class SignalCounter final : public Subscriber {
 public:
  // `cells[i]` counts `signals[i]`; the memory outlives the counter's last moment in the hub.
  SignalCounter(std::span<const int> signals, int32_t* cells);

  bool has_inbox() const override { return false; }
  bool accept(std::span<const SignalRecord> batch, std::span<bool> claimed, Came came = Came::kNow) override;
  bool accept_dropped(int signo, uint32_t count) override;

 private:
  void add(int signo, uint32_t count);

  std::array<int32_t*, kSignalSlots> cells_{};
};

}  // namespace sigbridge
