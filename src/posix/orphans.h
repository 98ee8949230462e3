// What falls to a process that adopts others' children, as PID 1 does: to wait for those that have ended. The
// main JS thread. Linux alone (ENOSYS).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "posix_error.h"
#include "process_handle.h"

namespace sigbridge {

struct Zombie {
  pid_t pid = 0;
  uint64_t began = 0;  // with it the number is of one process only; ticks since boot
};

// Ended children that are the first thread's to wait for: adopted ones go to it, and so do those it made
// itself. Other threads' own are never among them. ENOSYS also where the kernel does not list a thread's
// children.
Result<std::vector<Zombie>> find_zombies();

// Waits for that one and no other. Nothing: somebody else has, or it has not ended.
std::optional<ProcessEnd> reap(pid_t pid);

// Adopt the orphans among the descendants, as PID 1 does. What it was before.
Result<bool> become_subreaper(bool on);

}  // namespace sigbridge
