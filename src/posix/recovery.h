// What failed in our own machinery, and what was done about it: the recovery levels of stats().health. Any
// thread, never in signal context; its lock is a leaf.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <vector>

#include "posix_error.h"

namespace sigbridge {

// What there can be less of.
enum class Part : size_t {
  kPipe,        // the wait thread's bell
  kLoopPipe,    // the event loop's
  kSignalfd,    // the kernel's queue
  kPoll,        // ppoll itself
  kWaitThread,  // where nothing but hardening asked for it
  kExitWatch    // what processes are watched with
};
inline constexpr size_t kParts = 6;

struct RecoveryReport {
  // normal: nothing in the last minute. retried: a call failed, and was made again. restarted: something was
  // made anew. degraded: something is missing at this moment.
  const char* level = "normal";
  std::vector<const char*> missing;
  uint64_t retries = 0;
  uint64_t restarts = 0;
  uint64_t degradations = 0;
  PosixError last;      // the latest failure; none: there was none
  int64_t last_at = 0;  // ms since 1970
};

class Recovery {
 public:
  // Never destroyed: the wait thread may outlive main().
  static Recovery& instance();

  // A call failed and is made again, or its work is done at the next look.
  void retried(PosixError failure);
  // Made anew, after this failure.
  void restarted(Part part, PosixError failure);
  // It goes on without, for now.
  void lacks(Part part, PosixError failure);
  // It is there again.
  void has_again(Part part);
  // Nobody needs it any more, or it works again by itself.
  void forget(Part part);
  bool is_missing(Part part) const;

  RecoveryReport report() const;

 private:
  Recovery() = default;
  void note(PosixError failure);

  mutable std::mutex lock_;
  RecoveryReport counts_;
  std::array<bool, kParts> missing_{};
  // Monotonic; 0: never.
  int64_t retried_at_ = 0;
  int64_t restarted_at_ = 0;
};

}  // namespace sigbridge
