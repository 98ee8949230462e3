// The hub's half for a shutdown's deadline: JS threads open it and say what they are at, deliveries arm it
// wherever they are handed out, and the wait thread keeps it, whatever JavaScript does.
#include <unistd.h>

#include <cerrno>

#include "exit_by_signal.h"
#include "hub.h"
#include "stderr_line.h"
#include "trace_ring.h"
#include "trace_text.h"

namespace sigbridge {

PosixError Hub::open_shutdown(const ShutdownPlan& plan) {
  const std::lock_guard lifecycle(lifecycle_);
  // There may be nothing subscribed: it can be begun by hand, and the event loop watched.
  if (deadline_.is_open()) return {EBUSY, "shutdown"};
  if (!thread_.running()) {
    if (PosixError failure = start()) return failure;
  }
  const std::lock_guard table(table_);
  deadline_.open(plan, monotonic_now());
  choose_who_answers();
  duty_changed();
  return PosixError::none();
}

void Hub::close_shutdown() {
  const std::lock_guard lifecycle(lifecycle_);
  {
    const std::lock_guard table(table_);
    deadline_.close();
    choose_who_answers();
  }
  if (idle() && thread_.running()) stop();
}

// The wait thread has to be back earlier than it knows.
void Hub::duty_changed() {
  static_cast<void>(pipe_.ring());
}

void Hub::start_shutdown(int signo, int end) {
  const std::lock_guard table(table_);
  deadline_.start(signo, end, monotonic_now());
  if (deadline_.is_open()) duty_changed();
}

void Hub::shutdown_at(std::string_view steps) {
  const std::lock_guard table(table_);
  deadline_.at(steps, monotonic_now());
}

void Hub::beat() {
  const std::lock_guard table(table_);
  if (deadline_.beat(monotonic_now()) && deadline_.is_open()) duty_changed();
}

int64_t Hub::shutdown_left() {
  const std::lock_guard table(table_);
  if (!deadline_.started()) return ShutdownDeadline::kNever;
  return std::max<int64_t>(deadline_.due() - monotonic_now(), 0);
}

// The wait thread, without a lock: neither the line nor the end may wait for anybody.
void Hub::keep_deadline() {
  ShutdownDeadline::Verdict verdict;
  {
    const std::lock_guard table(table_);
    if (!deadline_.is_open()) return;
    verdict = deadline_.look(monotonic_now());
  }
  if (!verdict.line.empty()) write_to_stderr(verdict.line);
  if (!verdict.end) return;
  // A trace that runs is one that somebody wants to see.
  if (tracing()) write_to_stderr(trace_text(read_trace()));
  if (verdict.code == kEndBySignal) exit_by_signal(verdict.signo);
  ::_exit(verdict.code == kEndBySignalsCode ? 128 + verdict.signo : verdict.code);
}

}  // namespace sigbridge
