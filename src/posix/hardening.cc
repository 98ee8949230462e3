// See hardening.h.
#include "hardening.h"

namespace sigbridge {
namespace {

constexpr unsigned kOnStack = SA_ONSTACK;

bool has_full_mask(const struct sigaction& action, int suspend_signal) {
  const SignalSet mask(action.sa_mask);
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (signo == SIGKILL || signo == SIGSTOP || signo == suspend_signal || is_fault(signo)) continue;
    // What libc keeps for itself never gets into a mask.
    if (signo >= 32 && realtime_max() >= realtime_min() && signo < realtime_min()) continue;
    if (!mask.contains(signo)) return false;
  }
  return true;
}

bool needs_repair(int signo, const struct sigaction& standing, int suspend_signal) {
  if (signo == suspend_signal || !is_handler(standing)) return false;
  const bool on_stack = (static_cast<unsigned>(standing.sa_flags) & kOnStack) != 0;
  return !on_stack || !has_full_mask(standing, suspend_signal);
}

}  // namespace

std::vector<int> unhardened_signals(int suspend_signal) {
  std::vector<int> signals;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (needs_repair(signo, read_disposition(signo), suspend_signal)) signals.push_back(signo);
  }
  return signals;
}

std::vector<int> Hardening::repair_all(int suspend_signal) {
  std::vector<int> signals;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    // All zeros, the default, where there is no such signal.
    const struct sigaction standing = read_disposition(signo);
    if (!needs_repair(signo, standing, suspend_signal)) continue;
    struct sigaction repaired = standing;
    repaired.sa_flags = static_cast<int>(static_cast<unsigned>(standing.sa_flags) | kOnStack);
    // Added to what the handler's owner asked for, never taken from it.
    for (int other = 1; other <= kMaxSignal; ++other) {
      if (other != suspend_signal && !is_fault(other)) sigaddset(&repaired.sa_mask, other);
    }
    static_cast<void>(set_disposition(signo, repaired));
    repaired_[static_cast<size_t>(signo)] = Repaired{standing, read_disposition(signo)};
    signals.push_back(signo);
  }
  return signals;
}

void Hardening::undo(Dispositions& dispositions) {
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    std::optional<Repaired>& entry = repaired_[static_cast<size_t>(signo)];
    if (!entry.has_value()) continue;
    if (same_disposition(read_disposition(signo), entry->repaired))
      static_cast<void>(set_disposition(signo, entry->original));
    dispositions.replace_saved(signo, entry->repaired, entry->original);
    entry.reset();
  }
}

}  // namespace sigbridge
