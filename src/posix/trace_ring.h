// The trace: a ring of what has happened to signals, the newest events overwriting the oldest. Any thread
// writes, handlers included: trace() is async-signal-safe, takes no lock and never waits; while no trace runs
// it is one relaxed load and a branch. Read at any time, on any thread but in a handler.
//
// A writer claims a slot by its turn (odd: being written), fills it, and publishes it (even). Everything in a
// slot is atomic, stored with release and loaded with acquire: a reader that met a newer writer's half finds
// the turn changed, and does not report the event. A slot whose writer was taken off the processor in the
// middle is left alone by the next lap: that event is given up, not waited for.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "posix_error.h"
#include "signal_set.h"

namespace sigbridge {

// What each is called, and what `detail` means, is a table in trace_text.cc, in this order.
enum class TraceKind : uint8_t {
  // In the signal handler.
  kHandlerIn,
  kPush,
  kRingFull,
  kKernelDrain,
  kStrayMasked,
  kVisit,
  kBell,
  kLate,
  kSentAgain,
  kChained,
  kHandlerOut,
  // On the way up: the wait thread, or a JS thread in its place.
  kBellHeard,
  kRingRead,
  kQueueRead,
  kHeld,
  kTaken,
  kDropped,
  kDispatch,
  kDoorbell,
  kDrainBegin,
  kDrainEnd,
  // What changes.
  kTrace,
  kStart,
  kStop,
  kSubscribe,
  kUnsubscribe,
  kInstalled,
  kPutBack,
  kDisplaced,
  kPause,
  kResume,
  kCongested,
  kRelieved,
  kHold,
  kRelease,
  kMaskBlock,
  kMaskUnblock,
  kMaskSet,
  kMaskProcess,
  kDump,
};

struct TraceEvent {
  int64_t timestamp;  // ns, CLOCK_MONOTONIC
  int64_t detail;
  int32_t tid;
  TraceKind kind;
  uint8_t signo;  // 0: no signal's in particular
};

struct TraceSnapshot {
  bool running = false;
  uint32_t capacity = 0;  // 0: there never was a trace
  int64_t started = 0;    // as TraceEvent::timestamp
  uint64_t recorded = 0;
  uint64_t unfinished = 0;         // being written at that moment, or given up
  std::vector<TraceEvent> events;  // in the order of their times
  uint64_t overwritten() const { return recorded - unfinished - events.size(); }
};

class TraceRing {
 public:
  constexpr TraceRing() = default;

  // `capacity`: a power of two. Once; never given back, because a handler that is late may still write.
  PosixError allocate(uint32_t capacity);
  // What was recorded before is not looked at any more.
  void begin();
  // Async-signal-safe.
  void record(TraceKind kind, int signo, int64_t detail);
  TraceSnapshot read() const;

 private:
  struct Slot {
    std::atomic<uint64_t> turn;  // 2 * ticket + 1 while it is written, + 2 when it can be read; 0: never used
    std::atomic<int64_t> timestamp;
    std::atomic<int64_t> detail;
    std::atomic<uint64_t> rest;  // tid, kind, signo
  };
  enum class Found { kEvent, kOverwritten, kUnfinished };
  Found read_slot(uint64_t ticket, TraceEvent& event) const;

  Slot* slots_ = nullptr;
  uint32_t mask_ = 0;
  // Not reset by begin(): a late writer's ticket of the last session stays one of the last session.
  std::atomic<uint64_t> first_{0};
  std::atomic<int64_t> started_{0};
  alignas(64) std::atomic<uint64_t> next_{0};
};

inline constexpr uint32_t kSmallestTrace = 16;
inline constexpr uint32_t kLargestTrace = 1U << 20;
inline constexpr uint32_t kDefaultTrace = 4096;

// `capacity`: from kSmallestTrace to kLargestTrace, rounded up to a power of two. Each size has its own ring,
// kept for the next trace of that size. A trace that runs begins anew. The owner (the hub's lifecycle lock)
// serialises these two.
PosixError start_trace(uint32_t capacity);
void stop_trace();
// Of the trace that runs, or ran last.
TraceSnapshot read_trace();

namespace trace_detail {
inline constinit std::atomic<TraceRing*> running{nullptr};
void record(TraceKind kind, int signo, int64_t detail);
void record(TraceKind kind, const SignalSet& signals);
}  // namespace trace_detail

inline bool tracing() {
  return trace_detail::running.load(std::memory_order_relaxed) != nullptr;
}

inline void trace(TraceKind kind, int signo = 0, int64_t detail = 0) {
  if (tracing()) [[unlikely]]
    trace_detail::record(kind, signo, detail);
}

// The set is the detail: bit signo - 1 each, of those up to 64.
inline void trace(TraceKind kind, const SignalSet& signals) {
  if (tracing()) [[unlikely]]
    trace_detail::record(kind, signals);
}

}  // namespace sigbridge
