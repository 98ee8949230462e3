// See send.h.
#include "send.h"

#include <unistd.h>

#include <csignal>

#include "mask_table.h"
#include "syscalls.h"
#include "thread_mask.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif

namespace sigbridge {
namespace {

bool blocked_here_by_us(int signo) {
#ifdef __linux__
  ThreadEntry* entry = mask_table().entry_of(static_cast<pid_t>(::syscall(SYS_gettid)), false);
  return entry != nullptr && is_realtime(signo) && (entry->added.load() & MaskTable::bit(signo)) != 0;
#else
  static_cast<void>(signo);
  return false;
#endif
}

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

PosixError raise_signal(int signo) {
  // All of it, SIGURG too: nobody visits this thread between the question and the answer.
  const ScopedBlock block(SignalSet::blockable());
  if (::raise(signo) != 0) return PosixError::last("raise");
#if !defined(__APPLE__)
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
