// Sending signals. Any thread; not in signal context.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstdint>

#include "posix_error.h"

namespace sigbridge {

PosixError send_signal(pid_t pid, int signo);
// `value`: all bits of the union sigval. macOS has no sigqueue: ENOSYS.
PosixError queue_signal(pid_t pid, int signo, int64_t value);
// To one thread, with tgkill(2), or thr_kill2(2) on FreeBSD. Elsewhere: ENOSYS.
PosixError send_to_thread(pid_t pid, pid_t tid, int signo);
// The same with a payload, as sigqueue does. Linux only, elsewhere: ENOSYS.
PosixError queue_to_thread(pid_t pid, pid_t tid, int signo, int64_t value);
// What sigqueue(3) tells the receiver: SI_QUEUE, this process, this user, the payload.
siginfo_t queued_info(int signo, int64_t value);
// To the calling thread, as raise(3). A real-time signal that we (not the program) block here still gets
// through.
PosixError raise_signal(int signo);

}  // namespace sigbridge
