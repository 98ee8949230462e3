// See orphans.h.
#include "orphans.h"

#ifdef __linux__
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include "unique_fd.h"
#endif

namespace sigbridge {
#ifdef __linux__
namespace {

Result<std::string> read_all(const char* path) {
  const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
  if (!file) return PosixError::last("open");
  std::string text;
  std::array<char, 4096> piece;
  for (;;) {
    const ssize_t count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return PosixError::last("read");
    if (count == 0) return text;
    text.append(piece.data(), static_cast<size_t>(count));
  }
}

// Of a PID namespace that is not this process's, /proc has other numbers than waitpid takes.
bool proc_is_ours() {
  std::array<char, 32> target{};
  const ssize_t length = ::readlink("/proc/self", target.data(), target.size());
  return length > 0 &&
         std::string_view(target.data(), static_cast<size_t>(length)) == std::to_string(::getpid());
}

// `began` 0: it has not ended, or is gone.
Zombie look_at(pid_t pid) {
  std::array<char, 64> path;
  static_cast<void>(std::snprintf(path.data(), path.size(), "/proc/%d/stat", static_cast<int>(pid)));
  Result<std::string> stat = read_all(path.data());
  Zombie zombie{pid, 0};
  if (!stat.ok()) return zombie;
  // Behind the name, which may hold anything, a parenthesis too.
  const size_t name_ends = stat.value().rfind(") ");
  if (name_ends == std::string::npos) return zombie;
  unsigned long long began = 0;
  char state = 0;
  // proc(5): state is the third field, starttime the 22nd.
  const char* format = "%c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu";
  const int read = std::sscanf(stat.value().c_str() + name_ends + 2, format, &state, &began);
  if (read == 2 && state == 'Z') zombie.began = began;
  return zombie;
}

}  // namespace

Result<std::vector<Zombie>> find_zombies() {
  std::vector<Zombie> zombies;
  siginfo_t any{};
  // Mostly there is none: one call says so.
  if (::waitid(P_ALL, 0, &any, WEXITED | WNOHANG | WNOWAIT) != 0 || any.si_pid == 0) return zombies;
  if (!proc_is_ours()) return PosixError{ENOSYS, "/proc of this PID namespace"};
  std::array<char, 64> path;
  const auto self = static_cast<int>(::getpid());
  static_cast<void>(std::snprintf(path.data(), path.size(), "/proc/self/task/%d/children", self));
  Result<std::string> children = read_all(path.data());
  if (!children.ok()) return PosixError{ENOSYS, "/proc/self/task/TID/children"};
  const std::string& list = children.value();
  const char* const end = list.data() + list.size();
  for (const char* at = list.data(); at < end;) {
    pid_t pid = 0;
    const auto [next, error] = std::from_chars(at, end, pid);
    if (error != std::errc()) break;
    const Zombie zombie = look_at(pid);
    if (zombie.began != 0) zombies.push_back(zombie);
    at = next + 1;
  }
  return zombies;
}

std::optional<ProcessEnd> reap(pid_t pid) {
  int status = 0;
  pid_t reaped = 0;
  do {
    reaped = ::waitpid(pid, &status, WNOHANG);
  } while (reaped < 0 && errno == EINTR);
  if (reaped != pid) return std::nullopt;
  if (WIFSIGNALED(status)) return ProcessEnd{true, 0, WTERMSIG(status)};
  return ProcessEnd{true, WEXITSTATUS(status), 0};
}

Result<bool> become_subreaper(bool on) {
  int before = 0;
  if (::prctl(PR_GET_CHILD_SUBREAPER, &before, 0, 0, 0) != 0) return PosixError::last("prctl");
  if (::prctl(PR_SET_CHILD_SUBREAPER, on ? 1UL : 0UL, 0, 0, 0) != 0) return PosixError::last("prctl");
  return before != 0;
}

#else

Result<std::vector<Zombie>> find_zombies() {
  return PosixError{ENOSYS, "adopting processes"};
}

std::optional<ProcessEnd> reap(pid_t) {
  return std::nullopt;
}

Result<bool> become_subreaper(bool) {
  return PosixError{ENOSYS, "adopting processes"};
}

#endif
}  // namespace sigbridge
