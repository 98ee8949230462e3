// See held_signals.h.
#include "held_signals.h"

#include <algorithm>
#include <iterator>

namespace sigbridge {

HeldSignals::Kept HeldSignals::keep(const SignalRecord& record, bool unchained) {
  std::vector<HeldRecord>& records = queues_[cell(record.signo)].records;
  if (full()) {
    if (is_realtime(record.signo)) return Kept::kDropped;
    if (has(record.signo)) {
      HeldRecord& latest = records.back();
      merge(latest.record, record);
      latest.unchained = latest.unchained || unchained;
      return Kept::kMerged;
    }
  }
  records.push_back({record, arrivals_++, unchained});
  ++size_;
  return Kept::kKept;
}

bool HeldSignals::take(const SignalSet& wanted, SignalRecord& out) {
  Queue* chosen = nullptr;
  for (int signo = 1; size_ > 0 && signo <= kMaxSignal; ++signo) {
    Queue& queue = queues_[cell(signo)];
    if (queue.empty() || !wanted.contains(signo)) continue;
    if (chosen == nullptr) {
      chosen = &queue;
      // Ascending numbers: the lowest real-time signal comes first, and none after a standard one.
      if (is_realtime(signo)) break;
    } else if (!is_realtime(signo) && queue.front().arrival < chosen->front().arrival) {
      chosen = &queue;
    }
  }
  if (chosen == nullptr) return false;
  out = chosen->front().record;
  chosen->pop_front();
  --size_;
  return true;
}

std::vector<HeldRecord> HeldSignals::release(const SignalSet& signals) {
  std::vector<HeldRecord> released;
  if (size_ == 0) return released;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    Queue& queue = queues_[cell(signo)];
    if (queue.empty() || !signals.contains(signo)) continue;
    released.insert(released.end(), queue.records.begin() + static_cast<std::ptrdiff_t>(queue.taken),
                    queue.records.end());
    queue = Queue{};
  }
  std::sort(released.begin(), released.end(),
            [](const HeldRecord& one, const HeldRecord& other) { return one.arrival < other.arrival; });
  size_ -= released.size();
  return released;
}

}  // namespace sigbridge
