// See process_state.h.
#include "process_state.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include "hub.h"
#include "signal_handler.h"
#include "thread_mask.h"

namespace sigbridge::test {
namespace {

std::vector<std::string> names_in(const char* folder, int* own_fd) {
  std::vector<std::string> names;
  DIR* entries = ::opendir(folder);
  if (entries == nullptr) return names;
  *own_fd = ::dirfd(entries);
  while (const dirent* entry = ::readdir(entries)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  ::closedir(entries);
  std::sort(names.begin(), names.end());
  return names;
}

void add_descriptors(std::vector<std::string>& lines) {
  int own_fd = -1;
  for (const std::string& name : names_in("/proc/self/fd", &own_fd)) {
    if (name == std::to_string(own_fd)) continue;
    char target[256] = {};
    static_cast<void>(::readlink(("/proc/self/fd/" + name).c_str(), target, sizeof target - 1));
    lines.push_back("descriptor " + name + " " + target);
  }
}

void add_dispositions(std::vector<std::string>& lines) {
  // Between libc and the kernel; set by libc's first sigaction, and no business of ours.
  constexpr int kRestorer = 0x04000000;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    struct sigaction action {};
    if (::sigaction(signo, nullptr, &action) != 0) continue;
    const bool is_function = action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
    // TSan fills the mask of what is no handler with every signal; it means nothing there.
    const uint64_t mask = kThreadSanitizer && !is_function ? 0 : bits_of(SignalSet(action.sa_mask));
    char line[128];
    std::snprintf(line, sizeof line, "signal %d handler %p flags %#x mask %016llx", signo,
                  reinterpret_cast<void*>(action.sa_handler),
                  static_cast<unsigned>(action.sa_flags & ~kRestorer), static_cast<unsigned long long>(mask));
    lines.emplace_back(line);
  }
}

// Main thread's and the process's, as the kernel has them.
void add_status(std::vector<std::string>& lines) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    const bool is_count = line.starts_with("SigQ");
    if ((line.starts_with("Sig") && !is_count) || line.starts_with("ShdPnd")) lines.push_back(line);
  }
}

// The first thread of a process brings things with it that stay: libc's own signal handler, TSan's own
// thread.
bool have_had_a_thread() {
  pid_t tid = 0;
  std::thread([&tid] { tid = static_cast<pid_t>(::syscall(SYS_gettid)); }).join();
  const std::string folder = "/proc/self/task/" + std::to_string(tid);
  return eventually([&folder] { return ::access(folder.c_str(), F_OK) != 0; });
}

// valgrind does not extend the main thread's stack for a handler with SA_ONSTACK, although there is no other
// stack: what the tests may need is touched beforehand, from the top down.
[[gnu::noinline]] bool have_had_a_deep_stack() {
  volatile char room[256 * 1024];
  for (size_t at = sizeof room; at >= 1024; at -= 1024) room[at - 1] = 0;
  return room[sizeof room - 1] == 0;
}

std::vector<std::string> only_in(const std::vector<std::string>& these,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> lines;
  std::copy_if(these.begin(), these.end(), std::back_inserter(lines), [&others](const std::string& line) {
    return std::find(others.begin(), others.end(), line) == others.end();
  });
  return lines;
}

}  // namespace

bool under_valgrind() {
  const char* preloaded = std::getenv("LD_PRELOAD");
  return preloaded != nullptr && std::strstr(preloaded, "vgpreload") != nullptr;
}

uint64_t bits_of(const SignalSet& set) {
  uint64_t bits = 0;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (set.contains(signo)) bits |= uint64_t{1} << (signo - 1);
  }
  return bits;
}

std::vector<std::string> describe_process() {
  std::vector<std::string> lines;
  int ignored = -1;
  lines.push_back("threads " + std::to_string(names_in("/proc/self/task", &ignored).size()));
  add_descriptors(lines);
  add_dispositions(lines);
  lines.push_back("mask " + std::to_string(bits_of(current_mask())));
  if (!under_valgrind()) add_status(lines);
  return lines;
}

int run_in_child(const std::function<void()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    std::fflush(nullptr);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = -1;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

CleanTest::CleanTest() {
  static const bool ready = have_had_a_thread() && have_had_a_deep_stack();
  EXPECT_TRUE(ready);
  before_ = describe_process();
}

CleanTest::~CleanTest() {
  // A joined thread may be on the kernel's list for a moment longer.
  static_cast<void>(eventually([this] { return describe_process() == before_; }));
  const std::vector<std::string> after = describe_process();
  for (const std::string& line : only_in(before_, after)) ADD_FAILURE() << "before the test: " << line;
  for (const std::string& line : only_in(after, before_)) ADD_FAILURE() << "after the test: " << line;
  EXPECT_FALSE(Hub::instance().stats().running);
  EXPECT_EQ(handler_state().in_flight.load(), 0);
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    EXPECT_FALSE(handler_state().watched.contains(signo)) << signal_name(signo);
    EXPECT_FALSE(handler_state().single_taker.contains(signo)) << signal_name(signo);
  }
}

}  // namespace sigbridge::test
