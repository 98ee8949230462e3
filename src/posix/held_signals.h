// Deliveries held back while a critical section or a wait stands: kept in the order they came, taken one by
// one or given back all at once. Not thread-safe: the hub's table lock guards it. Never in signal context.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "signal_number.h"
#include "signal_record.h"
#include "signal_set.h"

namespace sigbridge {

struct HeldRecord {
  SignalRecord record;
  uint64_t arrival;
  // Nobody but us was told of it: what stood before our handler is still to be called.
  bool unchained;
};

class HeldSignals {
 public:
  // As many as a subscriber may have waiting, and then some: beyond, the kernel keeps the rest or it is
  // counted.
  static constexpr size_t kCapacity = 65536;
  enum class Kept { kKept, kMerged, kDropped };

  bool holds(int signo) const { return counts_[cell(signo)] > 0; }
  void hold(int signo) { ++counts_[cell(signo)]; }
  // True: nobody holds it any more.
  bool unhold(int signo) { return --counts_[cell(signo)] == 0; }

  bool full() const { return size_ >= kCapacity; }
  // Time to leave the rest with the kernel: what is under way still finds room.
  bool half_full() const { return size_ > kCapacity / 2; }
  bool has(int signo) const { return !queues_[cell(signo)].empty(); }

  // Past the capacity standard signals are merged and real-time ones dropped.
  Kept keep(const SignalRecord& record, bool unchained);
  // As sigtimedwait() chooses: standard signals before real-time ones, the oldest first; of the real-time
  // ones the lowest number first. False: nothing of `wanted` is held.
  bool take(const SignalSet& wanted, SignalRecord& out);
  // What is held of those signals, in the order it came.
  std::vector<HeldRecord> release(const SignalSet& signals);

 private:
  static size_t cell(int signo) { return static_cast<size_t>(signo); }

  std::array<uint32_t, kSignalSlots> counts_{};
  // A vector with a moving front: an empty deque would cost half a KiB a signal.
  struct Queue {
    std::vector<HeldRecord> records;
    size_t taken = 0;
    bool empty() const { return taken == records.size(); }
    HeldRecord& front() { return records[taken]; }
    void pop_front() {
      if (++taken == records.size()) *this = Queue{};
      // Somebody who takes as fast as it comes would let it grow for ever.
      if (taken < kCapacity) return;
      records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(taken));
      taken = 0;
    }
  };
  std::array<Queue, kSignalSlots> queues_;
  size_t size_ = 0;
  uint64_t arrivals_ = 0;
};

}  // namespace sigbridge
