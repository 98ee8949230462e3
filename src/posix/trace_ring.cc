// See trace_ring.h. record() runs in signal context.
#include "trace_ring.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>

#include "signal_record.h"

#if defined(__linux__)
#include <sys/syscall.h>
#elif defined(__FreeBSD__)
#include <pthread_np.h>
#else
#include <pthread.h>
#endif

namespace sigbridge {
namespace {

constexpr int kSizes = std::countr_zero(kLargestTrace) + 1;
// One a size, indexed by its logarithm. Constant-initialised, never destroyed, as all that a handler touches.
constinit std::array<TraceRing, kSizes> g_rings;
constinit std::atomic<TraceRing*> g_latest{nullptr};

// Asked for each time: thread-local storage of a library that was loaded late is allocated on first use.
int32_t this_thread_number() {
#if defined(__linux__)
  return static_cast<int32_t>(::syscall(SYS_gettid));
#elif defined(__FreeBSD__)
  return ::pthread_getthreadid_np();
#else
  uint64_t number = 0;
  ::pthread_threadid_np(nullptr, &number);
  return static_cast<int32_t>(number);
#endif
}

constexpr uint64_t writing(uint64_t ticket) {
  return 2 * ticket + 1;
}
constexpr uint64_t written(uint64_t ticket) {
  return 2 * ticket + 2;
}

uint64_t pack(int32_t tid, TraceKind kind, int signo) {
  return uint64_t{static_cast<uint32_t>(tid)} << 32 | uint64_t{static_cast<uint8_t>(kind)} << 8 |
         static_cast<uint8_t>(signo);
}

}  // namespace

PosixError TraceRing::allocate(uint32_t capacity) {
  if (slots_ != nullptr) return PosixError::none();
  void* memory =
      ::mmap(nullptr, capacity * sizeof(Slot), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return PosixError::last("mmap");
  slots_ = static_cast<Slot*>(memory);
  mask_ = capacity - 1;
  return PosixError::none();
}

void TraceRing::begin() {
  started_.store(monotonic_now());
  first_.store(next_.load());
}

void TraceRing::record(TraceKind kind, int signo, int64_t detail) {
  const int64_t now = monotonic_now();
  const uint64_t ticket = next_.fetch_add(1, std::memory_order_relaxed);
  Slot& slot = slots_[ticket & mask_];
  uint64_t turn = slot.turn.load(std::memory_order_relaxed);
  // Another is at it, a lap behind; or this thread was away for a lap, and a newer event is there already.
  if ((turn & 1) != 0 || turn > writing(ticket)) return;
  // acquire: what the last writer stored comes before what is stored here.
  if (!slot.turn.compare_exchange_strong(turn, writing(ticket), std::memory_order_acquire,
                                         std::memory_order_relaxed)) {
    return;
  }
  slot.timestamp.store(now, std::memory_order_release);
  slot.detail.store(detail, std::memory_order_release);
  slot.rest.store(pack(this_thread_number(), kind, signo), std::memory_order_release);
  slot.turn.store(written(ticket), std::memory_order_release);
}

TraceRing::Found TraceRing::read_slot(uint64_t ticket, TraceEvent& event) const {
  const Slot& slot = slots_[ticket & mask_];
  const uint64_t turn = slot.turn.load(std::memory_order_acquire);
  if (turn > written(ticket)) return Found::kOverwritten;
  if (turn != written(ticket)) return Found::kUnfinished;
  event.timestamp = slot.timestamp.load(std::memory_order_acquire);
  event.detail = slot.detail.load(std::memory_order_acquire);
  const uint64_t rest = slot.rest.load(std::memory_order_acquire);
  event.tid = static_cast<int32_t>(rest >> 32);
  event.kind = static_cast<TraceKind>(rest >> 8 & 0xff);
  event.signo = static_cast<uint8_t>(rest & 0xff);
  return slot.turn.load(std::memory_order_relaxed) == turn ? Found::kEvent : Found::kOverwritten;
}

TraceSnapshot TraceRing::read() const {
  TraceSnapshot snapshot;
  snapshot.capacity = mask_ + 1;
  snapshot.started = started_.load();
  const uint64_t first = first_.load();
  const uint64_t next = next_.load();
  snapshot.recorded = next - first;
  const uint64_t oldest = std::max(first, next > mask_ ? next - mask_ - 1 : 0);
  snapshot.events.reserve(static_cast<size_t>(next - oldest));
  for (uint64_t ticket = oldest; ticket != next; ++ticket) {
    TraceEvent event{};
    switch (read_slot(ticket, event)) {
      case Found::kEvent:
        snapshot.events.push_back(event);
        break;
      case Found::kUnfinished:
        ++snapshot.unfinished;
        break;
      case Found::kOverwritten:
        break;
    }
  }
  // The clock comes before the ticket: a handler in between has the earlier ticket and the later time.
  std::stable_sort(
      snapshot.events.begin(), snapshot.events.end(),
      [](const TraceEvent& one, const TraceEvent& other) { return one.timestamp < other.timestamp; });
  return snapshot;
}

PosixError start_trace(uint32_t capacity) {
  const uint32_t size = std::bit_ceil(std::clamp(capacity, kSmallestTrace, kLargestTrace));
  TraceRing& ring = g_rings[static_cast<size_t>(std::countr_zero(size))];
  if (PosixError failure = ring.allocate(size)) return failure;
  ring.begin();
  g_latest.store(&ring);
  trace_detail::running.store(&ring);
  return PosixError::none();
}

void stop_trace() {
  trace_detail::running.store(nullptr);
}

TraceSnapshot read_trace() {
  const TraceRing* ring = g_latest.load();
  if (ring == nullptr) return {};
  TraceSnapshot snapshot = ring->read();
  snapshot.running = tracing();
  return snapshot;
}

namespace trace_detail {

void record(TraceKind kind, int signo, int64_t detail) {
  // acquire: with the ring's address come its slots.
  if (TraceRing* ring = running.load(std::memory_order_acquire)) ring->record(kind, signo, detail);
}

void record(TraceKind kind, const SignalSet& signals) {
  uint64_t bits = 0;
  for (int signo = 1; signo <= std::min(kMaxSignal, 64); ++signo) {
    if (signals.contains(signo)) bits |= uint64_t{1} << (signo - 1);
  }
  record(kind, 0, static_cast<int64_t>(bits));
}

}  // namespace trace_detail
}  // namespace sigbridge
