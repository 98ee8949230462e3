// See signal_counter.h.
#include "signal_counter.h"

namespace sigbridge {

SignalCounter::SignalCounter(std::span<const int> signals, int32_t* cells)
    : Subscriber([](void*) {}, nullptr) {
  for (size_t i = 0; i < signals.size(); ++i) cells_[static_cast<size_t>(signals[i])] = cells + i;
}

// Readers may be in other threads, and in JavaScript: its Atomics are sequentially consistent. The builtin,
// because not every libc++ has std::atomic_ref. Past 2^31 it goes on from -2^31.
void SignalCounter::add(int signo, uint32_t count) {
  __atomic_fetch_add(cells_[static_cast<size_t>(signo)], static_cast<int32_t>(count), __ATOMIC_SEQ_CST);
}

bool SignalCounter::accept(std::span<const SignalRecord> batch, std::span<bool> claimed, Came came) {
  const auto guard = locked();
  for (size_t i = 0; i < batch.size(); ++i) {
    if (came == Came::kNow ? !wants(batch[i]) : !wants(batch[i].signo)) continue;
    claimed[i] = true;
    add(batch[i].signo, static_cast<uint32_t>(batch[i].count));
  }
  return false;
}

bool SignalCounter::accept_dropped(int signo, uint32_t count) {
  const auto guard = locked();
  if (!wants(signo)) return false;
  add(signo, count);
  return true;
}

}  // namespace sigbridge
