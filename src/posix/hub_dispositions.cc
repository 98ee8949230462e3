// See hub.h: what the hub is asked about dispositions, and the user's own changes. JS threads. Under the
// lifecycle lock too: a visit borrows SIGURG for a moment with that lock alone, and puts back what it found.
#include <algorithm>

#include "hub.h"

namespace sigbridge {

// Under the lifecycle lock: nobody subscribes between the answer and its use.
bool Hub::all_agree(std::span<const Wanted> wanted) {
  const std::lock_guard table(table_);
  return std::all_of(wanted.begin(), wanted.end(),
                     [this](const Wanted& want) { return dispositions_.agrees(want.signo, want.flags); });
}

Result<DispositionInfo> Hub::query(int signo) {
  const std::lock_guard lifecycle(lifecycle_);
  const std::lock_guard table(table_);
  return dispositions_.query(signo);
}

PosixError Hub::change(int signo, const struct sigaction& action) {
  const std::lock_guard lifecycle(lifecycle_);
  const std::lock_guard table(table_);
  return dispositions_.change(signo, action);
}

unsigned Hub::flags(int signo) {
  const std::lock_guard lifecycle(lifecycle_);
  const std::lock_guard table(table_);
  return dispositions_.flags(signo);
}

// Without the lifecycle lock, whose holder may wait for threads: the process has an end to come to. The lock
// is never given back: the wait thread would find the handler gone and take its place again, between the
// change and the signal that is to end the process.
std::optional<struct sigaction> Hub::freeze_for_end(int signo) {
  table_.lock();
  return dispositions_.stand_in(signo);
}

}  // namespace sigbridge
