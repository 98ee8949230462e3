// The process's timers: alarm(2), the three of setitimer(2), and those of timer_create(2), which signal the
// process. Any thread; not in signal context.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <ctime>
#include <memory>

#include "posix_error.h"

namespace sigbridge {

// In microseconds. `value`: until the first expiration, 0 means none is to come. `interval`: between those
// that follow, 0 means that there are none.
struct TimerTimes {
  int64_t value = 0;
  int64_t interval = 0;
};

enum class IntervalTimer { kReal, kVirtual, kProf };
enum class TimerClock { kMonotonic, kRealtime, kBoottime, kCpu };

// What stood before.
Result<TimerTimes> set_interval_timer(IntervalTimer which, const TimerTimes& times);
Result<TimerTimes> get_interval_timer(IntervalTimer which);

// Deleted with this object; not in a forked child, which has none of its parent's timers.
class PosixTimer {
 public:
  // `value`: all bits of the union sigval. ENOSYS where there is no such clock, or no such timers (macOS).
  static Result<std::unique_ptr<PosixTimer>> create(int signo, int64_t value, TimerClock clock);
  ~PosixTimer();
  PosixTimer(const PosixTimer&) = delete;
  PosixTimer& operator=(const PosixTimer&) = delete;

  // A `value` of 0 stops it.
  PosixError set(const TimerTimes& times);

 private:
  PosixTimer() = default;

#if !defined(__APPLE__)
  timer_t timer_{};
#endif
};

}  // namespace sigbridge
