// See hub.h: what is started and stopped, facts about the runtime, hardening, counts. JS threads. Who
// subscribes is in hub_subscribe.cc, the way of a delivery in hub_delivery.cc, the wait thread in
// wait_thread.cc.
#include "hub.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>

#include "fork_guard.h"
#include "signal_handler.h"
#include "trace_ring.h"

namespace sigbridge {

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

// The number tells which wish it has followed. The lifecycle lock is held.
uint32_t Hub::have_mask_followed() {
  const uint32_t wanted = mask_wanted_.fetch_add(1) + 1;
  wake_wait_thread();
  return wanted;
}

// The lifecycle lock is held.
bool Hub::uses_kernel_queue() const {
  // Nobody but the wait thread reads it: where a JS thread takes real-time signals, it would find nothing.
  return KernelQueue::kSupported && options_.backend != Backend::kSelfPipe && wait_thread_takes_.load();
}

Backend Hub::backend() {
  const std::lock_guard guard(lifecycle_);
  const std::lock_guard table(table_);
  const bool queue = thread_.running() ? queue_.is_open() : uses_kernel_queue();
  return queue ? Backend::kSignalfd : Backend::kSelfPipe;
}

// The queue follows what is watched. The lifecycle lock is held.
PosixError Hub::watch_queue() {
  const std::lock_guard table(table_);
  return watch_queue_locked();
}

PosixError Hub::watch_queue_locked() {
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
  Recovery& recovery = Recovery::instance();
  queue_wanted_ = uses_kernel_queue();
  if (queue_wanted_) {
    // Without a descriptor to spare the handler takes them all, until there is one.
    Result<KernelQueue> opened = KernelQueue::open();
    if (opened.ok()) {
      queue = std::move(opened.value());
    } else {
      recovery.lacks(Part::kSignalfd, opened.error());
    }
  }
  mending_ = queue_wanted_ && !queue.is_open();
  next_mend_ = 0;
  poll_failures_ = 0;
  suspicious_.store(false);
  pipe_capacity_ = options_.pipe_capacity;
  fork_guard::install();
  {
    const std::lock_guard table(table_);
    pipe_ = std::move(pipe.value());
    queue_ = std::move(queue);
    stats_.running = true;
  }
  stopping_.store(false);
  state.bell_rung.store(false);
  state.pause.store(false);
  state.owner.store(::getpid());
  // Else the wait thread says so itself, before it opens anything.
  if (!wait_thread_takes_.load()) state.taker.store(::getpid());
  state.bell_error.store(0);
  state.spare_bell_fd.store(pipe_.write_fd());
  state.bell_fd.store(pipe_.write_fd());
  trace(TraceKind::kStart, 0, queue_.is_open() ? 1 : 0);
  if (PosixError failure = thread_.start("sigbridge", &Hub::run, this)) {
    state.bell_fd.store(-1);
    state.spare_bell_fd.store(-1);
    const std::lock_guard table(table_);
    stats_.running = false;
    pipe_ = SelfPipe();
    queue_ = KernelQueue();
    recovery.forget(Part::kSignalfd);
    return failure;
  }
  recovery.forget(Part::kWaitThread);
  return PosixError::none();
}

void Hub::stop() {
  HandlerState& state = handler_state();
  {
    // From here on no new handler sees the descriptors, and the wait thread makes no new ones; those that do
    // are waited for.
    const std::lock_guard table(table_);
    stats_.running = false;
    state.bell_fd.store(-1);
    state.spare_bell_fd.store(-1);
  }
  const bool quiet = wait_for_handlers();
  stopping_.store(true);
  wake_wait_thread();
  thread_.join();
  trace(TraceKind::kStop);
  // Its number may come again for a thread that takes nothing.
  if (wait_thread_takes_.load()) state.taker.store(0);
  // A stopped thread may write to them when it goes on: a few descriptors are cheaper than a byte in a
  // stranger's.
  if (!quiet) {
    pipe_.abandon();
    loop_pipe_.abandon();
  }
  const std::lock_guard guard(table_);
  // What is a signalfd no more is another's, although it may look like one.
  if (watch_queue_locked()) queue_.abandon();
  pipe_ = SelfPipe();
  loop_pipe_ = SelfPipe();
  queue_ = KernelQueue();
  loop_broken_.store(false);
  for (Part part : {Part::kPipe, Part::kLoopPipe, Part::kSignalfd, Part::kPoll})
    Recovery::instance().forget(part);
}

int Hub::loop_watches(bool watches) {
  const std::lock_guard lifecycle(lifecycle_);
  SelfPipe broken;
  std::unique_lock table(table_);
  if (watches && (!loop_pipe_.is_open() || loop_broken_.load())) {
    Recovery& recovery = Recovery::instance();
    Result<SelfPipe> pipe = SelfPipe::create(options_.pipe_capacity);
    if (!pipe.ok()) {
      recovery.lacks(Part::kLoopPipe, pipe.error());
      return -1;
    }
    broken = std::exchange(loop_pipe_, std::move(pipe.value()));
    loop_broken_.store(false);
    if (recovery.is_missing(Part::kLoopPipe)) recovery.has_again(Part::kLoopPipe);
  }
  loop_watches_ = watches;
  choose_who_answers();
  const int fd = loop_pipe_.read_fd();
  table.unlock();
  if (broken.is_open() && !wait_for_handlers()) broken.abandon();
  return fd;
}

// The event loop is enough as long as nobody else waits for records: no Worker, no waitFor(), no counter,
// which is there for code that does not return to the loop, no shutdown, whose time begins with one, no trace
// and no health report that is to be written. Then the wait thread sleeps: woken as well it would cost the
// handler the waking of another CPU, and stand at the same lock. What a loop that is stuck leaves in the
// ring, the wait thread hands on at its next look. The table lock is held.
void Hub::choose_who_answers() {
  if (!stats_.running) return;
  const bool loop = loop_watches_ && loop_pipe_.is_open() && !loop_broken_.load() && waiters_.empty() &&
                    !deadline_.is_open() && dump_signal_ == 0 && !health_.any() &&
                    std::all_of(subscribers_.begin(), subscribers_.end(), [](const Subscriber* subscriber) {
                      return subscriber->is_main() && subscriber->has_inbox();
                    });
  const int bell = loop ? loop_pipe_.write_fd() : pipe_.write_fd();
  handler_state().spare_bell_fd.store(pipe_.write_fd());
  // A handler may just have rung the loop, which is not the one that is waited for.
  if (handler_state().bell_fd.exchange(bell) != bell && !loop) static_cast<void>(pipe_.ring());
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
  if (!idle() && !thread_.running()) {
    if (PosixError failure = start()) Recovery::instance().lacks(Part::kWaitThread, failure);
  }
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
  Recovery::instance().forget(Part::kWaitThread);
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
