// The threads of this process and what they block, from /proc (Linux; elsewhere there is nothing to list).
// Any thread, never in signal context.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace sigbridge {

struct ThreadInfo {
  pid_t tid = 0;
  std::string name;
  uint64_t blocked = 0;  // bit signo - 1, as in the next two
  uint64_t pending = 0;
  uint64_t pending_for_process = 0;
};

// kSettled waits, for some milliseconds at most, until threads that are just being made have their real mask.
enum class Births { kAsTheyAre, kSettled };
// It blocks what no program can block: glibc has not given it its real mask yet.
inline bool is_being_born(const ThreadInfo& thread) {
  return (thread.blocked & (uint64_t{3} << 31)) != 0;
}
std::vector<ThreadInfo> threads_of_process(Births births = Births::kSettled);

// Fills in the rest for `thread.tid`. False: it is gone, or there is no /proc.
bool read_thread(ThreadInfo& thread);

// One line of such a thread's /proc/.../status, or a part of a long one: what it tells goes into `thread`.
void read_status_line(const char* line, ThreadInfo& thread);

// Of the program, not of a Worker.
bool is_main_thread();

}  // namespace sigbridge
