// Fuzzes what carries records: siginfo_t to record, the ring, what is held, and an environment's inbox.
// Random operations on the real ones, beside models that are as simple as can be; every record is in one
// place, or counted.
#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <memory>
#include <vector>

#include "held_signals.h"
#include "input.h"
#include "record_ring.h"
#include "signal_record.h"
#include "subscriber.h"

using namespace sigbridge;

namespace {

constexpr std::array<int, 6> kSignals = {SIGTERM, SIGUSR2, SIGCHLD, 34, 35, 64};

bool same(const SignalRecord& one, const SignalRecord& other) {
  return std::memcmp(&one, &other, sizeof one) == 0;
}

SignalRecord any_record(Input& input) {
  siginfo_t info{};
  const std::string bytes = input.text(sizeof info);
  std::memcpy(&info, bytes.data(), bytes.size());
  const int signo = kSignals[input.between<size_t>(0, kSignals.size() - 1)];
  return make_record(signo, input.coin() ? &info : nullptr, monotonic_now());
}

// A siginfo_t is a union, and only some causes carry a sender or a payload: nothing of the rest may come
// through, it may be an address.
void check_make_record(Input& input) {
  siginfo_t info{};
  const std::string bytes = input.text(sizeof info);
  std::memcpy(&info, bytes.data(), bytes.size());
  if (input.coin()) info.si_code = input.between(-10, 10);
  const int signo = input.between(1, kMaxSignal);
  const SignalRecord record = make_record(signo, &info, 7);
  MUST(record.signo == signo && record.code == info.si_code && record.count == 1 && record.timestamp == 7);
  const bool from_kernel = info.si_code > 0 && signo != SIGCHLD;
  if (from_kernel) MUST(record.pid == 0 && record.uid == 0 && record.value_bits == 0 && record.status == 0);
  if (info.si_code == SI_USER || info.si_code == SI_TKILL) MUST(record.value_bits == 0 && record.status == 0);
  if (info.si_code == SI_QUEUE) MUST(record.pid == info.si_pid && record.uid == info.si_uid);
  if (info.si_code == SI_TIMER) MUST(record.pid == 0 && record.uid == 0);
  const SignalRecord nothing = make_record(signo, nullptr, 7);
  MUST(nothing.code == 0 && nothing.pid == 0 && nothing.value_bits == 0 && nothing.count == 1);
}

void check_merge(Input& input) {
  SignalRecord earlier = any_record(input), later = any_record(input);
  earlier.count = input.between(1, std::numeric_limits<int32_t>::max());
  later.count = input.between(1, std::numeric_limits<int32_t>::max());
  SignalRecord merged = earlier;
  merge(merged, later);
  const int64_t sum = int64_t{earlier.count} + later.count;
  MUST(merged.count == std::min<int64_t>(sum, std::numeric_limits<int32_t>::max()));
  MUST(merged.timestamp == later.timestamp && merged.pid == later.pid && merged.signo == later.signo);
  // The kernel never counts below zero.
  if (earlier.code == SI_TIMER && later.code == SI_TIMER && earlier.status >= 0 && later.status >= 0) {
    MUST(merged.status ==
         std::min<int64_t>(int64_t{earlier.status} + later.status, std::numeric_limits<int32_t>::max()));
  }
}

// Rings are never freed; a few are all there are.
RecordRing& ring_of(size_t which) {
  static auto* rings = [] {
    auto* made = new std::array<RecordRing, 4>;
    for (size_t i = 0; i < made->size(); ++i) MUST(!(*made)[i].allocate(1U << (i * 2)));
    return made;
  }();
  return (*rings)[which];
}

void check_ring(Input& input) {
  RecordRing& ring = ring_of(input.between<size_t>(0, 3));
  std::deque<SignalRecord> model;
  while (!input.empty() && input.number<uint8_t>() != 0) {
    if (input.coin()) {
      const SignalRecord record = any_record(input);
      MUST(ring.push(record) == (model.size() < ring.capacity()));
      if (model.size() < ring.capacity()) model.push_back(record);
    } else {
      SignalRecord record{};
      MUST(ring.pop(record) == !model.empty());
      if (model.empty()) continue;
      MUST(same(record, model.front()));
      model.pop_front();
    }
    MUST(ring.size() == model.size());
    MUST(ring.half_full() == (model.size() * 2 >= ring.capacity()));
  }
  SignalRecord record{};
  for (const SignalRecord& expected : model) MUST(ring.pop(record) && same(record, expected));
  MUST(!ring.pop(record) && ring.size() == 0);
}

void check_held(Input& input) {
  HeldSignals held;
  std::vector<SignalRecord> model;
  SignalSet wanted;
  while (!input.empty() && input.number<uint8_t>() != 0) {
    switch (input.between(0, 3)) {
      case 0:
      case 1: {
        const SignalRecord record = any_record(input);
        MUST(held.keep(record, input.coin()) == HeldSignals::Kept::kKept);
        model.push_back(record);
        break;
      }
      case 2: {
        wanted.add(kSignals[input.between<size_t>(0, kSignals.size() - 1)]);
        // Standard ones first, the oldest of them; then the lowest real-time one, its oldest.
        auto best = model.end();
        for (auto it = model.begin(); it != model.end(); ++it) {
          if (!wanted.contains(it->signo)) continue;
          const auto rank = [](const SignalRecord& one) { return is_realtime(one.signo) ? one.signo : 0; };
          if (best == model.end() || rank(*it) < rank(*best)) best = it;
        }
        SignalRecord out{};
        MUST(held.take(wanted, out) == (best != model.end()));
        if (best == model.end()) break;
        MUST(same(out, *best));
        model.erase(best);
        break;
      }
      default: {
        const auto released = held.release(wanted);
        size_t next = 0;
        std::erase_if(model, [&](const SignalRecord& record) {
          if (!wanted.contains(record.signo)) return false;
          MUST(next < released.size() && same(released[next].record, record));
          ++next;
          return true;
        });
        MUST(next == released.size());
        wanted = SignalSet();
      }
    }
  }
}

struct Sums {
  uint64_t received = 0, delivered = 0, discarded = 0;
  uint64_t reported = 0;  // drops
};

// received == delivered + coalesced + dropped + discarded + waiting, at any time; real-time records keep
// their order.
void check_inbox(Input& input) {
  Subscriber inbox([](void*) {}, nullptr, input.between<size_t>(1, 8));
  std::array<Sums, kSignalSlots> sums{};
  std::array<int64_t, kSignalSlots> latest{};
  int64_t serial = 0;
  const auto take = [&](size_t most) {
    std::vector<SignalRecord> out(most);
    const size_t count = inbox.take(out);
    MUST(count <= most);
    for (size_t i = 0; i < count; ++i) {
      const auto cell = static_cast<size_t>(out[i].signo);
      MUST(out[i].count >= 1);
      ++sums[cell].delivered;
      if (!is_realtime(out[i].signo)) continue;
      MUST(out[i].value_bits > latest[cell]);
      latest[cell] = out[i].value_bits;
    }
    return count;
  };
  while (!input.empty() && input.number<uint8_t>() != 0) {
    const int signo = kSignals[input.between<size_t>(0, kSignals.size() - 1)];
    const auto cell = static_cast<size_t>(signo);
    switch (input.between(0, 5)) {
      case 0:
        inbox.open(signo);
        break;
      case 1:
        sums[cell].discarded += inbox.close(signo);
        break;
      case 2:
      case 3: {
        std::vector<SignalRecord> batch(input.between<size_t>(1, 6));
        for (SignalRecord& record : batch) {
          record = any_record(input);
          record.value_bits = ++serial;
          if (!is_realtime(record.signo)) record.count = input.between(1, 5);
          if (inbox.is_open(record.signo))
            sums[static_cast<size_t>(record.signo)].received += static_cast<uint64_t>(record.count);
        }
        const auto claimed = std::make_unique<bool[]>(batch.size());
        static_cast<void>(
            inbox.accept(batch, std::span(claimed.get(), batch.size()), Subscriber::Came::kWhileHeld));
        for (size_t i = 0; i < batch.size(); ++i) MUST(claimed[i] == inbox.is_open(batch[i].signo));
        break;
      }
      case 4: {
        const auto missed = input.between<uint32_t>(1, 9);
        MUST(inbox.accept_dropped(signo, missed) == inbox.is_open(signo));
        if (inbox.is_open(signo)) sums[cell].received += missed;
        break;
      }
      default:
        static_cast<void>(take(input.between<size_t>(1, 10)));
        inbox.end_overflow_episode();
        for (const auto& [dropped_signo, count] : inbox.take_overflow_report())
          sums[static_cast<size_t>(dropped_signo)].reported += count;
    }
  }
  while (take(16) > 0) {
  }
  MUST(inbox.waiting() == 0);
  inbox.end_overflow_episode();
  for (const auto& [signo, count] : inbox.take_overflow_report())
    sums[static_cast<size_t>(signo)].reported += count;
  for (const int signo : kSignals) {
    const SignalCounters counters = inbox.counters(signo);
    const Sums& sum = sums[static_cast<size_t>(signo)];
    MUST(counters.received == sum.received);
    MUST(counters.received == sum.delivered + counters.coalesced + counters.dropped + sum.discarded);
    MUST(counters.dropped == sum.reported);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  switch (input.between(0, 4)) {
    case 0:
      check_make_record(input);
      break;
    case 1:
      check_merge(input);
      break;
    case 2:
      check_ring(input);
      break;
    case 3:
      check_held(input);
      break;
    default:
      check_inbox(input);
  }
  return 0;
}
