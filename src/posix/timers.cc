// See timers.h.
#include "timers.h"

#include <sys/time.h>

#include "syscalls.h"

namespace sigbridge {
namespace {

constexpr int64_t kMicroseconds = 1'000'000;

timeval timeval_of(int64_t us) {
  timeval time{};
  time.tv_sec = static_cast<time_t>(us / kMicroseconds);
  time.tv_usec = static_cast<suseconds_t>(us % kMicroseconds);
  return time;
}

int64_t us_of(const timeval& time) {
  return static_cast<int64_t>(time.tv_sec) * kMicroseconds + time.tv_usec;
}

int number_of(IntervalTimer which) {
  switch (which) {
    case IntervalTimer::kVirtual:
      return ITIMER_VIRTUAL;
    case IntervalTimer::kProf:
      return ITIMER_PROF;
    case IntervalTimer::kReal:
      break;
  }
  return ITIMER_REAL;
}

#if !defined(__APPLE__)
timespec timespec_of(int64_t us) {
  timespec time{};
  time.tv_sec = static_cast<time_t>(us / kMicroseconds);
  time.tv_nsec = static_cast<long>(us % kMicroseconds) * 1000;
  return time;
}

// False: this platform has none of the kind.
bool find_clock(TimerClock clock, clockid_t* id) {
  switch (clock) {
    case TimerClock::kMonotonic:
      *id = CLOCK_MONOTONIC;
      return true;
    case TimerClock::kRealtime:
      *id = CLOCK_REALTIME;
      return true;
    case TimerClock::kBoottime:
#ifdef __linux__
      *id = CLOCK_BOOTTIME;
      return true;
#else
      return false;
#endif
    case TimerClock::kCpu:
      *id = CLOCK_PROCESS_CPUTIME_ID;
      return true;
  }
  return false;
}
#endif

}  // namespace

Result<TimerTimes> set_interval_timer(IntervalTimer which, const TimerTimes& times) {
  const itimerval wanted{timeval_of(times.interval), timeval_of(times.value)};
  itimerval before{};
  if (::setitimer(number_of(which), &wanted, &before) != 0) return PosixError::last("setitimer");
  return TimerTimes{us_of(before.it_value), us_of(before.it_interval)};
}

Result<TimerTimes> get_interval_timer(IntervalTimer which) {
  itimerval now{};
  if (::getitimer(number_of(which), &now) != 0) return PosixError::last("getitimer");
  return TimerTimes{us_of(now.it_value), us_of(now.it_interval)};
}

#if defined(__APPLE__)

Result<std::unique_ptr<PosixTimer>> PosixTimer::create(int, int64_t, TimerClock) {
  return PosixError{ENOSYS, "timer_create"};
}
PosixTimer::~PosixTimer() = default;
PosixError PosixTimer::set(const TimerTimes&) {
  return {ENOSYS, "timer_settime"};
}

#else

Result<std::unique_ptr<PosixTimer>> PosixTimer::create(int signo, int64_t value, TimerClock clock) {
  clockid_t id{};
  if (!find_clock(clock, &id)) return PosixError{ENOSYS, "timer_create"};
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = signo;
  event.sigev_value.sival_ptr = reinterpret_cast<void*>(static_cast<intptr_t>(value));
  timer_t timer{};
  if (sys::timer_create(id, &event, &timer) != 0) {
    // The rest is valid: it is the clock that this kernel has no timers for.
    if (errno == EINVAL) return PosixError{ENOSYS, "timer_create"};
    return PosixError::last("timer_create");
  }
  std::unique_ptr<PosixTimer> made(new PosixTimer);
  made->timer_ = timer;
  return made;
}

PosixTimer::~PosixTimer() {
  ::timer_delete(timer_);
}

PosixError PosixTimer::set(const TimerTimes& times) {
  const itimerspec wanted{timespec_of(times.interval), timespec_of(times.value)};
  if (::timer_settime(timer_, 0, &wanted, nullptr) != 0) return PosixError::last("timer_settime");
  return PosixError::none();
}

#endif

}  // namespace sigbridge
