// See process_handle.h.
#include "process_handle.h"

#include "send.h"
#include "syscalls.h"

#ifdef __linux__
#include <sys/ioctl.h>
#include <sys/wait.h>
#endif

namespace sigbridge {
#ifdef __linux__
namespace {

// linux/pidfd.h, which headers older than the kernel lack. This is its first version (64 bytes), which every
// later kernel takes.
struct PidfdInfo {
  uint64_t mask;
  uint64_t cgroup;
  uint32_t ids[11];   // pid, tgid, ppid, and users and groups
  int32_t exit_code;  // as waitpid's status
};
static_assert(sizeof(PidfdInfo) == 64);
constexpr unsigned long kGetInfo = _IOWR(0xFF, 11, PidfdInfo);
constexpr uint64_t kInfoExit = 1U << 3;

constexpr idtype_t kPidfd = static_cast<idtype_t>(3);  // P_PIDFD

bool wait_status(int pidfd, int* status) {
  PidfdInfo info{};
  info.mask = kInfoExit;
  // Not ioctl(): its second parameter is an int in musl, an unsigned long in glibc.
  if (::syscall(SYS_ioctl, pidfd, kGetInfo, &info) != 0 || (info.mask & kInfoExit) == 0) return false;
  *status = info.exit_code;
  return true;
}

}  // namespace

Result<UniqueFd> open_process(pid_t pid) {
  const int fd = sys::pidfd_open(pid);
  if (fd < 0) return PosixError::last("pidfd_open");
  return UniqueFd(fd);
}

PosixError send_to_process(int pidfd, int signo) {
  if (sys::pidfd_send_signal(pidfd, signo, nullptr) == 0) return PosixError::none();
  return PosixError::last("pidfd_send_signal");
}

PosixError queue_to_process(int pidfd, int signo, int64_t value) {
  siginfo_t info = queued_info(signo, value);
  if (sys::pidfd_send_signal(pidfd, signo, &info) == 0) return PosixError::none();
  return PosixError::last("pidfd_send_signal");
}

ProcessEnd process_end(int pidfd) {
  // WNOWAIT: the runtime wants to reap its own children. It may have done so already, then the kernel
  // remembers.
  siginfo_t info{};
  if (::waitid(kPidfd, static_cast<id_t>(pidfd), &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
      info.si_pid != 0) {
    if (info.si_code == CLD_EXITED) return {true, info.si_status, 0};
    return {true, 0, info.si_status};
  }
  int status = 0;
  if (!wait_status(pidfd, &status)) return {};
  if (WIFSIGNALED(status)) return {true, 0, WTERMSIG(status)};
  return {true, WEXITSTATUS(status), 0};
}
#else
Result<UniqueFd> open_process(pid_t) {
  return PosixError{ENOSYS, "pidfd_open"};
}
PosixError send_to_process(int, int) {
  return {ENOSYS, "pidfd_send_signal"};
}
PosixError queue_to_process(int, int, int64_t) {
  return {ENOSYS, "pidfd_send_signal"};
}
ProcessEnd process_end(int) {
  return {};
}
#endif

}  // namespace sigbridge
