// Sending signals. Any thread; not in signal context.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "posix_error.h"

namespace sigbridge {

PosixError send_signal(pid_t pid, int signo);
// `value`: all bits of the union sigval. macOS has no sigqueue: ENOSYS.
PosixError queue_signal(pid_t pid, int signo, int64_t value);
// To the calling thread, as raise(3). A real-time signal that we (not the program) block here still gets
// through.
PosixError raise_signal(int signo);

}  // namespace sigbridge
