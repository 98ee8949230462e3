// See known_fd.h.
#include "known_fd.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "fork_guard.h"

namespace sigbridge {
namespace {

// Below what select() can wait for, and below the limit; so many are left for us and others that do the same.
constexpr rlim_t kHighest = 1024;
constexpr rlim_t kRoom = 64;

UniqueFd move_up(UniqueFd fd) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return fd;
  const rlim_t highest = std::min(limit.rlim_cur, kHighest);
  if (highest < 2 * kRoom || fd.get() >= static_cast<int>(highest - kRoom)) return fd;
  UniqueFd high(::fcntl(fd.get(), F_DUPFD_CLOEXEC, static_cast<int>(highest - kRoom)));
  return high ? std::move(high) : std::move(fd);
}

}  // namespace

KnownFd::KnownFd(UniqueFd fd) {
  if (!fd) return;
  fd_ = move_up(std::move(fd));
  fork_guard::watch(fd_.get());
  struct stat file {};
  if (::fstat(fd_.get(), &file) != 0) return;
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
