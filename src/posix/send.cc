// See send.h.
#include "send.h"

#include <unistd.h>

#include <csignal>

#include "mask_table.h"
#include "signal_handler.h"
#include "syscalls.h"
#include "thread_mask.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif
#ifdef __FreeBSD__
#include <sys/thr.h>
#endif

namespace sigbridge {
namespace {

#ifdef __linux__
bool blocked_here_by_us(int signo) {
  ThreadEntry* entry = mask_table().entry_of(static_cast<pid_t>(::syscall(SYS_gettid)), false);
  return entry != nullptr && is_realtime(signo) && (entry->added.load() & MaskTable::bit(signo)) != 0;
}

// A thread of this process that blocks a subscribed real-time signal only because we asked it to would keep
// the signal for ever: the one thread that takes it for all stands in. Signals that the program itself blocks
// there go where they were sent.
pid_t stand_in_for(pid_t pid, pid_t tid, int signo) {
  const pid_t taker = handler_state().taker.load();
  if (pid != ::getpid() || taker == 0 || taker == tid || !is_realtime(signo)) return tid;
  if (!handler_state().single_taker.contains(signo)) return tid;
  // Nobody gets the signal of a thread that is not there.
  if (::syscall(SYS_tgkill, pid, tid, 0) != 0 || ::syscall(SYS_tgkill, pid, taker, 0) != 0) return tid;
  const ThreadEntry* entry = mask_table().entry_of(tid, false);
  const bool blocked_by_us = entry == nullptr || (entry->added.load() & MaskTable::bit(signo)) != 0;
  return blocked_by_us ? taker : tid;
}
#endif

}  // namespace

PosixError send_signal(pid_t pid, int signo) {
  return ::kill(pid, signo) == 0 ? PosixError::none() : PosixError::last("kill");
}

PosixError queue_signal(pid_t pid, int signo, int64_t value) {
#if defined(__APPLE__)
  static_cast<void>(pid), static_cast<void>(signo), static_cast<void>(value);
  return {ENOSYS, "sigqueue"};
#else
  union sigval payload {};
  payload.sival_ptr = reinterpret_cast<void*>(static_cast<intptr_t>(value));
  return ::sigqueue(pid, signo, payload) == 0 ? PosixError::none() : PosixError::last("sigqueue");
#endif
}

siginfo_t queued_info(int signo, int64_t value) {
  siginfo_t info{};
  info.si_signo = signo;
  info.si_code = SI_QUEUE;
  info.si_pid = ::getpid();
  info.si_uid = ::getuid();
  info.si_value.sival_ptr = reinterpret_cast<void*>(static_cast<intptr_t>(value));
  return info;
}

PosixError send_to_thread(pid_t pid, pid_t tid, int signo) {
#if defined(__linux__)
  const long result = ::syscall(SYS_tgkill, pid, stand_in_for(pid, tid, signo), signo);
  return result == 0 ? PosixError::none() : PosixError::last("tgkill");
#elif defined(__FreeBSD__)
  return ::thr_kill2(pid, tid, signo) == 0 ? PosixError::none() : PosixError::last("thr_kill2");
#else
  static_cast<void>(pid), static_cast<void>(tid), static_cast<void>(signo);
  return {ENOSYS, "tgkill"};
#endif
}

PosixError queue_to_thread(pid_t pid, pid_t tid, int signo, int64_t value) {
#if defined(__linux__)
  siginfo_t info = queued_info(signo, value);
  const long result = ::syscall(SYS_rt_tgsigqueueinfo, pid, stand_in_for(pid, tid, signo), signo, &info);
  return result == 0 ? PosixError::none() : PosixError::last("rt_tgsigqueueinfo");
#else
  static_cast<void>(pid), static_cast<void>(tid), static_cast<void>(signo), static_cast<void>(value);
  return {ENOSYS, "rt_tgsigqueueinfo"};
#endif
}

PosixError raise_signal(int signo) {
  // All of it, SIGURG too: nobody visits this thread between the question and the answer.
  const ScopedBlock block(SignalSet::blockable());
  if (::raise(signo) != 0) return PosixError::last("raise");
#ifdef __linux__
  if (blocked_here_by_us(signo)) {
    // It is pending on this thread, which would keep it for ever: open for the length of this call, it is
    // taken now.
    SignalSet mask = current_mask();
    mask.remove(signo);
    const timespec at_once{};
    static_cast<void>(sys::ppoll(nullptr, 0, &at_once, &mask.native()));
  }
#endif
  return PosixError::none();
}

}  // namespace sigbridge
