// One delivery, as plain data: what the kernel said about a signal, without a pointer in it. Filled in signal
// context, read on the wait thread and the JS threads.
#pragma once

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <limits>

namespace sigbridge {

// The layout is a contract with lib/dispatcher.js, which reads it as Int32Array and BigInt64Array views.
struct SignalRecord {
  int32_t signo;
  int32_t code;  // si_code
  int32_t pid;   // 0 where the kernel names no sender
  uint32_t uid;
  int64_t value_bits;  // all of si_value; 0 where the cause carries none
  int32_t status;      // SIGCHLD: exit code or signal; SI_TIMER: the overrun; 0 otherwise
  int32_t count;       // deliveries merged into this one, this one included; negative on the way to the hub:
                       // the handler that stood before ours has not been called
  int64_t timestamp;   // ns, CLOCK_MONOTONIC, taken in the handler, or when the kernel's queue was read
};
static_assert(sizeof(SignalRecord) == 40 && alignof(SignalRecord) == 8);

// Async-signal-safe: clock_gettime is on POSIX's list (and in the vDSO on Linux).
inline int64_t monotonic_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

// siginfo_t is a union: which members mean something depends on the signal and on si_code.
inline SignalRecord make_record(int signo, const siginfo_t* info, int64_t timestamp) {
  SignalRecord record{};
  record.signo = signo;
  record.count = 1;
  record.timestamp = timestamp;
  if (info == nullptr) return record;
  record.code = info->si_code;

  const bool from_child = signo == SIGCHLD && info->si_code > 0;
  const bool from_process = info->si_code == SI_USER || info->si_code == SI_QUEUE || info->si_code == SI_MESGQ
#ifdef SI_TKILL
                            || info->si_code == SI_TKILL
#endif
#ifdef SI_LWP
                            || info->si_code == SI_LWP
#endif
      ;
  if (from_process || from_child) {
    record.pid = info->si_pid;
    record.uid = info->si_uid;
  }
  if (from_child) record.status = info->si_status;
#ifdef si_overrun
  // It lies where other causes have the sender, as does the timer's id.
  if (info->si_code == SI_TIMER) record.status = info->si_overrun;
#endif
  if (info->si_code == SI_QUEUE || info->si_code == SI_TIMER || info->si_code == SI_MESGQ ||
      info->si_code == SI_ASYNCIO) {
    record.value_bits = static_cast<int64_t>(reinterpret_cast<intptr_t>(info->si_value.sival_ptr));
  }
  return record;
}

// The sum stops at the largest: JavaScript that is stuck for hours in a storm must not make a count negative.
// Those who count exactly do it elsewhere (SignalCounters), in 64 bits.
inline int32_t saturating_sum(int32_t one, int32_t other) {
  return static_cast<int32_t>(std::min<int64_t>(int64_t{one} + other, std::numeric_limits<int32_t>::max()));
}

// The newest sender is the one told; `count` says that there were others. Expirations that timers missed add
// up.
inline void merge(SignalRecord& earlier, const SignalRecord& record) {
  const SignalRecord before = earlier;
  earlier = record;
  earlier.count = saturating_sum(before.count, record.count);
  if (before.code == SI_TIMER && record.code == SI_TIMER)
    earlier.status = saturating_sum(before.status, record.status);
}

}  // namespace sigbridge
