// See redelivery.h.
#include "redelivery.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>

#include "signal_handler.h"
#include "thread_mask.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif

namespace sigbridge {
namespace {

siginfo_t to_siginfo(const SignalRecord& record) {
  siginfo_t info{};
  info.si_signo = record.signo;
  info.si_code = record.code;
#ifdef __linux__
  // These share their place with the next two.
  if (record.code == SI_TIMER) info.si_overrun = record.status;
#endif
  if (record.code != SI_TIMER) {
    info.si_pid = record.pid;
    info.si_uid = record.uid;
  }
  if (record.signo == SIGCHLD && record.code > 0) {
    info.si_status = record.status;
  } else {
    info.si_value.sival_ptr = reinterpret_cast<void*>(static_cast<intptr_t>(record.value_bits));
  }
  return info;
}

// The kernel takes a siginfo as it is from the process's first thread; from others only causes that cannot be
// mistaken for kill() or the kernel.
bool queue_as_it_was(const SignalRecord& record) {
#ifdef __linux__
  siginfo_t info = to_siginfo(record);
  return ::syscall(SYS_rt_sigqueueinfo, ::getpid(), record.signo, &info) == 0;
#elif !defined(__APPLE__)
  if (record.code != SI_QUEUE) return false;
  return ::sigqueue(::getpid(), record.signo, to_siginfo(record).si_value) == 0;
#else
  static_cast<void>(record);
  return false;
#endif
}

bool was_for_one_thread(const SignalRecord& record) {
#if defined(SI_TKILL)
  return record.code == SI_TKILL;
#elif defined(SI_LWP)
  return record.code == SI_LWP;
#else
  static_cast<void>(record);
  return false;
#endif
}

}  // namespace

void tell_chained(const SignalRecord& record) {
  const ScopedBlock block(SignalSet::blockable());
  siginfo_t info = to_siginfo(record);
  call_chained_later(record.signo, &info);
}

void send_again(const SignalRecord& record) {
  // What this thread blocks and a wait let in goes on waiting for it, instead of ending the process on
  // another.
  if (was_for_one_thread(record) && current_mask().contains(record.signo)) {
    static_cast<void>(::pthread_kill(::pthread_self(), record.signo));
    return;
  }
  if (!queue_as_it_was(record)) static_cast<void>(::kill(::getpid(), record.signo));
}

}  // namespace sigbridge
