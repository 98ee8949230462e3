// A descriptor that is ours alone: known by the file it stands for, not by its number, because other code in
// the process may close the number and open something of its own under it; and closed in a child of fork(),
// which would share it. Any thread, but not shared between threads; never used in signal context.
#pragma once

#include <sys/stat.h>

#include "posix_error.h"
#include "unique_fd.h"

namespace sigbridge {

class KnownFd {
 public:
  KnownFd() = default;
  // The descriptor is moved to a higher number, where there is room: the numbers that are opened and closed
  // all the time are the lowest.
  explicit KnownFd(UniqueFd fd);
  KnownFd(KnownFd&&) noexcept = default;
  KnownFd& operator=(KnownFd&& other) noexcept;
  KnownFd(const KnownFd&) = delete;
  KnownFd& operator=(const KnownFd&) = delete;
  // Never closes a stranger's file.
  ~KnownFd() { let_go(); }

  int get() const { return fd_.get(); }
  explicit operator bool() const { return static_cast<bool>(fd_); }
  // EBADF: it was closed. ESTALE: the number is another file's. What has no inode of its own (eventfd, epoll,
  // signalfd) cannot be told from another of these.
  PosixError check() const;
  // Leaves it open for good, or to whom it belongs now: a child does not close it either.
  void abandon();

 private:
  void let_go();

  UniqueFd fd_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  mode_t type_ = 0;
};

}  // namespace sigbridge
