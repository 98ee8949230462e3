// The self-pipe: a doorbell that a signal handler may ring and poll, select or epoll can wait for. It carries
// no data but "look". ring() is async-signal-safe; the rest belongs to the threads that own the pipe.
#pragma once

#include "known_fd.h"
#include "posix_error.h"

namespace sigbridge {

class SelfPipe {
 public:
  // Both ends non-blocking and close-on-exec. `capacity` in bytes, 0 for the kernel's default (64 KiB on
  // Linux); only Linux can set it, and rounds it up to whole pages.
  static Result<SelfPipe> create(int capacity = 0);

  int read_fd() const { return read_.get(); }
  int write_fd() const { return write_.get(); }

  bool is_open() const { return static_cast<bool>(read_); }

  // Are both ends still ours? See KnownFd::check().
  PosixError check() const {
    const PosixError failure = read_.check();
    return failure ? failure : write_.check();
  }

  // Leaves both descriptors open for good: somebody may still be about to write.
  void abandon() {
    read_.abandon();
    write_.abandon();
  }

  // One byte into `write_fd`. A full pipe is success: a ring is already waiting to be heard. Preserves
  // nothing: a signal handler saves errno around it.
  static bool ring(int write_fd);
  // The same, but never into a stranger's file, nor where nobody reads (SIGPIPE); not in signal context.
  bool ring() const { return !check() && ring(write_fd()); }

  // Empties the pipe; true when there was at least one ring. Never reads a stranger's file.
  bool silence();

 private:
  KnownFd read_;
  KnownFd write_;
};

}  // namespace sigbridge
