// The hub's half for the program's mask on every thread of the process. JS threads.
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "fork_guard.h"
#include "hub.h"
#include "mask_visitor.h"
#include "signal_handler.h"
#include "trace_ring.h"
#include "user_mask.h"

namespace sigbridge {
namespace {

#ifdef __linux__
constexpr int64_t kPatience = 100'000'000;

uint64_t to_bits(const SignalSet& signals) {
  uint64_t bits = 0;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (signals.contains(signo)) bits |= MaskTable::bit(signo);
  }
  return bits;
}

// What set() opens: not what is no business of a program's. SIGURG is open on every thread that can be asked.
SignalSet others(const SignalSet& signals, int suspend_signal) {
  SignalSet rest;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    // libc keeps what lies between the standard and the real-time ones.
    const bool libc = signo > 31 && signo < realtime_min();
    if (!signals.contains(signo) && !is_fault(signo) && !libc && signo != suspend_signal && signo != SIGURG)
      rest.add(signo);
  }
  return rest;
}
#endif

}  // namespace

// A signal that the wait thread takes is not taken any more once this returns, or taken from now on.
void Hub::let_wait_thread_follow() {
#ifdef __linux__
  if (!thread_.running() || !wait_thread_takes_.load()) return;
  if (queue_.is_open()) {
    static_cast<void>(static_cast<bool>(watch_queue()));
    return;
  }
  const uint32_t wanted = have_mask_followed();
  const int64_t deadline = monotonic_now() + kPatience;
  const timespec pause{0, 20'000};
  while (mask_followed_.load() != wanted && monotonic_now() < deadline) ::nanosleep(&pause, nullptr);
#endif
}

#ifdef __linux__
Result<SignalSet> Hub::change_mask_everywhere(MaskChange change, const SignalSet& signals) {
  trace(TraceKind::kMaskProcess, signals);
  const std::lock_guard lifecycle(lifecycle_);
  // Visits are answered in this process alone, hub or no hub.
  fork_guard::install();
  handler_state().owner.store(::getpid());
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    const bool named = signals.contains(signo);
    if (named && change != MaskChange::kUnblock) handler_state().process_mask.add(signo);
    if (named ? change == MaskChange::kUnblock : change == MaskChange::kSet)
      handler_state().process_mask.remove(signo);
  }
  SignalSet before;
  PosixError failure;
  switch (change) {
    case MaskChange::kBlock:
      before = block_for_user(signals);
      failure = block_for_program(to_bits(signals), dispositions_);
      break;
    case MaskChange::kUnblock:
      before = unblock_for_user(signals);
      failure = open_for_program(to_bits(signals), dispositions_);
      break;
    case MaskChange::kSet:
      before = set_for_user(signals);
      failure = block_for_program(to_bits(signals), dispositions_);
      if (!failure) failure = open_for_program(to_bits(others(signals, suspend_signal())), dispositions_);
      break;
  }
  let_wait_thread_follow();
  if (failure) return failure;
  return before;
}
#else
Result<SignalSet> Hub::change_mask_everywhere(MaskChange, const SignalSet&) {
  return PosixError{ENOSYS, "a mask of the whole process"};
}
#endif

}  // namespace sigbridge
