// The hub's half for critical sections: signals that are held for the whole process. A mask is one thread's;
// so while a hold stands our handler takes the signal on whatever thread, calls nobody, and what it recorded
// is kept until the hold ends. JS threads.
#include "hub.h"
#include "mask_table.h"
#include "redelivery.h"
#include "signal_handler.h"
#include "trace_ring.h"

namespace sigbridge {
namespace {

size_t cell(int signo) {
  return static_cast<size_t>(signo);
}

// A child that ends while SIGCHLD is ignored leaves no zombie: a handler in its place would change that.
bool is_ignored(int signo) {
  return read_disposition(signo).sa_handler == SIG_IGN;
}

bool has_realtime(const SignalSet& signals) {
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    if (signals.contains(signo)) return true;
  }
  return false;
}

}  // namespace

// The usual case, in which nothing is installed and no system call made. The table lock is held.
bool Hub::hold_if_watched(const SignalSet& signals, SignalSet& taken) {
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (signals.contains(signo) && users_[cell(signo)] == 0) return false;
  }
  // What came before is not held, nor given to a wait.
  while (dispatch_locked(has_realtime(signals) ? Queue::kRead : Queue::kLeave)) {
  }
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (!signals.contains(signo)) continue;
    ++users_[cell(signo)];
    held_.hold(signo);
    handler_state().held.add(signo);
  }
  taken = signals;
  return true;
}

// As many as can be, in `done`. Both locks are held.
PosixError Hub::acquire_held(const SignalSet& signals, SignalSet& done) {
  while (dispatch_locked(Queue::kRead)) {
  }
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (!signals.contains(signo)) continue;
    // Before our handler stands, so that it never runs for a signal that is about to be held as if it were
    // not.
    handler_state().held.add(signo);
    held_.hold(signo);
    if (PosixError failure = acquire(signo, Listeners::kUnknown)) {
      if (held_.unhold(signo)) handler_state().held.remove(signo);
      return failure;
    }
    done.add(signo);
  }
  return PosixError::none();
}

PosixError Hub::hold(const SignalSet& signals, Ignored ignored, SignalSet& taken) {
  trace(TraceKind::kHold, signals);
  {
    std::unique_lock table(table_);
    if (hold_if_watched(signals, taken)) {
      const std::vector<SignalRecord> unchained = take_unchained();
      table.unlock();
      for (const SignalRecord& record : unchained) tell_chained(record);
      return PosixError::none();
    }
  }
  std::unique_lock lifecycle(lifecycle_);
  taken = SignalSet();
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (signals.contains(signo) && (ignored == Ignored::kHeldToo || !is_ignored(signo))) taken.add(signo);
  }
  // Else nobody would stop what is started here.
  if (!taken.any()) return PosixError::none();
  if (!thread_.running()) {
    if (PosixError failure = start()) return failure;
  }
  const uint64_t realtime = single_taker_from_now_on(taken);
  SignalSet done;
  std::unique_lock table(table_);
  if (PosixError failure = acquire_held(taken, done)) {
    Released released = release_held(done);
    released.realtime |= realtime;
    table.unlock();
    finish(lifecycle, released);
    return failure;
  }
  const std::vector<SignalRecord> unchained = take_unchained();
  table.unlock();
  if (realtime != 0) static_cast<void>(have_mask_followed());
  lifecycle.unlock();
  for (const SignalRecord& record : unchained) tell_chained(record);
  return PosixError::none();
}

// The table lock is held.
bool Hub::is_last_user_of_any(const SignalSet& signals) const {
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (signals.contains(signo) && users_[cell(signo)] == 1) return true;
  }
  return false;
}

// Ends the hold: subscribers are told, and what has no other user has its old disposition again. The table
// lock is held, and the lifecycle lock too where a signal may lose its last user.
Hub::Released Hub::release_held(const SignalSet& signals) {
  Released released;
  SignalSet unwatched;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (!signals.contains(signo) || --users_[cell(signo)] != 0) continue;
    unwatched.add(signo);
    if (is_realtime(signo)) released.realtime |= MaskTable::bit(signo);
    // A handler that has not looked yet, on some thread, will find this and send it again. Not where another
    // handler stands: it may be the one that calls ours, and would be sent the same for ever.
    if (dispositions_.defaults_beneath(signo)) handler_state().resend.add(signo);
    let_go(signo);
  }
  // Those that looked before are waited for: what they record is still held.
  if (unwatched.any()) static_cast<void>(wait_for_handlers());
  while (dispatch_locked(has_realtime(signals) ? Queue::kRead : Queue::kLeave)) {
  }
  SignalSet free;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (!signals.contains(signo) || !held_.unhold(signo)) continue;
    handler_state().held.remove(signo);
    free.add(signo);
  }
  for (const HeldRecord& held : held_.release(free)) {
    if (unwatched.contains(held.record.signo)) {
      released.orphans.push_back(held.record);
      continue;
    }
    hand_out(std::span(&held.record, 1), Subscriber::Came::kWhileHeld);
    if (held.unchained) unchained_.push_back(held.record);
  }
  for (Subscriber* subscriber : subscribers_) subscriber->ring_if_needed();
  released.unchained = take_unchained();
  return released;
}

// The table lock was given up. The lifecycle lock is given up here, where it is held: foreign handlers run,
// and the process may end.
void Hub::finish(std::unique_lock<std::mutex>& lifecycle, const Released& released) {
  if (lifecycle.owns_lock()) {
    give_back_if_idle(released.realtime);
    if (idle() && thread_.running()) stop();
    lifecycle.unlock();
  }
  for (const SignalRecord& record : released.unchained) tell_chained(record);
  for (const SignalRecord& record : released.orphans) send_again(record);
}

void Hub::unhold(const SignalSet& taken) {
  // Nothing may have been started for it.
  if (!taken.any()) return;
  std::unique_lock lifecycle(lifecycle_, std::defer_lock);
  std::unique_lock table(table_);
  if (is_last_user_of_any(taken)) {
    // In the order all take them; another user may come or go meanwhile.
    table.unlock();
    lifecycle.lock();
    table.lock();
  }
  const Released released = release_held(taken);
  trace(TraceKind::kRelease, taken);
  table.unlock();
  finish(lifecycle, released);
}

SignalSet Hub::held() {
  const std::lock_guard table(table_);
  SignalSet signals;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (held_.has(signo)) signals.add(signo);
  }
  return signals;
}

}  // namespace sigbridge
