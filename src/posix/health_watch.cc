// See health_watch.h.
#include "health_watch.h"

#include <algorithm>
#include <utility>

namespace sigbridge {

HealthWatch::Entry* HealthWatch::find(int id) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [id](const Entry& entry) { return entry.request.id == id; });
  return found == entries_.end() ? nullptr : &*found;
}

int HealthWatch::open(HealthOrder order) {
  const std::lock_guard guard(lock_);
  Entry entry;
  entry.request.id = next_id_++;
  entry.request.order = std::make_shared<const HealthOrder>(std::move(order));
  entries_.push_back(std::move(entry));
  open_.store(entries_.size());
  return entries_.back().request.id;
}

void HealthWatch::close(int id) {
  const std::lock_guard guard(lock_);
  std::erase_if(entries_, [id](const Entry& entry) { return entry.request.id == id; });
  open_.store(entries_.size());
}

HealthWatch::Missed HealthWatch::heard(int id) {
  const std::lock_guard guard(lock_);
  Entry* entry = find(id);
  if (entry == nullptr) return {};
  entry->request.since = 0;
  return std::exchange(entry->missed, {});
}

void HealthWatch::came(const SignalRecord& record, int64_t now) {
  const std::lock_guard guard(lock_);
  for (Entry& entry : entries_) {
    if (!entry.request.order->signals.contains(record.signo)) continue;
    if (entry.request.since == 0) {
      entry.request.since = now;
      entry.request.record = record;
    } else {
      entry.request.record.count += record.count;
    }
  }
}

int64_t HealthWatch::next_due() const {
  int64_t next = kNever;
  if (!any()) return next;
  const std::lock_guard guard(lock_);
  for (const Entry& entry : entries_) {
    if (entry.request.since != 0) next = std::min(next, entry.request.since + entry.request.order->patience);
  }
  return next;
}

std::vector<HealthWatch::Due> HealthWatch::take_due(int64_t now) {
  std::vector<Due> due;
  if (!any()) return due;
  const std::lock_guard guard(lock_);
  for (Entry& entry : entries_) {
    if (entry.request.since == 0 || now - entry.request.since < entry.request.order->patience) continue;
    due.push_back(entry.request);
    // Answered, once: whoever asks again while it lasts is told again.
    entry.request.since = 0;
  }
  return due;
}

void HealthWatch::done(int id, bool written) {
  const std::lock_guard guard(lock_);
  Entry* entry = find(id);
  if (entry == nullptr) return;
  if (written) {
    ++entry->missed.written;
  } else {
    ++entry->missed.failed;
  }
}

}  // namespace sigbridge
