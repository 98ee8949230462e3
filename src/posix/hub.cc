// See hub.h: who subscribes, and what is started and stopped for them. JS threads. The way of a delivery is
// in hub_delivery.cc, the wait thread in wait_thread.cc.
#include "hub.h"

#include <sched.h>

#include <algorithm>

#include "fork_guard.h"
#include "mask_visitor.h"
#include "signal_handler.h"
#include "thread_mask.h"
#include "trace_ring.h"

namespace sigbridge {
namespace {

constexpr uint32_t kQueueLimit = 1U << 20;

size_t cell(int signo) {
  return static_cast<size_t>(signo);
}

// What the kernel holds of a real-time signal was sent while somebody watched it: it must not end the process
// now that the default action comes back. Bounded, against a sender that never stops.
uint32_t take_queued(int signo) {
  uint32_t taken = 0;
#if !defined(__APPLE__)
  // What the program blocks for all threads is its own to take, or to find when it opens it.
  if (!is_realtime(signo) || handler_state().process_mask.contains(signo)) return 0;
  const SignalSet only = SignalSet::of(signo);
  const ScopedBlock block(only);
  const timespec at_once{};
  while (taken < kQueueLimit && ::sigtimedwait(&only.native(), nullptr, &at_once) == signo) ++taken;
#endif
  return taken;
}

}  // namespace

bool Hub::wait_for_handlers() {
  const int64_t deadline = monotonic_now() + 1'000'000'000;
  while (handler_state().in_flight.load() != 0) {
    if (monotonic_now() > deadline) return false;
    ::sched_yield();
  }
  return true;
}

Hub& Hub::instance() {
  static Hub& hub = *new Hub;
  return hub;
}

void Hub::configure(const HubOptions& options) {
  const std::lock_guard guard(lifecycle_);
  options_ = options;
}

// The lifecycle lock is held.
bool Hub::uses_kernel_queue() const {
  // Nobody but the wait thread reads it: where a JS thread takes real-time signals, it would find nothing.
  return KernelQueue::kSupported && options_.backend != Backend::kSelfPipe && wait_thread_takes_.load();
}

Backend Hub::backend() {
  const std::lock_guard guard(lifecycle_);
  const bool queue = thread_.running() ? queue_.is_open() : uses_kernel_queue();
  return queue ? Backend::kSignalfd : Backend::kSelfPipe;
}

// The queue follows what is watched. The lifecycle lock is held.
PosixError Hub::watch_queue() {
  if (!queue_.is_open()) return PosixError::none();
  SignalSet signals;
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    const bool blocked = handler_state().process_mask.contains(signo);
    if (handler_state().single_taker.contains(signo) && !blocked) signals.add(signo);
  }
  return queue_.watch(signals);
}

void Hub::set_runtime(const void* anchor, bool handlers_stay, bool look_for_suspend_signal,
                      bool children_inherit_mask) {
  wait_thread_takes_.store(!children_inherit_mask);
  const std::lock_guard guard(table_);
  RuntimeHandlers& runtime = dispositions_.runtime();
  runtime.set_anchor(anchor);
  runtime.set_stay(handlers_stay);
  if (look_for_suspend_signal) dispositions_.set_suspend_signal(runtime.find_suspend_signal());
}

int Hub::suspend_signal() {
  const std::lock_guard guard(table_);
  return dispositions_.suspend_signal();
}

PosixError Hub::start() {
  HandlerState& state = handler_state();
  if (PosixError failure = record_ring().allocate(options_.ring_capacity)) return failure;
  Result<SelfPipe> pipe = SelfPipe::create(options_.pipe_capacity);
  if (!pipe.ok()) return pipe.error();
  KernelQueue queue;
  if (uses_kernel_queue()) {
    // Without a descriptor to spare the handler takes them all, as where there is no such queue.
    Result<KernelQueue> opened = KernelQueue::open();
    if (opened.ok()) queue = std::move(opened.value());
  }
  fork_guard::install();
  fork_guard::watch(pipe.value().read_fd(), pipe.value().write_fd(), queue.fd());
  pipe_ = std::move(pipe.value());
  queue_ = std::move(queue);
  stopping_.store(false);
  state.bell_rung.store(false);
  state.pause.store(false);
  state.owner.store(::getpid());
  // Else the wait thread says so itself, before it opens anything.
  if (!wait_thread_takes_.load()) state.taker.store(::getpid());
  state.bell_fd.store(pipe_.write_fd());
  if (PosixError failure = thread_.start("sigbridge", &Hub::run, this)) {
    state.bell_fd.store(-1);
    fork_guard::watch(-1, -1, -1);
    pipe_ = SelfPipe();
    queue_ = KernelQueue();
    return failure;
  }
  trace(TraceKind::kStart, 0, queue_.is_open() ? 1 : 0);
  const std::lock_guard guard(table_);
  stats_.running = true;
  return PosixError::none();
}

void Hub::stop() {
  HandlerState& state = handler_state();
  // From here on no new handler sees the descriptor; those that do are waited for.
  state.bell_fd.store(-1);
  const bool quiet = wait_for_handlers();
  stopping_.store(true);
  static_cast<void>(SelfPipe::ring(pipe_.write_fd()));
  thread_.join();
  trace(TraceKind::kStop);
  fork_guard::watch(-1, -1, -1);
  // A stopped thread may write to it when it goes on: two descriptors are cheaper than a byte in a
  // stranger's.
  if (!quiet) pipe_.abandon();
  pipe_ = SelfPipe();
  const std::lock_guard guard(table_);
  queue_ = KernelQueue();
  stats_.running = false;
}

// One more user of the signal. The table lock is held.
PosixError Hub::acquire(int signo, Listeners listeners, ActionFlags flags) {
  if (users_[cell(signo)] == 0) {
    handler_state().overflow[cell(signo)].store(0);
    handler_state().unchained.remove(signo);
    handler_state().resend.remove(signo);
    handler_state().watched.add(signo);
    if (PosixError failure = dispositions_.install(signo, listeners, flags)) {
      handler_state().watched.remove(signo);
      return failure;
    }
    ++watched_;
  } else if (listeners != Listeners::kUnknown) {
    static_cast<void>(dispositions_.retake(signo, listeners));
  }
  ++users_[cell(signo)];
  return PosixError::none();
}

// The last user of the signal has gone. The table lock is held.
void Hub::let_go(int signo) {
  dispositions_.put_back(signo);
  if (hardened_ > 0) static_cast<void>(hardening_.repair_all(dispositions_.suspend_signal()));
  handler_state().watched.remove(signo);
  --watched_;
}

// One thread alone takes the real-time ones among them; they are returned. The lifecycle lock is held.
uint64_t Hub::single_taker_from_now_on(const SignalSet& signals) {
  const uint64_t already = single_taker_signals();
  uint64_t realtime = 0;
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    if (!signals.contains(signo)) continue;
    handler_state().single_taker.add(signo);
    realtime |= MaskTable::bit(signo);
  }
  // Each time, not only the first: the caller's thread, for one, may be younger than the last visit.
  if (!block_on_threads(realtime, already, dispositions_)) visit_again_.store(true);
  // Blocked everywhere first: what a thread still has open is the handler's. It cannot fail on an open
  // descriptor.
  static_cast<void>(static_cast<bool>(watch_queue()));
  return realtime;
}

PosixError Hub::subscribe(Subscriber& subscriber, std::span<const Wanted> wanted) {
  const std::lock_guard lifecycle(lifecycle_);
  if (!all_agree(wanted)) return kConflict;
  if (!thread_.running()) {
    if (PosixError failure = start()) return failure;
  }
  SignalSet signals;
  for (const Wanted& want : wanted) signals.add(want.signo);
  const uint64_t realtime = single_taker_from_now_on(signals);

  PosixError failure;
  size_t done = 0;
  bool known = false;
  {
    const std::lock_guard table(table_);
    known = std::find(subscribers_.begin(), subscribers_.end(), &subscriber) != subscribers_.end();
    if (!known) {
      subscribers_.push_back(&subscriber);
      choose_who_answers();
    }
    for (; done < wanted.size(); ++done) {
      const auto [signo, listeners, flags] = wanted[done];
      trace(TraceKind::kSubscribe, signo);
      subscriber.open(signo);
      failure = acquire(signo, listeners, flags);
      if (failure) {
        subscriber.close(signo);
        break;
      }
    }
  }
  if (!failure) {
    // So that the wait thread opens what it is to take from now on.
    if (realtime != 0) static_cast<void>(SelfPipe::ring(pipe_.write_fd()));
    return PosixError::none();
  }
  for (size_t i = 0; i < done; ++i) release(subscriber, wanted[i].signo, nullptr);
  if (!known) {
    const std::lock_guard table(table_);
    std::erase(subscribers_, &subscriber);
    choose_who_answers();
  }
  give_back_if_idle(realtime);
  if (idle()) stop();
  return failure;
}

// True when it was the signal's last subscription.
bool Hub::release(Subscriber& subscriber, int signo, uint32_t* purged) {
  const std::lock_guard table(table_);
  if (!subscriber.is_open(signo)) return false;
  trace(TraceKind::kUnsubscribe, signo);
  const uint32_t thrown_away = subscriber.close(signo);
  if (purged != nullptr) *purged = thrown_away;
  if (--users_[cell(signo)] != 0) return false;
  const uint32_t queued = dispositions_.defaults_beneath(signo) ? take_queued(signo) : 0;
  if (purged != nullptr) *purged += queued;
  stats_.unclaimed += queued;
  let_go(signo);
  return true;
}

// Real-time signals that nobody watches any more are opened again on the threads where we blocked them.
void Hub::give_back_if_idle(uint64_t realtime) {
  uint64_t idle = 0;
  {
    const std::lock_guard table(table_);
    for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
      if ((realtime & MaskTable::bit(signo)) == 0 || users_[cell(signo)] != 0) continue;
      handler_state().single_taker.remove(signo);
      idle |= MaskTable::bit(signo);
    }
  }
  static_cast<void>(static_cast<bool>(watch_queue()));
  give_back_on_threads(idle, dispositions_);
}

uint32_t Hub::unsubscribe(Subscriber& subscriber, int signo) {
  const std::lock_guard lifecycle(lifecycle_);
  uint32_t purged = 0;
  if (!release(subscriber, signo, &purged)) return purged;
  if (is_realtime(signo)) give_back_if_idle(MaskTable::bit(signo));
  if (idle()) stop();
  return purged;
}

void Hub::detach(Subscriber& subscriber, bool process_ends) {
  const std::lock_guard lifecycle(lifecycle_);
  {
    const std::lock_guard table(table_);
    std::erase(subscribers_, &subscriber);
    choose_who_answers();
  }
  if (process_ends) {
    // Nobody is left to be told, and the thread that takes real-time signals has an end to come to.
    process_ends_.store(true);
    if (!wait_thread_takes_.load()) handler_state().pause.store(true);
    return;
  }
  uint64_t realtime = 0;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (release(subscriber, signo, nullptr) && is_realtime(signo)) realtime |= MaskTable::bit(signo);
  }
  give_back_if_idle(realtime);
  if (idle() && thread_.running()) stop();
}

void Hub::listeners_changed(int signo, Listeners listeners) {
  const std::lock_guard table(table_);
  if (users_[cell(signo)] != 0 && dispositions_.retake(signo, listeners)) ++stats_.displaced;
}

int Hub::loop_watches(bool watches) {
  const std::lock_guard lifecycle(lifecycle_);
  const std::lock_guard table(table_);
  loop_watches_ = watches;
  choose_who_answers();
  return pipe_.read_fd();
}

// The loop is enough as long as nobody else waits for records: no Worker, no waitFor(). The table lock is
// held.
void Hub::choose_who_answers() {
  loop_answers_.store(loop_watches_ && waiters_.empty() &&
                      std::all_of(subscribers_.begin(), subscribers_.end(),
                                  [](const Subscriber* subscriber) { return subscriber->is_main(); }));
}

std::vector<int> Hub::harden(bool keep_looking) {
  const std::lock_guard lifecycle(lifecycle_);
  std::vector<int> repaired;
  {
    const std::lock_guard table(table_);
    ++hardened_;
    keep_looking_ = keep_looking_ || keep_looking;
    repaired = hardening_.repair_all(dispositions_.suspend_signal());
  }
  // Deno installs handlers of its own accord: somebody has to look. Without a thread the hooks still see the
  // rest.
  if (!idle() && !thread_.running()) static_cast<void>(static_cast<bool>(start()));
  return repaired;
}

std::vector<int> Hub::harden_again() {
  const std::lock_guard table(table_);
  if (hardened_ == 0) return {};
  return hardening_.repair_all(dispositions_.suspend_signal());
}

void Hub::release_hardening() {
  const std::lock_guard lifecycle(lifecycle_);
  {
    const std::lock_guard table(table_);
    if (--hardened_ > 0) return;
    keep_looking_ = false;
    hardening_.undo(dispositions_);
  }
  if (idle() && thread_.running()) stop();
}

HubStats Hub::stats() {
  const std::lock_guard table(table_);
  HubStats copy = stats_;
  copy.ring_capacity = record_ring().capacity();
  copy.late = handler_state().late.load(std::memory_order_relaxed);
  copy.environments = static_cast<size_t>(
      std::count_if(subscribers_.begin(), subscribers_.end(),
                    [](const Subscriber* subscriber) { return subscriber->has_inbox(); }));
  return copy;
}

}  // namespace sigbridge
