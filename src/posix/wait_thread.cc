// The wait thread: all signals blocked but inside of ppoll, which waits for the self-pipe; hands records to
// the subscribed environments in batches, and looks now and then whether our handlers still stand. Takes the
// hub's table lock; its lifecycle lock it only tries for. It goes on while JavaScript is stuck.
#include <sched.h>

#include <algorithm>

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "hub.h"
#include "mask_visitor.h"
#include "signal_handler.h"
#include "thread_mask.h"
#include "trace_ring.h"

namespace sigbridge {
namespace {

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kSecond = 1'000 * kMillisecond;
// Signals taken between two hand-outs, so that a storm does not keep what came from JavaScript.
constexpr int kTakenInARow = 512;
// Where JavaScript's own thread takes real-time signals, a flood of them leaves it no time for JavaScript. It
// stops taking when that many records wait, or some while nothing was handed up for a time; and takes again
// when most are handed up, and the event loop has had as much time for itself.
constexpr size_t kPauseAbove = 8192;
constexpr size_t kPauseStuckAbove = 64;
constexpr int64_t kStuck = 10 * kMillisecond;
constexpr size_t kResumeBelow = 1024;
constexpr int64_t kShortestPause = kStuck;
// After threads that did not hear that they may go on; twice that after each further time.
constexpr int64_t kResumeAgain = 25 * kMillisecond;
constexpr int64_t kHandlersFinish = kMillisecond / 2;
// How soon a full environment is looked at again.
constexpr int64_t kCongestionLook = 2 * kMillisecond;
// Some runtimes install handlers of their own in their first second (Deno: HUP, INT, TERM), over ours. So the
// looks are close together at first, then rare.
constexpr int64_t kHurry = 5'000 * kMillisecond;
constexpr int64_t kHurriedLook = 25 * kMillisecond;
constexpr int64_t kLook = 1'000 * kMillisecond;

// A handler that another thread was taken away from may hold a record older than those in the ring: a moment
// for it to arrive in time to be sorted.
void let_handlers_finish() {
  const int64_t deadline = monotonic_now() + kHandlersFinish;
  while (handler_state().in_flight.load() != 0 && monotonic_now() < deadline) ::sched_yield();
}

}  // namespace

void* Hub::run(void* hub) {
  static_cast<Hub*>(hub)->wait_loop();
  return nullptr;
}

void Hub::wait_loop() {
  looks_end_hurry_ = monotonic_now() + kHurry;
  next_look_ = monotonic_now() + kHurriedLook;
  resume_again_ = 0;
#ifdef __linux__
  if (wait_thread_takes_.load()) handler_state().taker.store(static_cast<pid_t>(::syscall(SYS_gettid)));
#endif
  while (!stopping_.load()) {
    wait(monotonic_now());
    // First: where the bell is another's file it must not be armed again.
    mend_if_due(monotonic_now());
    silence_bell();
    if (!wait_thread_takes_.load() && single_taker_signals() != 0) let_handlers_finish();
    // Looked after each batch, while senders are faster: at the deadline, and at what a section holds, which
    // has no other bound.
    while (dispatch(congested_ ? Queue::kLeave : Queue::kRead)) {
      look_for_congestion();
      keep_deadline();
    }
    keep_deadline();
    dump_if_asked();
    const int64_t now = monotonic_now();
    if (!wait_thread_takes_.load() && !process_ends_.load()) pause_or_resume(now);
    close_overflow_episode(now);
    answer_health(now);
    if (now >= next_look_) {
      look_around(now);
      mask_newcomers();
    }
  }
  // What came until the handlers were gone is counted, not left for a later subscription.
  while (dispatch(Queue::kLeave)) {
  }
}

// Before the ring is read: a record that comes after it rings again. An exchange, not a store: who rang
// before it has published its record, and that is seen from here on.
void Hub::silence_bell() {
  if (pipe_.silence()) {
    trace(TraceKind::kBellHeard);
  } else if (heard_) {
    // Readable, and nothing to read: a stranger's file, perhaps.
    suspicious_.store(true);
  }
  static_cast<void>(handler_state().bell_rung.exchange(false));
}

// On a JS thread, which has other things to do: what is left after a few batches is the wait thread's.
void Hub::dispatch_from_loop() {
  constexpr int kBatches = 4;
  if (loop_pipe_.silence()) {
    trace(TraceKind::kBellHeard);
  } else {
    look_at_loop_pipe();
  }
  static_cast<void>(handler_state().bell_rung.exchange(false));
  for (int i = 0; i < kBatches; ++i) {
    if (!dispatch(Queue::kLeave)) return;
  }
  wake_wait_thread();
}

// Until a ring, a signal of our own or the next duty. Whatever ppoll says, the answer is the same: look.
void Hub::wait(int64_t now) {
  if (queue_.is_open()) {
    wait_for_queue(now);
    return;
  }
  const uint32_t mask_wanted = mask_wanted_.load();
  const SignalSet mask = mask_while_waiting();
  mask_followed_.store(mask_wanted);
  const int64_t left = std::max<int64_t>(next_duty() - now, 0);
  timespec timeout{static_cast<time_t>(left / kSecond), static_cast<long>(left % kSecond)};
  std::array<pollfd, 2> sources{bell_source(), loop_source()};
  // Real-time signals are open inside of ppoll only, and one handler runs each time: the rest stays queued in
  // the kernel, in order, and a sender that is too fast is told EAGAIN.
  for (int taken = 0; taken < kTakenInARow; ++taken) {
    if (poll(sources, timeout, mask) != Polled::kInterrupted) return;
    if (record_ring().half_full()) return;
    timeout = {};
  }
}

// Everything stays blocked: real-time signals wait in the kernel until they are read.
void Hub::wait_for_queue(int64_t now) {
  mask_followed_.store(mask_wanted_.load());
  look_for_congestion();
  const int64_t left = std::max<int64_t>(next_duty() - now, 0);
  const timespec timeout{static_cast<time_t>(left / kSecond), static_cast<long>(left % kSecond)};
  std::array<pollfd, 3> sources{bell_source(), loop_source(),
                                pollfd{congested_ ? -1 : queue_.fd(), POLLIN, 0}};
  static_cast<void>(poll(sources, timeout, current_mask()));
}

// With several environments, one that is stuck must not keep the others from theirs: it loses, and is told.
void Hub::look_for_congestion() {
  const std::lock_guard table(table_);
  const bool before = congested_;
  congested_ = held_.half_full() || (subscribers_.size() == 1 && subscribers_.front()->full());
  if (congested_ != before) trace(congested_ ? TraceKind::kCongested : TraceKind::kRelieved);
}

SignalSet Hub::mask_while_waiting() {
  SignalSet mask = current_mask();
  if (!wait_thread_takes_.load()) return mask;
  look_for_congestion();
  if (congested_) return mask;
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    const bool blocked = handler_state().process_mask.contains(signo);
    if (handler_state().single_taker.contains(signo) && !blocked) mask.remove(signo);
  }
  return mask;
}

int64_t Hub::next_duty() {
  int64_t next = std::min(next_look_, health_.next_due());
  if (mending_) next = std::min(next, next_mend_);
  const bool paused = handler_state().pause.load();
  if (resume_again_ != 0 && !paused) next = std::min(next, resume_again_);
  const std::lock_guard table(table_);
  next = std::min(next, deadline_.next_look());
  if (episode_began_ != 0) next = std::min(next, episode_last_ + kEpisodeQuiet);
  if (congested_ || paused) next = std::min(next, monotonic_now() + kCongestionLook);
  return next;
}

// Threads that were born since the last visit have real-time signals open, unless the wait thread takes
// those: then they have their creator's mask.
void Hub::mask_newcomers() {
  if (wait_thread_takes_.load() && !visit_again_.load()) return;
  // Only tried: its holder may be waiting for this thread to end.
  const std::unique_lock lifecycle(lifecycle_, std::try_to_lock);
  if (!lifecycle.owns_lock()) return;
  const uint64_t signals = single_taker_signals();
  visit_again_.store(!block_on_threads(signals, signals, dispositions_));
}

// Is JavaScript on the thread that takes behind with its records? A Worker that is stuck must not keep the
// others from theirs: it loses, and is told. It counts where the main thread has no subscription to be behind
// with.
bool Hub::behind(size_t limit, size_t limit_when_stuck, int64_t now) {
  const auto is_behind = [=](const Subscriber* subscriber) {
    const size_t waiting = subscriber->waiting();
    const int64_t since = subscriber->stuck_since();
    return waiting > limit || (waiting > limit_when_stuck && since != 0 && now - since > kStuck);
  };
  const std::lock_guard table(table_);
  if (held_.half_full()) return true;
  // Whoever reads a counter in a busy loop wants it to go on: what finds no room is dropped, and counted.
  if (std::any_of(subscribers_.begin(), subscribers_.end(),
                  [](const Subscriber* subscriber) { return !subscriber->has_inbox(); })) {
    return false;
  }
  const auto main = std::find_if(subscribers_.begin(), subscribers_.end(),
                                 [](const Subscriber* subscriber) { return subscriber->is_main(); });
  if (main != subscribers_.end()) return is_behind(*main);
  return !subscribers_.empty() && std::all_of(subscribers_.begin(), subscribers_.end(), is_behind);
}

void Hub::pause_or_resume(int64_t now) {
  std::atomic<bool>& pause = handler_state().pause;
  if (!pause.load()) {
    if (behind(kPauseAbove, kPauseStuckAbove, now)) {
      pause.store(true);
      trace(TraceKind::kPause);
    }
    paused_at_ = now;
    if (pause.load() || resume_again_ == 0 || now < resume_again_) return;
  } else if (now - paused_at_ < kShortestPause || behind(kResumeBelow, 0, now)) {
    return;
  }
  const std::unique_lock lifecycle(lifecycle_, std::try_to_lock);
  if (!lifecycle.owns_lock()) {
    if (resume_again_ != 0) resume_again_ = now + kResumeAgain;
    return;
  }
  pause.store(false);
  trace(TraceKind::kResume);
  // A thread that did not run meanwhile, in a process that was stopped, say, has not heard: it would take
  // none of them any more.
  if (give_back_on_js_threads(single_taker_signals(), dispositions_)) {
    resume_again_ = 0;
    return;
  }
  resume_pause_ = resume_again_ == 0 ? kResumeAgain : std::min(resume_pause_ * 2, kLook);
  resume_again_ = monotonic_now() + resume_pause_;
}

void Hub::look_around(int64_t now) {
  next_look_ = now + (now < looks_end_hurry_ ? kHurriedLook : kLook);
  const std::lock_guard table(table_);
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (users_[static_cast<size_t>(signo)] != 0) note_displaced(signo, dispositions_.look(signo));
  }
  if (hardened_ > 0) static_cast<void>(hardening_.repair_all(dispositions_.suspend_signal()));
}

}  // namespace sigbridge
