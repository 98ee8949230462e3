// What a test must leave as it found it: descriptors, threads, masks, dispositions. Main thread of the test
// program.
#pragma once

#include <gtest/gtest.h>
#include <sched.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "signal_record.h"
#include "signal_set.h"

namespace sigbridge::test {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitizer = true;
#else
inline constexpr bool kSanitizer = false;
#endif
// It keeps masks and dispositions to itself: /proc shows its own, and no handler can change a thread's mask.
bool under_valgrind();

// A signal that reaches a thread under TSan while it computes is acted out later, from a copy of the frame: a
// mask that the handler changes is lost. valgrind's threads show all signals blocked in /proc.
#define SIGBRIDGE_SKIP_WITHOUT_MASKS()                                                                   \
  if (test::kThreadSanitizer) GTEST_SKIP() << "TSan delivers from a copy of the frame: no mask changes"; \
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind keeps the threads' masks to itself"

// One line a fact, so that a difference reads as a difference.
std::vector<std::string> describe_process();

// For what the kernel or another thread does in its own time. False after ten seconds.
template <typename Predicate>
bool eventually(Predicate predicate) {
  const int64_t deadline = monotonic_now() + 10'000'000'000;
  while (!predicate()) {
    if (monotonic_now() > deadline) return false;
    ::sched_yield();
  }
  return true;
}

// Bit signo - 1 for each signal in the set.
uint64_t bits_of(const SignalSet& set);

// Runs `body` in a forked child. The wait status; 0 when it came to its end without a failed expectation.
int run_in_child(const std::function<void()>& body);

// Checked by the base's destructor, after the members of the test itself have cleaned up.
class CleanTest : public ::testing::Test {
 public:
  CleanTest();
  ~CleanTest() override;

 private:
  std::vector<std::string> before_;
};

}  // namespace sigbridge::test
