// Interval timers and POSIX timers, as the kernel has them. Signals are blocked and taken with sigtimedwait.
#include "timers.h"

#include <unistd.h>

#include "faults.h"
#include "process_state.h"
#include "signal_number.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::Faults;

class TimersTest : public test::CleanTest {
 protected:
  // Its payload; -1 when nothing comes within `ms`.
  int64_t take(int signo, int ms) {
    const SignalSet only = SignalSet::of(signo);
    const timespec patience{ms / 1000, ms % 1000 * 1'000'000L};
    siginfo_t info{};
    int taken = -1;
    do {
      taken = ::sigtimedwait(&only.native(), &info, &patience);
    } while (taken < 0 && errno == EINTR);
    return taken == signo ? make_record(signo, &info, 0).value_bits : -1;
  }

  const int realtime_ = realtime_min() + 2;

 private:
  const ScopedBlock block_{SignalSet::of(SIGALRM).add(realtime_min() + 2)};
};

TEST_F(TimersTest, AnIntervalTimerTellsWhatStoodBefore) {
  for (const IntervalTimer which : {IntervalTimer::kReal, IntervalTimer::kVirtual, IntervalTimer::kProf}) {
    Result<TimerTimes> before = set_interval_timer(which, {1'000'000'001, 2'500'000});
    ASSERT_TRUE(before.ok());
    EXPECT_EQ(before.value().value, 0);
    Result<TimerTimes> now = get_interval_timer(which);
    ASSERT_TRUE(now.ok());
    EXPECT_GT(now.value().value, 900'000'000);
    // The tick may round it up.
    EXPECT_LE(now.value().value, 1'000'020'000);
    EXPECT_EQ(now.value().interval, 2'500'000);
    Result<TimerTimes> last = set_interval_timer(which, {});
    ASSERT_TRUE(last.ok());
    EXPECT_EQ(last.value().interval, 2'500'000);
    EXPECT_EQ(get_interval_timer(which).value().value, 0);
  }
}

TEST_F(TimersTest, APosixTimerFiresWithItsPayloadUntilItIsStopped) {
  Result<std::unique_ptr<PosixTimer>> made = PosixTimer::create(realtime_, 0x7edcba9876543210, {});
  ASSERT_TRUE(made.ok());
  PosixTimer& timer = *made.value();
  ASSERT_FALSE(timer.set({1, 1000}));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(take(realtime_, 10'000), 0x7edcba9876543210);
  ASSERT_FALSE(timer.set({0, 1000}));
  // One may have been on its way.
  take(realtime_, 0);
  EXPECT_EQ(take(realtime_, 20), -1);
  ASSERT_FALSE(timer.set({1, 0}));
  EXPECT_NE(take(realtime_, 10'000), -1);
  EXPECT_EQ(take(realtime_, 20), -1);
}

TEST_F(TimersTest, ItIsGoneWithItsObject) {
  {
    Result<std::unique_ptr<PosixTimer>> made = PosixTimer::create(SIGALRM, 7, TimerClock::kRealtime);
    ASSERT_TRUE(made.ok());
    ASSERT_FALSE(made.value()->set({1, 1000}));
    EXPECT_EQ(take(SIGALRM, 10'000), 7);
  }
  take(SIGALRM, 0);
  EXPECT_EQ(take(SIGALRM, 20), -1);
}

TEST_F(TimersTest, AFailureSaysWhichCall) {
  Faults faults;
  faults.fail("timer_create", EAGAIN);
  const PosixError full = PosixTimer::create(SIGALRM, 0, TimerClock::kMonotonic).error();
  EXPECT_EQ(full.number, EAGAIN);
  EXPECT_STREQ(full.syscall, "timer_create");
  faults.fail("timer_create", EINVAL);
  EXPECT_EQ(PosixTimer::create(SIGALRM, 0, TimerClock::kBoottime).error().number, ENOSYS);
  Result<std::unique_ptr<PosixTimer>> made = PosixTimer::create(SIGALRM, 0, TimerClock::kMonotonic);
  ASSERT_TRUE(made.ok());
  const PosixError bad = made.value()->set({-1, 0});
  EXPECT_EQ(bad.number, EINVAL);
  EXPECT_STREQ(bad.syscall, "timer_settime");
}

}  // namespace
}  // namespace sigbridge
