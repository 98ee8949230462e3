// HeldSignals alone: which is taken first, what happens when it is full, in what order the rest comes out.
#include "held_signals.h"

#include <gtest/gtest.h>

namespace sigbridge {
namespace {

SignalRecord record_of(int signo, int64_t value = 0) {
  SignalRecord record = make_record(signo, nullptr, 0);
  record.value_bits = value;
  return record;
}

class HeldSignalsTest : public ::testing::Test {
 protected:
  HeldSignals::Kept keep(int signo, int64_t value = 0, bool unchained = false) {
    return held_.keep(record_of(signo, value), unchained);
  }
  // "signo value", or nothing.
  std::pair<int, int64_t> take(const SignalSet& wanted = SignalSet::full()) {
    SignalRecord record{};
    if (!held_.take(wanted, record)) return {0, 0};
    return {record.signo, record.value_bits};
  }

  const int low_ = realtime_min() + 1;
  const int high_ = realtime_min() + 3;
  HeldSignals held_;
};

using Taken = std::pair<int, int64_t>;

TEST_F(HeldSignalsTest, HoldsAreCounted) {
  EXPECT_FALSE(held_.holds(SIGHUP));
  held_.hold(SIGHUP);
  held_.hold(SIGHUP);
  EXPECT_FALSE(held_.unhold(SIGHUP));
  EXPECT_TRUE(held_.holds(SIGHUP));
  EXPECT_TRUE(held_.unhold(SIGHUP));
  EXPECT_FALSE(held_.holds(SIGHUP));
}

TEST_F(HeldSignalsTest, TakesTheOldestStandardOneFirst) {
  keep(SIGUSR2, 1);
  keep(SIGHUP, 2);
  keep(SIGUSR2, 3);
  EXPECT_EQ(take(), Taken(SIGUSR2, 1));
  EXPECT_EQ(take(), Taken(SIGHUP, 2));
  EXPECT_EQ(take(), Taken(SIGUSR2, 3));
  EXPECT_EQ(take(), Taken(0, 0));
}

TEST_F(HeldSignalsTest, TakesRealTimeOnesAfterThemLowestNumberFirst) {
  keep(high_, 1);
  keep(low_, 2);
  keep(low_, 3);
  keep(SIGHUP, 4);
  EXPECT_EQ(take(), Taken(SIGHUP, 4));
  EXPECT_EQ(take(), Taken(low_, 2));
  EXPECT_EQ(take(), Taken(low_, 3));
  EXPECT_EQ(take(), Taken(high_, 1));
}

TEST_F(HeldSignalsTest, LeavesWhatIsNotWanted) {
  keep(SIGHUP, 1);
  keep(SIGUSR2, 2);
  EXPECT_EQ(take(SignalSet::of(SIGUSR2)), Taken(SIGUSR2, 2));
  EXPECT_EQ(take(SignalSet::of(SIGUSR2)), Taken(0, 0));
  EXPECT_TRUE(held_.has(SIGHUP));
}

TEST_F(HeldSignalsTest, ReleasesInTheOrderOfArrival) {
  keep(high_, 1, true);
  keep(SIGHUP, 2);
  keep(low_, 3);
  keep(high_, 4);
  keep(SIGUSR2, 5);
  const std::vector<HeldRecord> released = held_.release(SignalSet::of(high_).add(low_).add(SIGHUP));
  ASSERT_EQ(released.size(), 4U);
  for (size_t i = 0; i < released.size(); ++i)
    EXPECT_EQ(released[i].record.value_bits, static_cast<int64_t>(i + 1));
  EXPECT_TRUE(released[0].unchained);
  EXPECT_FALSE(released[1].unchained);
  EXPECT_EQ(take(), Taken(SIGUSR2, 5));
  EXPECT_TRUE(held_.release(SignalSet::full()).empty());
}

TEST_F(HeldSignalsTest, WhatWasTakenIsNotReleased) {
  for (int64_t i = 1; i <= 3; ++i) keep(low_, i);
  EXPECT_EQ(take(), Taken(low_, 1));
  const std::vector<HeldRecord> released = held_.release(SignalSet::full());
  ASSERT_EQ(released.size(), 2U);
  EXPECT_EQ(released[0].record.value_bits, 2);
}

TEST_F(HeldSignalsTest, WhenFullMergesStandardOnesAndDropsRealTimeOnes) {
  keep(SIGHUP, 1);
  for (size_t i = 1; i < HeldSignals::kCapacity; ++i) {
    ASSERT_EQ(held_.half_full(), i > HeldSignals::kCapacity / 2);
    ASSERT_EQ(keep(low_), HeldSignals::Kept::kKept);
  }
  ASSERT_TRUE(held_.full());
  EXPECT_EQ(keep(low_), HeldSignals::Kept::kDropped);
  EXPECT_EQ(keep(SIGHUP, 2, true), HeldSignals::Kept::kMerged);
  EXPECT_EQ(keep(SIGHUP, 3), HeldSignals::Kept::kMerged);
  // The first of its kind has to go somewhere.
  EXPECT_EQ(keep(SIGUSR2, 4), HeldSignals::Kept::kKept);

  SignalRecord record{};
  ASSERT_TRUE(held_.take(SignalSet::of(SIGHUP), record));
  EXPECT_EQ(record.count, 3);
  EXPECT_EQ(record.value_bits, 3) << "the latest tells";
  EXPECT_EQ(held_.release(SignalSet::full()).size(), HeldSignals::kCapacity);
  EXPECT_FALSE(held_.half_full());
}

TEST_F(HeldSignalsTest, MergedTimersHaveTheSumOfTheirOverruns) {
  SignalRecord timer = record_of(SIGALRM);
  timer.code = SI_TIMER;
  timer.status = 2;
  static_cast<void>(held_.keep(timer, false));
  for (size_t i = 1; i < HeldSignals::kCapacity; ++i) keep(low_);
  timer.status = 5;
  ASSERT_EQ(held_.keep(timer, false), HeldSignals::Kept::kMerged);
  SignalRecord record{};
  ASSERT_TRUE(held_.take(SignalSet::of(SIGALRM), record));
  EXPECT_EQ(record.count, 2);
  EXPECT_EQ(record.status, 7);
}

// As fast as it comes, and never empty: the queue's memory must not grow with what has gone through it.
TEST_F(HeldSignalsTest, GoesOnForEver) {
  keep(low_, 0);
  for (int64_t i = 1; i < 150'000; ++i) {
    ASSERT_EQ(keep(low_, i), HeldSignals::Kept::kKept);
    ASSERT_EQ(take(), Taken(low_, i - 1));
  }
  EXPECT_EQ(take(), Taken(low_, 149'999));
}

}  // namespace
}  // namespace sigbridge
