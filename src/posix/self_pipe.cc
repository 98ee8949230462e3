// The self-pipe: see self_pipe.h. ring() is called in signal context: write(2) and nothing else.
#include "self_pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include "syscalls.h"

namespace sigbridge {

Result<SelfPipe> SelfPipe::create(int capacity) {
  int ends[2];
#if defined(__APPLE__)
  // No pipe2: a fork between the two calls could leak the descriptors; fork_guard closes them in the child.
  if (sys::pipe(ends) != 0) return PosixError::last("pipe");
#else
  if (sys::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return PosixError::last("pipe2");
#endif
  UniqueFd read(ends[0]);
  UniqueFd write(ends[1]);
#if defined(__APPLE__)
  for (int fd : ends) {
    // O_CLOEXEC through F_SETFL does nothing: it is a descriptor flag, not a status flag.
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
      return PosixError::last("fcntl");
    }
  }
  // Elsewhere the handler takes the signal back.
  static_cast<void>(::fcntl(write.get(), F_SETNOSIGPIPE, 1));
#endif
#if defined(F_SETPIPE_SZ)
  if (capacity > 0 && ::fcntl(write.get(), F_SETPIPE_SZ, capacity) < 0) return PosixError::last("fcntl");
#else
  static_cast<void>(capacity);
#endif
  SelfPipe pipe;
  pipe.read_ = KnownFd(std::move(read));
  pipe.write_ = KnownFd(std::move(write));
  return pipe;
}

bool SelfPipe::ring(int write_fd) {
  const char byte = 1;
  for (;;) {
    if (sys::write(write_fd, &byte, 1) == 1) return true;
    if (errno == EINTR) continue;
    return errno == EAGAIN;
  }
}

bool SelfPipe::silence() {
  char bytes[512];
  bool rung = false;
  if (read_.check()) return false;
  for (;;) {
    const ssize_t got = sys::read(read_fd(), bytes, sizeof bytes);
    if (got > 0) {
      rung = true;
      if (got < static_cast<ssize_t>(sizeof bytes)) return rung;
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    return rung;
  }
}

}  // namespace sigbridge
