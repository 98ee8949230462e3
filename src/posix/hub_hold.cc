// The hub's half for critical sections and waits: signals that are held for the whole process. A mask is one thread's;
// so while a hold stands our handler takes the signal on whatever thread, calls nobody, and what it recorded is kept
// until the hold ends. JS threads.
#include <unistd.h>

#include <algorithm>

#include "hub.h"
#include "mask_table.h"
#include "redelivery.h"
#include "signal_handler.h"
#include "syscalls.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
// What the kernel still holds when the time is over is on its way to a handler: that long it may take at most.
constexpr int64_t kLastMoment = kSecond / 10;

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

// Pending for this thread or the process, and blocked here.
bool kernel_has_any(const SignalSet& signals) {
  SignalSet pending;
  ::sigpending(pending.out());
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (signals.contains(signo) && pending.contains(signo)) return true;
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

PosixError Hub::hold(const SignalSet& signals, Ignored ignored, SignalSet& taken) {
  {
    std::unique_lock table(table_);
    if (hold_if_watched(signals, taken)) {
      const std::vector<SignalRecord> unchained = take_unchained();
      table.unlock();
      for (const SignalRecord& record : unchained) tell_chained(record);
      return PosixError::none();
    }
  }
  const std::lock_guard lifecycle(lifecycle_);
  taken = SignalSet();
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (signals.contains(signo) && (ignored == Ignored::kHeldToo || !is_ignored(signo))) taken.add(signo);
  }
  if (!thread_.running()) {
    if (PosixError failure = start()) return failure;
  }
  const uint64_t realtime = single_taker_from_now_on(taken);
  PosixError failure;
  SignalSet done;
  std::vector<SignalRecord> unchained;
  {
    const std::lock_guard table(table_);
    while (dispatch_locked(Queue::kRead)) {
    }
    unchained = take_unchained();
    for (int signo = 1; signo <= kMaxSignal && !failure; ++signo) {
      if (!taken.contains(signo)) continue;
      // Before our handler stands, so that it never runs for a signal that is about to be held as if it were not.
      handler_state().held.add(signo);
      held_.hold(signo);
      failure = acquire(signo, Listeners::kUnknown);
      if (!failure) {
        done.add(signo);
      } else if (held_.unhold(signo)) {
        handler_state().held.remove(signo);
      }
    }
  }
  for (const SignalRecord& record : unchained) tell_chained(record);
  if (failure) {
    std::unique_lock table(table_);
    const Released released = release_held(done);
    table.unlock();
    give_back_if_idle(realtime);
    if (idle()) stop();
    for (const SignalRecord& record : released.unchained) tell_chained(record);
    for (const SignalRecord& record : released.orphans) send_again(record);
    return failure;
  }
  if (realtime != 0) static_cast<void>(SelfPipe::ring(pipe_.write_fd()));
  return PosixError::none();
}

// The table lock is held.
bool Hub::is_last_user_of_any(const SignalSet& signals) const {
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (signals.contains(signo) && users_[cell(signo)] == 1) return true;
  }
  return false;
}

// Ends the hold: subscribers are told, and what has no other user has its old disposition again. The table lock is held,
// and the lifecycle lock too where a signal may lose its last user.
Hub::Released Hub::release_held(const SignalSet& signals) {
  Released released;
  SignalSet unwatched;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (!signals.contains(signo) || --users_[cell(signo)] != 0) continue;
    unwatched.add(signo);
    if (is_realtime(signo)) released.realtime |= MaskTable::bit(signo);
    // A handler that has not looked yet, on some thread, will find this and send it again. Not where another handler
    // stands: it may be the one that calls ours, and would be sent the same for ever.
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
    hand_out(std::span(&held.record, 1));
    if (held.unchained) unchained_.push_back(held.record);
  }
  for (Subscriber* subscriber : subscribers_) subscriber->ring_if_needed();
  released.unchained = take_unchained();
  return released;
}

void Hub::unhold(const SignalSet& taken) {
  std::unique_lock lifecycle(lifecycle_, std::defer_lock);
  std::unique_lock table(table_);
  if (is_last_user_of_any(taken)) {
    // In the order all take them; another user may come or go meanwhile.
    table.unlock();
    lifecycle.lock();
    table.lock();
  }
  const Released released = release_held(taken);
  table.unlock();
  for (const SignalRecord& record : released.unchained) tell_chained(record);
  if (!lifecycle.owns_lock()) return;
  give_back_if_idle(released.realtime);
  if (idle()) stop();
  lifecycle.unlock();
  for (const SignalRecord& record : released.orphans) send_again(record);
}

SignalSet Hub::held() {
  const std::lock_guard table(table_);
  SignalSet signals;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (held_.has(signo)) signals.add(signo);
  }
  return signals;
}

// What is there already, taken for the waiter.
bool Hub::find_held(Waiter& waiter, SignalRecord& out) {
  std::vector<SignalRecord> unchained;
  bool found = false;
  {
    const std::lock_guard table(table_);
    // Silence first: a record that comes after it rings again.
    static_cast<void>(waiter.bell.silence());
    while (dispatch_locked(Queue::kRead)) {
    }
    unchained = take_unchained();
    found = held_.take(waiter.signals, out);
    if (found) stats_.taken += static_cast<uint64_t>(out.count);
  }
  for (const SignalRecord& record : unchained) tell_chained(record);
  return found;
}

Result<std::optional<SignalRecord>> Hub::wait_for(const SignalSet& signals, int64_t timeout) {
  Result<SelfPipe> bell = SelfPipe::create();
  if (!bell.ok()) return bell.error();
  Waiter waiter{std::move(bell.value()), signals};
  SignalSet taken;
  if (PosixError failure = hold(signals, Ignored::kHeldToo, taken)) return failure;
  {
    const std::lock_guard table(table_);
    waiters_.push_back(&waiter);
    choose_who_answers();
  }
  // Open here, so that what the program blocked and what was sent to this thread alone gets to our handler. Not what one
  // other thread takes to keep its order.
  SignalSet open = signals;
  for (int signo = realtime_min(); wait_thread_takes_.load() && signo <= realtime_max(); ++signo) open.remove(signo);
  SignalSet before;
  ::pthread_sigmask(SIG_UNBLOCK, &open.native(), before.out());
  SignalSet mask = before;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (open.contains(signo)) mask.remove(signo);
  }

  const int64_t began = monotonic_now();
  std::optional<SignalRecord> found;
  for (SignalRecord record{};;) {
    if (find_held(waiter, record)) {
      found = record;
      break;
    }
    int64_t left = timeout < 0 ? kSecond : timeout - (monotonic_now() - began);
    if (left <= 0) {
      const bool on_its_way = handler_state().in_flight.load() != 0 || kernel_has_any(signals);
      if (!on_its_way || left < -kLastMoment) break;
      left = kSecond / 1000;
    }
    const timespec pause{static_cast<time_t>(left / kSecond), static_cast<long>(left % kSecond)};
    pollfd poll_for{waiter.bell.read_fd(), POLLIN, 0};
    static_cast<void>(sys::ppoll(&poll_for, 1, &pause, &mask.native()));
  }

  ::pthread_sigmask(SIG_SETMASK, &before.native(), nullptr);
  {
    const std::lock_guard table(table_);
    std::erase(waiters_, &waiter);
    choose_who_answers();
  }
  unhold(taken);
  return found;
}

}  // namespace sigbridge
