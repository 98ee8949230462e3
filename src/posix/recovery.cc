// See recovery.h.
#include "recovery.h"

#include <algorithm>
#include <ctime>

#include "signal_record.h"

namespace sigbridge {
namespace {

// How long a level is told after the event.
constexpr int64_t kRemembered = 60'000'000'000;

constexpr std::array<const char*, kParts> kNames{"pipe", "loopPipe",   "signalfd",
                                                 "poll", "waitThread", "exitWatch"};

size_t index(Part part) {
  return static_cast<size_t>(part);
}

bool is_recent(int64_t at) {
  return at != 0 && monotonic_now() - at < kRemembered;
}

}  // namespace

Recovery& Recovery::instance() {
  static Recovery& recovery = *new Recovery;
  return recovery;
}

// The lock is held.
void Recovery::note(PosixError failure) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  counts_.last = failure;
  counts_.last_at = static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

void Recovery::retried(PosixError failure) {
  const std::lock_guard guard(lock_);
  note(failure);
  ++counts_.retries;
  retried_at_ = monotonic_now();
}

void Recovery::restarted(Part part, PosixError failure) {
  const std::lock_guard guard(lock_);
  note(failure);
  missing_[index(part)] = false;
  ++counts_.restarts;
  restarted_at_ = monotonic_now();
}

void Recovery::lacks(Part part, PosixError failure) {
  const std::lock_guard guard(lock_);
  note(failure);
  if (!missing_[index(part)]) ++counts_.degradations;
  missing_[index(part)] = true;
}

void Recovery::has_again(Part part) {
  const std::lock_guard guard(lock_);
  missing_[index(part)] = false;
  ++counts_.restarts;
  restarted_at_ = monotonic_now();
}

void Recovery::forget(Part part) {
  const std::lock_guard guard(lock_);
  missing_[index(part)] = false;
}

bool Recovery::is_missing(Part part) const {
  const std::lock_guard guard(lock_);
  return missing_[index(part)];
}

RecoveryReport Recovery::report() const {
  const std::lock_guard guard(lock_);
  RecoveryReport report = counts_;
  for (size_t i = 0; i < kParts; ++i) {
    if (missing_[i]) report.missing.push_back(kNames[i]);
  }
  if (!report.missing.empty()) {
    report.level = "degraded";
  } else if (is_recent(restarted_at_)) {
    report.level = "restarted";
  } else if (is_recent(retried_at_)) {
    report.level = "retried";
  }
  return report;
}

}  // namespace sigbridge
