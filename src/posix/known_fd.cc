// See known_fd.h.
#include "known_fd.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "fork_guard.h"

namespace sigbridge {
namespace {

// Below what select() can wait for.
constexpr unsigned kHighest = 1024;
// The kernel's table of descriptors: that large at the least, and a power of two. To make it larger takes
// Linux 5 to 25 ms in a process with threads (it waits until no CPU looks at the old one): the first
// subscription would, on the JS thread. So the last quarter of what must be there already.
constexpr unsigned kSmallestTable = 64;

UniqueFd move_up(UniqueFd fd) {
  const unsigned table =
      std::clamp(std::bit_ceil(static_cast<unsigned>(fd.get()) + 1), kSmallestTable, kHighest);
  const int high_enough = static_cast<int>(table - table / 4);
  rlimit limit{};
  if (fd.get() >= high_enough || ::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < table) return fd;
  UniqueFd high(::fcntl(fd.get(), F_DUPFD_CLOEXEC, high_enough));
  return high ? std::move(high) : std::move(fd);
}

}  // namespace

KnownFd::KnownFd(UniqueFd fd) {
  if (!fd) return;
  fd_ = move_up(std::move(fd));
  struct stat file {};
  if (::fstat(fd_.get(), &file) != 0) return;
  fork_guard::watch(fd_.get(), file);
  device_ = file.st_dev;
  inode_ = file.st_ino;
  type_ = file.st_mode & S_IFMT;
}

KnownFd& KnownFd::operator=(KnownFd&& other) noexcept {
  if (this == &other) return *this;
  let_go();
  fd_ = std::move(other.fd_);
  device_ = other.device_;
  inode_ = other.inode_;
  type_ = other.type_;
  return *this;
}

PosixError KnownFd::check() const {
  struct stat file {};
  if (::fstat(fd_.get(), &file) != 0) return PosixError::last("fstat");
  const bool same = file.st_dev == device_ && file.st_ino == inode_ && (file.st_mode & S_IFMT) == type_;
  return same ? PosixError::none() : PosixError{ESTALE, "fstat"};
}

void KnownFd::abandon() {
  fork_guard::unwatch(fd_.get());
  static_cast<void>(fd_.release());
}

void KnownFd::let_go() {
  if (!fd_) return;
  if (check()) {
    abandon();
    return;
  }
  // First: the number comes again as soon as it is closed.
  fork_guard::unwatch(fd_.get());
  fd_.reset();
}

}  // namespace sigbridge
