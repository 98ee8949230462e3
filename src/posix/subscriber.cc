// See subscriber.h: wait thread in, JS thread out, one lock.
#include "subscriber.h"

#include <algorithm>

#include "thread_list.h"
#include "trace_ring.h"

namespace sigbridge {
namespace {

constexpr size_t kReserve = 4096;
constexpr int64_t kRemembered = 60'000'000'000;

size_t cell(int signo) {
  return static_cast<size_t>(signo);
}

}  // namespace

Subscriber::Subscriber(void (*ring)(void*), void* data, size_t capacity)
    : ring_(ring), ring_data_(data), capacity_(capacity), is_main_(is_main_thread()) {}

void Subscriber::open(int signo) {
  const std::lock_guard guard(lock_);
  open_[cell(signo)] = true;
  since_[cell(signo)] = monotonic_now();
}

uint32_t Subscriber::close(int signo) {
  const std::lock_guard guard(lock_);
  open_[cell(signo)] = false;
  const auto is_it = [signo](const SignalRecord& record) { return record.signo == signo; };
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(taken_));
  taken_ = 0;
  return static_cast<uint32_t>(std::erase_if(queue_, is_it) + std::erase_if(merged_, is_it));
}

bool Subscriber::is_open(int signo) const {
  const std::lock_guard guard(lock_);
  return open_[cell(signo)];
}

bool Subscriber::accept(std::span<const SignalRecord> batch, std::span<bool> claimed, Came came) {
  bool dropped = false;
  const std::lock_guard guard(lock_);
  if (taken_ == queue_.size()) progress_ = monotonic_now();
  for (size_t i = 0; i < batch.size(); ++i) {
    const SignalRecord& record = batch[i];
    if (!wants(record.signo)) continue;
    if (came == Came::kNow && record.timestamp < since_[cell(record.signo)]) continue;
    claimed[i] = true;
    needs_ring_ = true;
    SignalCounters& counters = counters_[cell(record.signo)];
    counters.received += static_cast<uint64_t>(record.count);
    counters.coalesced += static_cast<uint64_t>(record.count) - 1;
    if (queue_.size() - taken_ < capacity_) {
      queue_.push_back(record);
    } else if (merge_or_drop(record)) {
      dropped = true;
    }
  }
  return dropped;
}

// True: dropped.
bool Subscriber::merge_or_drop(const SignalRecord& record) {
  if (is_realtime(record.signo)) {
    trace(TraceKind::kDropped, record.signo, 1);
    counters_[cell(record.signo)].dropped += 1;
    episode_[cell(record.signo)] += 1;
    return true;
  }
  for (SignalRecord& earlier : merged_) {
    if (earlier.signo != record.signo) continue;
    merge(earlier, record);
    counters_[cell(record.signo)].coalesced += 1;
    return false;
  }
  merged_.push_back(record);
  return false;
}

bool Subscriber::accept_dropped(int signo, uint32_t count) {
  const std::lock_guard guard(lock_);
  if (!wants(signo)) return false;
  counters_[cell(signo)].received += count;
  counters_[cell(signo)].dropped += count;
  episode_[cell(signo)] += count;
  return true;
}

// JavaScript counts the other half, as with close().
void Subscriber::count_discarded(int signo, uint32_t count) {
  const std::lock_guard guard(lock_);
  counters_[cell(signo)].received += count;
}

void Subscriber::accept_displaced(int signo, const struct sigaction& found, bool by_stranger) {
  const std::lock_guard guard(lock_);
  if (!wants(signo) || !has_inbox()) return;
  needs_ring_ = true;
  const auto same = [=](const Displacement& one) {
    return one.signo == signo && one.by_stranger == by_stranger;
  };
  const auto earlier = std::find_if(displaced_.begin(), displaced_.end(), same);
  if (earlier == displaced_.end()) {
    displaced_.push_back({signo, 1, by_stranger, found});
  } else {
    ++earlier->count;
    earlier->found = found;
  }
}

void Subscriber::end_overflow_episode() {
  const std::lock_guard guard(lock_);
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (episode_[cell(signo)] == 0) continue;
    report_.emplace_back(signo, std::exchange(episode_[cell(signo)], 0));
    needs_ring_ = true;
  }
}

void Subscriber::ring_if_needed() {
  {
    const std::lock_guard guard(lock_);
    if (!std::exchange(needs_ring_, false) || rung_) return;
    rung_ = true;
  }
  trace(TraceKind::kDoorbell);
  ring_(ring_data_);
}

bool Subscriber::full() const {
  const std::lock_guard guard(lock_);
  // Room for what one round may take, and for what other threads' handlers may add.
  return queue_.size() - taken_ + kReserve > capacity_;
}

size_t Subscriber::room() const {
  const std::lock_guard guard(lock_);
  const size_t waiting = queue_.size() - taken_;
  return waiting < capacity_ ? capacity_ - waiting : 0;
}

void Subscriber::silence() {
  const std::lock_guard guard(lock_);
  rung_ = false;
}

void Subscriber::expect_ring() {
  const std::lock_guard guard(lock_);
  rung_ = true;
}

int64_t Subscriber::stuck_since() const {
  const std::lock_guard guard(lock_);
  return taken_ == queue_.size() ? 0 : progress_;
}

int64_t Subscriber::longest_wait() const {
  const std::lock_guard guard(lock_);
  const int64_t now = monotonic_now();
  const int64_t past = now - longest_wait_at_ < kRemembered ? longest_wait_ : 0;
  return taken_ == queue_.size() ? past : std::max(past, now - progress_);
}

size_t Subscriber::take(std::span<SignalRecord> out) {
  const std::lock_guard guard(lock_);
  const int64_t now = monotonic_now();
  if (taken_ != queue_.size()) {
    const int64_t waited = now - progress_;
    if (waited >= longest_wait_ || now - longest_wait_at_ >= kRemembered) {
      longest_wait_ = waited;
      longest_wait_at_ = now;
    }
  }
  progress_ = now;
  if (taken_ == queue_.size()) {
    queue_.clear();
    taken_ = 0;
    queue_.swap(merged_);
  }
  const size_t count = std::min(out.size(), queue_.size() - taken_);
  std::copy_n(queue_.begin() + static_cast<std::ptrdiff_t>(taken_), count, out.begin());
  taken_ += count;
  if (taken_ == queue_.size()) {
    queue_.clear();
    taken_ = 0;
  } else if (taken_ >= capacity_) {
    // A reader that never quite catches up must not make the queue grow for ever.
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
  return count;
}

std::vector<std::pair<int, uint32_t>> Subscriber::take_overflow_report() {
  const std::lock_guard guard(lock_);
  return std::exchange(report_, {});
}

bool Subscriber::was_displaced() const {
  const std::lock_guard guard(lock_);
  return !displaced_.empty();
}

std::vector<Displacement> Subscriber::take_displaced_report() {
  const std::lock_guard guard(lock_);
  return std::exchange(displaced_, {});
}

SignalCounters Subscriber::counters(int signo) const {
  const std::lock_guard guard(lock_);
  return counters_[cell(signo)];
}

size_t Subscriber::waiting() const {
  const std::lock_guard guard(lock_);
  return queue_.size() - taken_ + merged_.size();
}

}  // namespace sigbridge
