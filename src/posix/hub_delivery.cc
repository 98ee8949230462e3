// The hub's way of a delivery: from the ring, the kernel's queue and the counts of what found the ring full,
// to the environments that are subscribed, or to what is held. The wait thread, and JS threads that cannot
// wait for it; the table lock makes its holder the one reader.
#include <algorithm>
#include <cstdlib>

#include "hub.h"
#include "redelivery.h"
#include "signal_handler.h"
#include "trace_ring.h"

namespace sigbridge {
namespace {

// Where several threads take one signal, a record may reach the ring behind a later one. The handler's clock
// puts most of them right again; records come nearly in order, so that one pass is all it takes.
void sort_by_time(std::span<SignalRecord> records) {
  for (size_t i = 1; i < records.size(); ++i) {
    const SignalRecord record = records[i];
    size_t at = i;
    for (; at > 0 && records[at - 1].timestamp > record.timestamp; --at) records[at] = records[at - 1];
    records[at] = record;
  }
}

}  // namespace

// One batch from the ring to the environments. False when there was no more than that: a record that comes
// later rings again.
bool Hub::dispatch(Queue queue) {
  std::vector<SignalRecord> unchained;
  bool more = false;
  {
    const std::lock_guard table(table_);
    more = dispatch_locked(queue);
    unchained = take_unchained();
  }
  // Without the lock: who knows what a foreign handler does.
  for (const SignalRecord& record : unchained) tell_chained(record);
  return more;
}

// The table lock makes its holder the ring's one reader.
bool Hub::dispatch_locked(Queue queue) {
  std::array<SignalRecord, kBatch> batch;
  const size_t popped = fetch(batch, queue);
  const size_t fetched = fetch_overflow(batch, popped);
  look_for_dump_request(std::span(batch).first(fetched));
  const size_t count = settle(std::span(batch).first(fetched));
  if (count > 0) hand_out(std::span(batch).first(count), Subscriber::Came::kNow);
  for (Subscriber* subscriber : subscribers_) subscriber->ring_if_needed();
  return popped >= kBatchRoom;
}

size_t Hub::fetch(std::span<SignalRecord> batch, Queue queue) {
  stats_.ring_high_water = std::max(stats_.ring_high_water, record_ring().size());
  size_t count = 0;
  while (count < kBatchRoom && record_ring().pop(batch[count])) ++count;
  if (count > 0) trace(TraceKind::kRingRead, 0, static_cast<int64_t>(count));
  if (queue == Queue::kRead) count += read_queue(batch.subspan(count, kBatchRoom - count));
  stats_.received += count;
  for (const SignalRecord& record : batch.first(count)) {
    if (record.code == SI_USER && record.pid == 0) ++stats_.bare;
  }
  if (!wait_thread_takes_.load()) sort_by_time(batch.first(count));
  return count;
}

// With one environment no more than it can keep: the rest stays in the kernel, where a sender notices.
size_t Hub::read_queue(std::span<SignalRecord> batch) {
  if (!queue_.is_open() || batch.empty()) return 0;
  const bool one = subscribers_.size() == 1;
  const size_t room = one ? std::min(batch.size(), subscribers_.front()->room()) : batch.size();
  const size_t count = queue_.read(batch.first(room));
  if (count > 0) {
    trace(TraceKind::kQueueRead, 0, static_cast<int64_t>(count));
  } else if (queue_.broken()) {
    suspicious_.store(true);
  }
  // No handler of ours ran that would have called it.
  for (SignalRecord& record : batch.first(count)) {
    if (has_chained(record.signo)) record.count = -1;
  }
  return count;
}

// What found the ring full. Standard signals are merged into a record of the batch, as the kernel merges
// those that are pending; real-time records are lost, and counted.
size_t Hub::fetch_overflow(std::span<SignalRecord> batch, size_t count) {
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    std::atomic<uint32_t>& cell = handler_state().overflow[static_cast<size_t>(signo)];
    if (cell.load(std::memory_order_relaxed) == 0) continue;
    const uint32_t missed = cell.exchange(0);
    stats_.received += missed;
    stats_.overflow += missed;
    const bool unchained = handler_state().unchained.take(signo);
    if (is_realtime(signo)) {
      drop(signo, missed);
      continue;
    }
    const int32_t signed_count = unchained ? -static_cast<int32_t>(missed) : static_cast<int32_t>(missed);
    const auto same = [=](const SignalRecord& record) {
      return record.signo == signo && (record.count < 0) == unchained;
    };
    const auto earlier = std::find_if(batch.rend() - static_cast<std::ptrdiff_t>(count), batch.rend(), same);
    if (earlier != batch.rend()) {
      earlier->count += signed_count;
    } else {
      batch[count] = make_record(signo, nullptr, monotonic_now());
      batch[count].count = signed_count;
      ++count;
    }
  }
  return count;
}

void Hub::drop(int signo, uint32_t count) {
  trace(TraceKind::kDropped, signo, count);
  note_drop();
  bool told = false;
  for (Subscriber* subscriber : subscribers_) told = subscriber->accept_dropped(signo, count) || told;
  if (!told) stats_.unclaimed += count;
}

// What is held stays here; the rest moves together to the front. How many those are.
size_t Hub::settle(std::span<SignalRecord> batch) {
  size_t left = 0;
  for (SignalRecord record : batch) {
    const bool unchained = record.count < 0;
    record.count = std::abs(record.count);
    if (held_.holds(record.signo)) {
      trace(TraceKind::kHeld, record.signo, record.count);
      if (held_.keep(record, unchained) == HeldSignals::Kept::kDropped)
        drop(record.signo, static_cast<uint32_t>(record.count));
      for (const Waiter* waiter : waiters_) {
        if (waiter->signals.contains(record.signo))
          static_cast<void>(SelfPipe::ring(waiter->bell.write_fd()));
      }
      continue;
    }
    // Its hold has ended while it was on the way, or it came without a run of the handler.
    if (unchained) unchained_.push_back(record);
    batch[left++] = record;
  }
  return left;
}

void Hub::hand_out(std::span<const SignalRecord> batch, Subscriber::Came came) {
  ++stats_.batches;
  // Of one signal, when it is alone.
  trace(TraceKind::kDispatch, batch.size() == 1 ? batch[0].signo : 0, static_cast<int64_t>(batch.size()));
  for (const SignalRecord& record : batch) {
    if (deadline_.came(record)) duty_changed();
  }
  if (health_.any()) {
    const int64_t now = monotonic_now();
    for (const SignalRecord& record : batch) health_.came(record, now);
  }
  std::array<bool, kBatch> claimed{};
  for (Subscriber* subscriber : subscribers_) {
    if (subscriber->accept(batch, std::span(claimed).first(batch.size()), came)) note_drop();
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    if (!claimed[i] && batch[i].signo != dump_signal_)
      stats_.unclaimed += static_cast<uint64_t>(batch[i].count);
  }
}

void Hub::note_drop() {
  episode_last_ = monotonic_now();
  if (episode_began_ == 0) episode_began_ = episode_last_;
}

void Hub::close_overflow_episode(int64_t now) {
  const std::lock_guard table(table_);
  if (episode_began_ == 0) return;
  if (now - episode_last_ < kEpisodeQuiet && now - episode_began_ < kEpisodeLongest) return;
  episode_began_ = 0;
  for (Subscriber* subscriber : subscribers_) {
    subscriber->end_overflow_episode();
    subscriber->ring_if_needed();
  }
}

}  // namespace sigbridge
