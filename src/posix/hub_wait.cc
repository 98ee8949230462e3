// The hub's half for waits, as sigtimedwait(): the signals are held for the whole process (hub_hold.cc), and
// one of what was held or comes is taken. JS threads, which stand still meanwhile.
#include <algorithm>
#include <csignal>

#include "hub.h"
#include "redelivery.h"
#include "signal_handler.h"
#include "syscalls.h"
#include "thread_mask.h"
#include "trace_ring.h"

namespace sigbridge {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
// What the kernel still holds when the time is over is on its way to a handler: that long it may take at
// most.
constexpr int64_t kLastMoment = kSecond / 10;
constexpr timespec kUnheard{0, kSecond / 200};

// Pending for this thread or the process, and blocked here.
bool kernel_has_any(const SignalSet& signals) {
  SignalSet pending;
  ::sigpending(pending.out());
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (signals.contains(signo) && pending.contains(signo)) return true;
  }
  return false;
}

// This thread's mask now (a visit may have changed it), with those open.
SignalSet current_mask_without(const SignalSet& open) {
  SignalSet mask = current_mask();
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (open.contains(signo)) mask.remove(signo);
  }
  return mask;
}

// Until it rings. False: it does not any more, somebody has closed it, and a timer has to do.
bool poll_bell(const SelfPipe& bell, bool deaf, const timespec& pause, const SignalSet& mask) {
  pollfd source{deaf ? -1 : bell.read_fd(), POLLIN, 0};
  if (sys::ppoll(&source, 1, &pause, &mask.native()) < 0) {
    if (errno == EINTR) return !deaf;
    Recovery::instance().retried(PosixError::last("ppoll"));
    static_cast<void>(::nanosleep(&kUnheard, nullptr));
    return !deaf;
  }
  if (deaf) return false;
  const PosixError failure = bell.check();
  if (failure) Recovery::instance().retried(failure);
  return !failure;
}

}  // namespace

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
    if (found) {
      stats_.taken += static_cast<uint64_t>(out.count);
      trace(TraceKind::kTaken, out.signo, out.count);
    }
    // The waiter's alone, but for this: the runtime's handler (libuv's) looks after its children with it, and
    // would never hear of their end. One call too many does no harm there.
    if (found && out.signo == SIGCHLD) unchained.push_back(out);
  }
  for (const SignalRecord& record : unchained) tell_chained(record);
  return found;
}

std::optional<SignalRecord> Hub::wait_until_held(Waiter& waiter, int64_t timeout) {
  // What the program blocks here is open inside of ppoll only, where one handler runs each time: the rest
  // stays pending. Not what one other thread takes to keep its order.
  SignalSet open = waiter.signals;
  for (int signo = realtime_min(); wait_thread_takes_.load() && signo <= realtime_max(); ++signo) {
    if (!handler_state().process_mask.contains(signo)) open.remove(signo);
  }
  const int64_t began = monotonic_now();
  bool deaf = false;
  for (SignalRecord record{};;) {
    if (find_held(waiter, record)) return record;
    int64_t left = timeout < 0 ? kSecond : timeout - (monotonic_now() - began);
    if (left <= 0) {
      const bool on_its_way = handler_state().in_flight.load() != 0 || kernel_has_any(waiter.signals);
      if (!on_its_way || left < -kLastMoment) return std::nullopt;
      left = kSecond / 1000;
    }
    if (deaf) left = std::min<int64_t>(left, kUnheard.tv_nsec);
    const timespec pause{static_cast<time_t>(left / kSecond), static_cast<long>(left % kSecond)};
    const SignalSet mask = current_mask_without(open);
    deaf = !poll_bell(waiter.bell, deaf, pause, mask);
  }
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
  const std::optional<SignalRecord> found = wait_until_held(waiter, timeout);
  {
    const std::lock_guard table(table_);
    std::erase(waiters_, &waiter);
    choose_who_answers();
  }
  unhold(taken);
  return found;
}

}  // namespace sigbridge
