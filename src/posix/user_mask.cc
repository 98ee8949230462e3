// See user_mask.h.
#include "user_mask.h"

#include <cstdint>

#include "mask_table.h"
#include "signal_handler.h"
#include "thread_mask.h"

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>

#include "thread_list.h"
#endif

namespace sigbridge {
namespace {

// What we keep blocked on this thread whatever the program sets (bits, signo - 1), and where we note which of it the
// program has open.
struct Ours {
  uint64_t signals = 0;
  ThreadEntry* entry = nullptr;
};

Ours ours_here() {
#ifdef __linux__
  const uint64_t signals = single_taker_signals();
  if (signals == 0) return {};
  const auto tid = static_cast<pid_t>(::syscall(SYS_gettid));
  if (tid == handler_state().taker.load()) return {};
  ThreadEntry* entry = mask_table().entry_of(tid, false);
  if (entry == nullptr) {
    // The handler may look this thread up too: not while its entry is half made.
    const ScopedBlock block(SignalSet::blockable());
    entry = mask_table().entry_of(tid, true);
  }
  // No entry, no order to keep: the table is full, and the handler masks strays.
  if (entry == nullptr || entry->exempt.load()) return {};
  return {signals, entry};
#else
  return {};
#endif
}

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

}  // namespace

SignalSet user_mask() {
  return without(current_mask(), added(ours_here()));
}

SignalSet block_for_user(const SignalSet& signals) {
  const Ours ours = ours_here();
  const uint64_t only_ours = added(ours);
  // From now on the program's too: not to be opened when our last subscription goes.
  if (ours.entry != nullptr) ours.entry->added.fetch_and(~realtime_bits(signals));
  SignalSet before;
  ::pthread_sigmask(SIG_BLOCK, &signals.native(), before.out());
  return without(before, only_ours);
}

SignalSet unblock_for_user(const SignalSet& signals) {
  const Ours ours = ours_here();
  const uint64_t only_ours = added(ours);
  if (ours.entry != nullptr) ours.entry->added.fetch_or(ours.signals & realtime_bits(signals));
  const SignalSet opened = without(signals, ours.signals);
  SignalSet before;
  ::pthread_sigmask(SIG_UNBLOCK, &opened.native(), before.out());
  return without(before, only_ours);
}

SignalSet set_for_user(const SignalSet& mask) {
  const Ours ours = ours_here();
  const uint64_t only_ours = added(ours);
  SignalSet effective = mask;
  if (ours.entry != nullptr) {
    for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
      if ((ours.signals & MaskTable::bit(signo)) != 0) effective.add(signo);
    }
    ours.entry->added.store(ours.signals & ~realtime_bits(mask));
  }
  SignalSet before;
  ::pthread_sigmask(SIG_SETMASK, &effective.native(), before.out());
  return without(before, only_ours);
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
