// See user_mask.h.
#include "user_mask.h"

#include <algorithm>
#include <cstdint>

#include "mask_table.h"
#include "signal_handler.h"
#include "thread_mask.h"
#include "trace_ring.h"

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>

#include "thread_list.h"
#endif

namespace sigbridge {
namespace {

// What we keep blocked on this thread whatever the program sets (bits, signo - 1), and where we note which of
// it the program has open.
struct Ours {
  uint64_t signals = 0;
  ThreadEntry* entry = nullptr;
};

#ifdef __linux__
Ours ours_here(uint64_t single_taker) {
  if (single_taker == 0) return {};
  const auto tid = static_cast<pid_t>(::syscall(SYS_gettid));
  ThreadEntry* entry = mask_table().entry_of(tid, false);
  // The taker keeps nothing blocked, or only until JavaScript has caught up.
  if (tid == handler_state().taker.load()) return {0, entry};
  if (entry == nullptr) {
    // The handler may look this thread up too: not while its entry is half made.
    const ScopedBlock block(SignalSet::blockable());
    entry = mask_table().entry_of(tid, true);
  }
  // No entry, no order to keep: the table is full, and the handler masks strays.
  if (entry == nullptr || entry->exempt.load()) return {};
  return {single_taker, entry};
}
#else
Ours ours_here(uint64_t) {
  return {};
}
#endif

SignalSet without(const SignalSet& set, uint64_t bits) {
  SignalSet left = set;
  for (int signo = 1; bits != 0 && signo <= 64; ++signo, bits >>= 1) {
    if ((bits & 1) != 0) left.remove(signo);
  }
  return left;
}

uint64_t realtime_bits(const SignalSet& set) {
  uint64_t bits = 0;
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    if (set.contains(signo)) bits |= MaskTable::bit(signo);
  }
  return bits;
}

uint64_t added(const Ours& ours) {
  return ours.entry == nullptr ? 0 : ours.entry->added.load();
}

// A visit may come in the middle, with other signals to keep blocked: then once more. `change` returns the
// mask before.
template <typename Change>
SignalSet change_mask(const Change& change) {
  SignalSet before;
  for (bool first = true;; first = false) {
    const uint64_t single_taker = single_taker_signals();
    const Ours ours = ours_here(single_taker);
    const uint64_t only_ours = added(ours);
    const SignalSet found = change(ours);
    if (first) before = without(found, only_ours);
    if (single_taker_signals() == single_taker) return before;
  }
}

constexpr int kBits = std::min(kMaxSignal, 64);

// What sections have blocked on this thread (bits, signo - 1), beyond the program's own mask.
thread_local uint64_t t_by_sections = 0;

uint64_t to_bits(const SignalSet& signals) {
  uint64_t bits = 0;
  for (int signo = 1; signo <= kBits; ++signo) {
    if (signals.contains(signo)) bits |= MaskTable::bit(signo);
  }
  return bits;
}

}  // namespace

SignalSet user_mask() {
  return without(current_mask(), added(ours_here(single_taker_signals())));
}

SignalSet block_for_user(const SignalSet& signals) {
  trace(TraceKind::kMaskBlock, signals);
  return change_mask([&](const Ours& ours) {
    SignalSet before;
    ::pthread_sigmask(SIG_BLOCK, &signals.native(), before.out());
    // From now on the program's too: not to be opened when our last subscription goes.
    if (ours.entry != nullptr) ours.entry->added.fetch_and(~realtime_bits(signals));
    return before;
  });
}

SignalSet unblock_for_user(const SignalSet& signals) {
  trace(TraceKind::kMaskUnblock, signals);
  return change_mask([&](const Ours& ours) {
    if (ours.entry != nullptr) ours.entry->added.fetch_or(ours.signals & realtime_bits(signals));
    const SignalSet opened = without(signals, ours.signals);
    SignalSet before;
    ::pthread_sigmask(SIG_UNBLOCK, &opened.native(), before.out());
    return before;
  });
}

SignalSet set_for_user(const SignalSet& mask) {
  trace(TraceKind::kMaskSet, mask);
  return change_mask([&](const Ours& ours) {
    SignalSet effective = mask;
    for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
      if ((ours.signals & MaskTable::bit(signo)) != 0) effective.add(signo);
    }
    if (ours.entry != nullptr) ours.entry->added.store(ours.signals & ~realtime_bits(mask));
    SignalSet before;
    ::pthread_sigmask(SIG_SETMASK, &effective.native(), before.out());
    return before;
  });
}

SignalSet enter_section_mask(const SignalSet& signals) {
  const SignalSet before = block_for_user(signals);
  t_by_sections |= to_bits(signals) & ~to_bits(before);
  return before;
}

void leave_section_mask(const SignalSet& before) {
  static_cast<void>(set_for_user(before));
  t_by_sections &= to_bits(before);
}

void open_section_mask() {
  if (t_by_sections == 0) return;
  SignalSet open;
  for (int signo = 1; signo <= kBits; ++signo) {
    if ((t_by_sections & MaskTable::bit(signo)) != 0) open.add(signo);
  }
  ::pthread_sigmask(SIG_UNBLOCK, &open.native(), nullptr);
}

PendingSignals pending_signals() {
  PendingSignals pending;
#ifdef __linux__
  ThreadInfo self;
  self.tid = static_cast<pid_t>(::syscall(SYS_gettid));
  if (read_thread(self)) {
    for (int signo = 1; signo <= kMaxSignal; ++signo) {
      if ((self.pending & MaskTable::bit(signo)) != 0) pending.thread.add(signo);
      if ((self.pending_for_process & MaskTable::bit(signo)) != 0) pending.process.add(signo);
    }
    return pending;
  }
#endif
  ::sigpending(pending.process.out());
  return pending;
}

}  // namespace sigbridge
