// What the wait thread knows about a shutdown: which signals begin one, when it has to be over, what the
// program is at, and whether its event loop still turns. No clock, no thread and no lock of its own: the
// hub's table lock guards it, and the wait thread does what look() says (hub_shutdown.cc).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "signal_record.h"
#include "signal_set.h"

namespace sigbridge {

// How the process ends: with a code from 0 on, or one of these two.
enum EndCode : int { kEndBySignal = -1, kEndBySignalsCode = -2 };

struct ShutdownPlan {
  SignalSet signals;
  int64_t timeout = 0;  // ns, from the first signal on
  int end = kEndBySignal;
  bool second_forces = true;
  int64_t heartbeat = 0;  // ns without a beat after which the event loop is reported as stuck; 0: never
};

class ShutdownDeadline {
 public:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  static constexpr size_t kLongestStep = 200;

  void open(const ShutdownPlan& plan, int64_t now);
  void close() { *this = ShutdownDeadline(); }
  bool is_open() const { return open_; }

  // A delivery of one of the signals. True: the next duty may be earlier now.
  bool came(const SignalRecord& record);
  // By hand, if it has not begun. `end` as in ShutdownPlan: what happens when the time has passed.
  void start(int signo, int end, int64_t now);
  // JavaScript is at it, with these steps; a copy is kept, cut to kLongestStep bytes.
  void at(std::string_view steps, int64_t now);
  // True: the next duty may be earlier now.
  bool beat(int64_t now);

  bool started() const { return due_ != kNever; }
  // kNever: it has not begun.
  int64_t due() const { return due_; }

  // When look() is to be called, at the latest.
  int64_t next_look() const;
  struct Verdict {
    std::string line;  // for standard error; empty: nothing to tell
    bool end = false;
    int signo = 0;
    int code = 0;  // as in ShutdownPlan::end
  };
  Verdict look(int64_t now);

 private:
  bool is_echo(const SignalRecord& record) const;
  int64_t stuck_for(int64_t now) const;
  std::string where(int64_t now) const;

  bool open_ = false;
  ShutdownPlan plan_;
  int64_t began_ = 0;
  int64_t due_ = kNever;
  SignalRecord first_{};  // signo 0: no signal has come
  int forced_by_ = 0;
  int signo_ = 0;
  int end_ = kEndBySignal;
  // JavaScript knows that it has begun.
  bool at_it_ = false;
  std::array<char, kLongestStep> steps_{};
  size_t steps_size_ = 0;
  int64_t beat_ = 0;
  bool told_stuck_ = false;
};

}  // namespace sigbridge
