// What a child of fork() must not keep from us: our handlers, our descriptors, a mask we added to the forking
// thread. posix_spawn needs no help: handlers do not survive exec, and the descriptors are close-on-exec. The
// same for a thread that is about to become another program.
#pragma once

#include "unique_fd.h"

namespace sigbridge::fork_guard {

// Once a process, before the first handler. Any thread.
void install();
// A descriptor that a child has to close, until it is closed here: its number comes again. Any thread.
void watch(int fd);
void unwatch(int fd);
// The calling thread's mask without what we added to it, for what exec is to inherit. Signals that were held
// back by it reach our handler now. Where the exec fails a thread that should not take them masks itself
// again, at the first.
void open_mask_for_exec();

}  // namespace sigbridge::fork_guard

namespace sigbridge {

// A descriptor that a child of fork() would share with us: a pipe, an epoll, a queue. Used as UniqueFd is.
class PrivateFd {
 public:
  PrivateFd() = default;
  explicit PrivateFd(int fd) : fd_(fd) { fork_guard::watch(fd); }
  PrivateFd(PrivateFd&&) noexcept = default;
  PrivateFd& operator=(PrivateFd&& other) noexcept {
    if (this == &other) return *this;
    reset();
    fd_ = std::move(other.fd_);
    return *this;
  }
  PrivateFd(const PrivateFd&) = delete;
  PrivateFd& operator=(const PrivateFd&) = delete;
  ~PrivateFd() { reset(); }

  int get() const { return fd_.get(); }
  explicit operator bool() const { return static_cast<bool>(fd_); }

  void reset() {
    fork_guard::unwatch(fd_.get());
    fd_.reset();
  }
  // Open for good, and nobody's here; a child closes it still.
  void abandon() { static_cast<void>(fd_.release()); }

 private:
  UniqueFd fd_;
};

}  // namespace sigbridge
