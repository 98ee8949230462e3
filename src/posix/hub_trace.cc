// The hub's part in tracing: a trace begins and ends, and is written by the wait thread when its signal
// comes.
#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "hub.h"
#include "signal_handler.h"
#include "trace_ring.h"
#include "trace_text.h"

namespace sigbridge {

PosixError Hub::start_tracing(const TraceOptions& options) {
  const std::lock_guard lifecycle(lifecycle_);
  if (options.dump_signal != 0 && ::fcntl(options.fd, F_GETFD) < 0) return PosixError::last("fcntl");
  // First, so that the trace shows it too; what stood as the dump's signal goes after that, so that nothing
  // is stopped in between.
  if (PosixError failure = start_trace(options.capacity)) return failure;
  const bool queue = thread_.running() ? queue_.is_open() : uses_kernel_queue();
  trace(TraceKind::kTrace, 0, queue ? 1 : 0);
  dump_fd_.store(options.fd);
  if (options.dump_signal == dump_signal_) return PosixError::none();
  give_dump_signal_back();
  if (options.dump_signal == 0) return PosixError::none();
  const PosixError failure = take_dump_signal(options.dump_signal, options.listeners);
  if (failure) stop_trace();
  return failure;
}

void Hub::stop_tracing() {
  const std::lock_guard lifecycle(lifecycle_);
  give_dump_signal_back();
  stop_trace();
}

// A user of the signal as a subscription is, but nobody's: no queue, and none of its flags. The lifecycle
// lock is held.
PosixError Hub::take_dump_signal(int signo, Listeners listeners) {
  if (!thread_.running()) {
    if (PosixError failure = start()) return failure;
  }
  PosixError failure;
  {
    const std::lock_guard table(table_);
    failure = acquire(signo, listeners);
    if (!failure) dump_signal_ = signo;
    choose_who_answers();
  }
  if (failure && idle()) stop();
  return failure;
}

// The lifecycle lock is held.
void Hub::give_dump_signal_back() {
  if (dump_signal_ == 0) return;
  {
    const std::lock_guard table(table_);
    const auto signo = static_cast<size_t>(std::exchange(dump_signal_, 0));
    if (--users_[signo] == 0) let_go(static_cast<int>(signo));
    choose_who_answers();
  }
  if (idle() && thread_.running()) stop();
}

// Not written here, where the table lock is held, perhaps by a JS thread: by the wait thread, which a ring
// sends to look. The table lock is held.
void Hub::look_for_dump_request(std::span<const SignalRecord> batch) {
  if (dump_signal_ == 0) return;
  const auto is_it = [this](const SignalRecord& record) { return record.signo == dump_signal_; };
  if (std::none_of(batch.begin(), batch.end(), is_it)) return;
  dump_wanted_.store(true);
  static_cast<void>(SelfPipe::ring(pipe_.write_fd()));
}

// The wait thread, without a lock.
void Hub::dump_if_asked() {
  if (!dump_wanted_.exchange(false)) return;
  trace(TraceKind::kDump);
  static_cast<void>(write_trace(dump_fd_.load()));
}

}  // namespace sigbridge
