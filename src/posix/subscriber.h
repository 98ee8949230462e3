// One environment's side of the hub: the signals it asked for, the records that wait for its JavaScript, and
// what became of each delivery. Filled on the wait thread, emptied on the environment's JS thread; its own
// lock guards everything, and is the last one taken (after the hub's).
#pragma once

#include <array>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "signal_number.h"
#include "signal_record.h"

namespace sigbridge {

// received == delivered + coalesced + dropped + discarded, where JavaScript counts `delivered` and
// `discarded` and `waiting` is still on its way.
struct SignalCounters {
  uint64_t received = 0;   // handed to the process by the kernel while this environment was subscribed
  uint64_t coalesced = 0;  // told as part of another record's `count`
  uint64_t dropped = 0;    // real-time records lost to a full ring or a full inbox
};

// Somebody's handler was found in the place of ours, which stands again.
struct Displacement {
  int signo;
  uint32_t count;  // times since the last report
  bool by_stranger;
  struct sigaction found;  // the latest
};

class Subscriber {
 public:
  // Records that may wait for one environment: 10 MiB when JavaScript is stuck and everything comes at once.
  static constexpr size_t kDefaultCapacity = 262144;

  // Made on the environment's JS thread. `ring` tells that thread to come and take; called on the wait
  // thread, must not block.
  Subscriber(void (*ring)(void*), void* data, size_t capacity = kDefaultCapacity);
  virtual ~Subscriber() = default;
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  // False: it only counts, at once, and never has records waiting (SignalCounter).
  virtual bool has_inbox() const { return true; }

  // -- hub, any thread
  void open(int signo);
  // How many waiting records were thrown away.
  uint32_t close(int signo);
  bool is_open(int signo) const;

  // -- wait thread
  // Takes those of `batch` that this environment asked for and marks in `claimed` which they were. True: some
  // real-time ones had to be dropped. What was held is for all who are subscribed when its hold ends, as a
  // pending signal is for the handler that stands when it is unblocked.
  enum class Came { kNow, kWhileHeld };
  virtual bool accept(std::span<const SignalRecord> batch, std::span<bool> claimed, Came came = Came::kNow);
  // False: not subscribed here.
  virtual bool accept_dropped(int signo, uint32_t count);
  // Taken from the kernel as its last subscription closed, and thrown away.
  void count_discarded(int signo, uint32_t count);
  void accept_displaced(int signo, const struct sigaction& found, bool by_stranger);
  // An episode of drops is over: the program is to be told the sum.
  void end_overflow_episode();
  void ring_if_needed();
  // Nothing more could be kept: better left with the kernel, where a sender notices.
  bool full() const;
  size_t room() const;
  // Since when records have been waiting with none taken, monotonic; 0 while none wait.
  int64_t stuck_since() const;
  bool is_main() const { return is_main_; }
  // The longest that records have been waiting with none taken, in the last minute; ns.
  int64_t longest_wait() const;

  // -- JS thread
  // Before take(): a ring that comes later means that there is more.
  void silence();
  // As if it had rung: until silence() it does not ring.
  void expect_ring();
  size_t take(std::span<SignalRecord> out);
  std::vector<std::pair<int, uint32_t>> take_overflow_report();
  bool was_displaced() const;
  std::vector<Displacement> take_displaced_report();
  SignalCounters counters(int signo) const;
  size_t waiting() const;

 protected:
  std::unique_lock<std::mutex> locked() const { return std::unique_lock(lock_); }
  // Both with the lock held.
  bool wants(int signo) const { return open_[static_cast<size_t>(signo)]; }
  bool wants(const SignalRecord& record) const {
    return wants(record.signo) && record.timestamp >= since_[static_cast<size_t>(record.signo)];
  }

 private:
  bool merge_or_drop(const SignalRecord& record);

  void (*const ring_)(void*);
  void* const ring_data_;
  const size_t capacity_;
  const bool is_main_;

  mutable std::mutex lock_;
  std::array<bool, kSignalSlots> open_{};
  // Deliveries older than the subscription are not its business (they were on their way to an earlier one).
  std::array<int64_t, kSignalSlots> since_{};
  std::vector<SignalRecord> queue_;
  size_t taken_ = 0;      // queue_[0, taken_) has gone up already
  int64_t progress_ = 0;  // when JavaScript took last, or the queue stopped being empty
  int64_t longest_wait_ = 0;
  int64_t longest_wait_at_ = 0;
  // Standard signals that found the queue full; they go up behind it.
  std::vector<SignalRecord> merged_;
  std::array<SignalCounters, kSignalSlots> counters_{};
  std::array<uint32_t, kSignalSlots> episode_{};
  std::vector<std::pair<int, uint32_t>> report_;
  std::vector<Displacement> displaced_;
  bool rung_ = false;
  bool needs_ring_ = false;
};

}  // namespace sigbridge
