// See thread_list.h.
#include "thread_list.h"

#include <cstdlib>
#include <cstring>
#include <utility>

#ifdef __linux__
#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>

#include "signal_record.h"
#else
#include <pthread.h>
#ifdef __FreeBSD__
#include <pthread_np.h>
#endif
#endif

namespace sigbridge {
void read_status_line(const char* line, ThreadInfo& thread) {
  if (std::strncmp(line, "Name:\t", 6) == 0) thread.name.assign(line + 6, std::strcspn(line + 6, "\n"));
  const std::pair<const char*, uint64_t*> masks[] = {
      {"SigBlk:", &thread.blocked}, {"SigPnd:", &thread.pending}, {"ShdPnd:", &thread.pending_for_process}};
  for (const auto& [label, mask] : masks) {
    if (std::strncmp(line, label, 7) == 0) *mask = std::strtoull(line + 7, nullptr, 16);
  }
}

#ifdef __linux__
bool read_thread(ThreadInfo& thread) {
  std::array<char, 64> path{};
  static_cast<void>(
      std::snprintf(path.data(), path.size(), "/proc/self/task/%d/status", static_cast<int>(thread.tid)));
  FILE* status = std::fopen(path.data(), "re");
  if (status == nullptr) return false;
  std::array<char, 256> line{};
  while (std::fgets(line.data(), line.size(), status) != nullptr) read_status_line(line.data(), thread);
  static_cast<void>(std::fclose(status));
  return true;
}

namespace {

constexpr int64_t kBirthPatienceNs = 100'000'000;

// glibc starts a thread with everything blocked, its own signals 32 and 33 too, and gives it its real mask
// some microseconds later, or when the machine next has time for it.
void wait_for_birth(ThreadInfo& thread, int64_t deadline) {
  const timespec pause{0, 20'000};
  while (is_being_born(thread) && monotonic_now() < deadline && read_thread(thread))
    ::nanosleep(&pause, nullptr);
}

}  // namespace

std::vector<ThreadInfo> threads_of_process(Births births) {
  std::vector<ThreadInfo> threads;
  DIR* tasks = ::opendir("/proc/self/task");
  if (tasks == nullptr) return threads;
  const int64_t deadline = births == Births::kSettled ? monotonic_now() + kBirthPatienceNs : 0;
  while (const dirent* entry = ::readdir(tasks)) {
    ThreadInfo thread;
    static_cast<void>(std::from_chars(entry->d_name, entry->d_name + std::strlen(entry->d_name), thread.tid));
    if (thread.tid <= 0 || !read_thread(thread)) continue;
    wait_for_birth(thread, deadline);
    threads.push_back(std::move(thread));
  }
  ::closedir(tasks);
  return threads;
}

bool is_main_thread() {
  return ::syscall(SYS_gettid) == ::getpid();
}
#else
bool read_thread(ThreadInfo&) {
  return false;
}

std::vector<ThreadInfo> threads_of_process(Births) {
  return {};
}

bool is_main_thread() {
  return ::pthread_main_np() == 1;
}
#endif

}  // namespace sigbridge
