// The kernel's own queue of real-time signals as a way in (Linux: signalfd): blocked on every thread, they
// wait there in order, and the wait thread reads as many at once as it can hold. A sender that is too fast is
// told EAGAIN. Owned by the hub; read under its table lock, never in signal context.
#pragma once

#include <span>

#include "known_fd.h"
#include "posix_error.h"
#include "signal_record.h"
#include "signal_set.h"

namespace sigbridge {

class KernelQueue {
 public:
#ifdef __linux__
  static constexpr bool kSupported = true;
#else
  static constexpr bool kSupported = false;
#endif

  // Non-blocking and close-on-exec.
  static Result<KernelQueue> open();
  // From now on these and no others are read; the rest stays where it is. Fails where the descriptor is not
  // ours any more.
  PosixError watch(const SignalSet& signals);
  int fd() const {
    return fd_.get();
  }
  bool is_open() const {
    return static_cast<bool>(fd_);
  }
  // Is it a signalfd?
  PosixError check() const;
  // The descriptor is somebody else's business now.
  void abandon() {
    fd_.abandon();
  }
  // Of the calling thread and of the process, lowest signal first, each in its order. How many; 0 when none
  // is there.
  size_t read(std::span<SignalRecord> records);
  // The latest read() found the descriptor to be another's, or nobody's.
  bool broken() const {
    return broken_;
  }

 private:
  KnownFd fd_;
  SignalSet watched_;
  bool broken_ = false;
};

}  // namespace sigbridge
