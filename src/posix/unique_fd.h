// A descriptor with exactly one owner. Any thread, but not shared between threads; never used in signal
// context.
#pragma once

#include <unistd.h>

#include <utility>

namespace sigbridge {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  // The caller owns the descriptor from now on.
  int release() { return std::exchange(fd_, -1); }

  void reset(int fd = -1) {
    // Never retried after EINTR: on Linux the descriptor is gone by then, and the number may already be
    // somebody else's.
    if (fd_ >= 0) static_cast<void>(::close(fd_));
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace sigbridge
