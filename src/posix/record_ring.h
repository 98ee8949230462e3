// A bounded lock-free ring of records: many signal handlers push, the wait thread alone pops. push() is
// async-signal-safe: it never waits, it gives up when the ring is full and lets the caller count.
//
// Each slot carries a turn number (D. Vyukov's bounded queue). A producer claims a position with one
// compare-and-swap, fills the slot, then publishes it by storing the turn. A producer that is descheduled
// between the two makes the consumer stop at its slot, in order, until it has published; since the bell is
// rung after publishing, the consumer is woken again then.
#pragma once

#include <sys/mman.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "posix_error.h"
#include "signal_record.h"

namespace sigbridge {

class RecordRing {
 public:
  static constexpr uint32_t kDefaultCapacity = 16384;

  constexpr RecordRing() = default;

  // Once, before the first push; the memory is never given back, because a handler that is late on another
  // thread may still look at it. Capacity is rounded up to a power of two.
  PosixError allocate(uint32_t capacity) {
    if (slots_ != nullptr) return PosixError::none();
    uint32_t size = 2;
    while (size < capacity && size < (1U << 24)) size *= 2;
    void* memory =
        ::mmap(nullptr, size * sizeof(Slot), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return PosixError::last("mmap");
    slots_ = static_cast<Slot*>(memory);
    mask_ = size - 1;
    return PosixError::none();
  }

  // Any thread, in signal context. False: full.
  bool push(const SignalRecord& record) {
    uint64_t position = head_.load(std::memory_order_relaxed);
    for (;;) {
      Slot& slot = slots_[position & mask_];
      const uint64_t turn = slot.turn.load(std::memory_order_acquire);
      const auto behind = static_cast<int64_t>(turn - lap(position));
      if (behind == 0) {
        if (head_.compare_exchange_weak(position, position + 1, std::memory_order_relaxed)) {
          slot.record = record;
          // release: the consumer that sees the turn sees the record.
          slot.turn.store(lap(position) + 1, std::memory_order_release);
          return true;
        }
      } else if (behind < 0) {
        return false;
      } else {
        position = head_.load(std::memory_order_relaxed);
      }
    }
  }

  // The wait thread (or whoever has joined it). False: empty, or the next producer has not published yet.
  bool pop(SignalRecord& record) {
    const uint64_t tail = tail_.load(std::memory_order_relaxed);
    Slot& slot = slots_[tail & mask_];
    if (slot.turn.load(std::memory_order_acquire) != lap(tail) + 1) return false;
    record = slot.record;
    slot.turn.store(lap(tail) + mask_ + 1, std::memory_order_release);
    tail_.store(tail + 1, std::memory_order_relaxed);
    return true;
  }

  // Claimed slots, published or not; any thread, async-signal-safe, a moment's truth.
  uint64_t size() const {
    const uint64_t tail = tail_.load(std::memory_order_relaxed);
    return head_.load(std::memory_order_relaxed) - tail;
  }
  // Time to leave the rest with the kernel.
  bool half_full() const { return size() * 2 > mask_; }
  uint32_t capacity() const { return slots_ == nullptr ? 0 : mask_ + 1; }

 private:
  // The position of the ring's first slot in the same round: zero-filled memory is an empty ring, and pages
  // that were never needed are never touched.
  uint64_t lap(uint64_t position) const { return position & ~uint64_t{mask_}; }

  struct Slot {
    std::atomic<uint64_t> turn;
    SignalRecord record;
  };

  Slot* slots_ = nullptr;
  uint32_t mask_ = 0;
  // Apart, so that the consumer's writes do not take the producers' cache line away.
  alignas(64) std::atomic<uint64_t> head_{0};
  alignas(64) std::atomic<uint64_t> tail_{0};
};

}  // namespace sigbridge
