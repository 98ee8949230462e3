// A process held by a descriptor (pidfd) instead of by its number: the number may come again for another
// process, the descriptor stays the same one's. Linux 5.3 and later; elsewhere every call gives ENOSYS. Any
// thread, never in signal context.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "posix_error.h"
#include "unique_fd.h"

namespace sigbridge {

// How a process ended, as far as it can be told without reaping it.
struct ProcessEnd {
  bool known = false;
  int code = 0;   // its exit code, where no signal ended it
  int signo = 0;  // the signal that did, 0 for none
};

// Close-on-exec.
Result<UniqueFd> open_process(pid_t pid);
// `signo` 0 probes.
PosixError send_to_process(int pidfd, int signo);
PosixError queue_to_process(int pidfd, int signo, int64_t value);
// Of a process that has ended. Known for a child of ours that nobody has waited for yet, and, from Linux 6.15
// on, for whatever process has been waited for.
ProcessEnd process_end(int pidfd);

}  // namespace sigbridge
