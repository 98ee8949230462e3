// The hub's self-repair: other code in the process may close descriptors that are ours, and the kernel may
// have none to spare. The wait thread makes them anew; until it can, it looks on a timer. Told through
// Recovery. The wait thread, but for what says otherwise; no lock is held while something is made.
#include <algorithm>
#include <cerrno>

#include "hub.h"
#include "signal_handler.h"
#include "syscalls.h"
#include "thread_mask.h"
#include "trace_ring.h"

namespace sigbridge {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMillisecond = 1'000'000;
// What is missing is tried again so often; and no more often, whoever closes it again and again. It is also
// how late a delivery may be without a bell.
constexpr int64_t kMendAgain = 25 * kMillisecond;
// From so many refusals in a row on, ppoll counts as missing. Each is waited out longer than the last one.
constexpr int kRefusedOften = 3;
constexpr int kLongestPause = 64;  // ms

}  // namespace

// Descriptors that are not there are left out by poll().
pollfd Hub::bell_source() const {
  return {pipe_.read_fd(), POLLIN, 0};
}

// It is the event loop that reads it; that its other end was closed is told here at once.
pollfd Hub::loop_source() {
  const std::lock_guard table(table_);
  return {loop_broken_.load() ? -1 : loop_pipe_.read_fd(), 0, 0};
}

Hub::Polled Hub::poll(std::span<pollfd> sources, const timespec& timeout, const SignalSet& mask) {
  if (sys::ppoll(sources.data(), static_cast<nfds_t>(sources.size()), &timeout, &mask.native()) >= 0) {
    if (poll_failures_ >= kRefusedOften) Recovery::instance().forget(Part::kPoll);
    poll_failures_ = 0;
    for (const pollfd& source : sources) {
      if ((source.revents & ~POLLIN) != 0) suspicious_.store(true);
    }
    heard_ = (sources.front().revents & POLLIN) != 0;
    return Polled::kReady;
  }
  heard_ = false;
  if (errno == EINTR) return Polled::kInterrupted;
  const PosixError failure = PosixError::last("ppoll");
  if (++poll_failures_ >= kRefusedOften) {
    Recovery::instance().lacks(Part::kPoll, failure);
  } else {
    Recovery::instance().retried(failure);
  }
  suspicious_.store(true);
  const int64_t pause = std::min(1 << std::min(poll_failures_, 10), kLongestPause) * kMillisecond;
  sleep_with(mask, std::min(pause, timeout.tv_sec * kSecond + timeout.tv_nsec));
  return Polled::kReady;
}

void Hub::mend_if_due(int64_t now) {
  if (const int error = handler_state().bell_error.exchange(0)) {
    Recovery::instance().retried({error, "write"});
    suspicious_.store(true);
  }
  if (!suspicious_.exchange(false) && now < next_look_ && !(mending_ && now >= next_mend_)) return;
  const bool may_make = now >= next_mend_;
  const uint64_t made_before = made_;
  const bool has_pipe = mend_pipe(may_make);
  const bool has_queue = mend_queue(may_make);
  mending_ = !has_pipe || !has_queue;
  if (may_make && (mending_ || made_ != made_before)) next_mend_ = now + kMendAgain;
  look_at_loop_pipe();
}

// True: it is there.
bool Hub::mend_pipe(bool may_make) {
  Recovery& recovery = Recovery::instance();
  PosixError failure;
  if (pipe_.is_open()) {
    failure = pipe_.check();
    if (!failure) return true;
    SelfPipe broken;
    {
      const std::lock_guard table(table_);
      // About to stop: nothing new is made, and what is there is still to be rung.
      if (!stats_.running) return true;
      broken = std::exchange(pipe_, SelfPipe());
      choose_who_answers();
    }
    if (!wait_for_handlers()) broken.abandon();
  }
  if (!may_make) {
    if (failure) recovery.lacks(Part::kPipe, failure);
    return false;
  }
  Result<SelfPipe> made = SelfPipe::create(pipe_capacity_);
  if (!made.ok()) {
    recovery.lacks(Part::kPipe, made.error());
    return false;
  }
  {
    const std::lock_guard table(table_);
    if (!stats_.running) return true;
    pipe_ = std::move(made.value());
    choose_who_answers();
  }
  ++made_;
  if (failure) {
    recovery.restarted(Part::kPipe, failure);
  } else {
    recovery.has_again(Part::kPipe);
  }
  return true;
}

// True: it is there, or not asked for. Without it real-time signals are the handler's, on this thread, as
// where there is no such queue: it is the one that has them open.
bool Hub::mend_queue(bool may_make) {
  if (!queue_wanted_) return true;
  Recovery& recovery = Recovery::instance();
  PosixError failure;
  if (queue_.is_open()) {
    const std::lock_guard table(table_);
    failure = watch_queue_locked();
    if (!failure || !stats_.running) return true;
    // No signalfd, but it looks as ours did: another's.
    if (failure.number == EINVAL) queue_.abandon();
    queue_ = KernelQueue();
  }
  if (!may_make) {
    if (failure) recovery.lacks(Part::kSignalfd, failure);
    return false;
  }
  Result<KernelQueue> opened = KernelQueue::open();
  const std::lock_guard table(table_);
  if (!stats_.running) return true;
  PosixError refused = opened.error();
  if (!refused) {
    queue_ = std::move(opened.value());
    refused = watch_queue_locked();
    if (refused) queue_ = KernelQueue();
  }
  if (refused) {
    recovery.lacks(Part::kSignalfd, refused);
    return false;
  }
  ++made_;
  if (failure) {
    recovery.restarted(Part::kSignalfd, failure);
  } else {
    recovery.has_again(Part::kSignalfd);
  }
  return true;
}

// Also on the event loop's thread. A new one is made there, with the next delivery: until then the wait
// thread answers.
void Hub::look_at_loop_pipe() {
  const std::lock_guard table(table_);
  if (!loop_pipe_.is_open() || loop_broken_.load() || !stats_.running) return;
  const PosixError failure = loop_pipe_.check();
  if (!failure) return;
  loop_broken_.store(true);
  Recovery::instance().lacks(Part::kLoopPipe, failure);
  choose_who_answers();
}

// Any thread that does not hold the table lock.
void Hub::wake_wait_thread() {
  const std::lock_guard table(table_);
  static_cast<void>(pipe_.ring());
}

}  // namespace sigbridge
