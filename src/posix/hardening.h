// Makes handlers survive an interrupted goroutine: SA_ONSTACK, so that they leave its small stack, and a full
// sa_mask, so that they do not nest on a small alternate one. Process-wide; the hub's table lock guards it.
// Not in signal context.
#pragma once

#include <array>
#include <csignal>
#include <optional>
#include <vector>

#include "disposition.h"

namespace sigbridge {

// Those whose handler repair_all() would repair now. Any thread; no lock needed.
std::vector<int> unhardened_signals(int suspend_signal);

class Hardening {
 public:
  // Repairs every handler that stands and needs it, but for the runtime's suspend signal. The signals
  // repaired.
  std::vector<int> repair_all(int suspend_signal);
  // Where what we repaired still stands, the original stands again; where a subscription saved it, likewise.
  void undo(Dispositions& dispositions);

 private:
  struct Repaired {
    struct sigaction original;
    struct sigaction repaired;
  };
  std::array<std::optional<Repaired>, kSignalSlots> repaired_;
};

}  // namespace sigbridge
