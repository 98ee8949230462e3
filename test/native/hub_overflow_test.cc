// A ring that is far too small: what is merged, what is dropped, and that every delivery is in a count. The
// ring is allocated once a process, so each case runs in a process of its own.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"

namespace sigbridge {
namespace {

using test::Inbox;
using test::raise_here;
using test::Taker;

class HubOverflowTest : public test::CleanTest {
 protected:
  HubOverflowTest() {
    // "threadsafe": this program again, from the start, with this one test.
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }
};

constexpr uint32_t kCapacity = 2;

void use_a_tiny_ring() {
  Hub::instance().configure({.ring_capacity = kCapacity});
}

// The child of a death test keeps its failures to itself: told here, the parent shows them.
[[noreturn]] void end_of_process() {
  const ::testing::TestResult& result = *::testing::UnitTest::GetInstance()->current_test_info()->result();
  for (int i = 0; i < result.total_part_count(); ++i) {
    const ::testing::TestPartResult& part = result.GetTestPartResult(i);
    if (part.failed()) std::fprintf(stderr, "line %d: %s\n", part.line_number(), part.message());
  }
  std::fflush(nullptr);
  ::_exit(result.Failed() ? 1 : 0);
}

void expect_sum(const SignalCounters& counters, uint64_t sent, uint64_t told) {
  EXPECT_EQ(counters.received, sent);
  EXPECT_EQ(counters.received, told + counters.coalesced + counters.dropped);
}

[[noreturn]] void drop_real_time_signals() {
  use_a_tiny_ring();
  const Taker taker(Taker::Kind::kMainThread);
  const int realtime = realtime_min() + 1;
  Inbox inbox;
  EXPECT_FALSE(inbox.subscribe({SIGUSR1, realtime}));
  inbox.close_gate();
  raise_here(SIGUSR1);
  inbox.wait_at_gate();
  // Each thread takes one before it blocks them.
  for (int i = 0; i < 10; ++i) std::thread([realtime] { raise_here(realtime); }).join();
  inbox.open_gate();
  const std::vector<std::pair<int, uint32_t>> report = inbox.wait_for_report();
  EXPECT_EQ(report, (std::vector<std::pair<int, uint32_t>>{{realtime, 8}}));
  EXPECT_EQ(inbox.wait_for(3).size(), 3U);
  EXPECT_EQ(inbox.subscriber().counters(realtime).dropped, 8U);
  expect_sum(inbox.subscriber().counters(realtime), 10, 2);
  const HubStats stats = Hub::instance().stats();
  EXPECT_EQ(stats.ring_capacity, kCapacity);
  EXPECT_EQ(stats.ring_high_water, kCapacity);
  EXPECT_EQ(stats.received, 11U);
  EXPECT_EQ(stats.overflow, 8U);
  end_of_process();
}

TEST_F(HubOverflowTest, RealTimeSignalsAreDroppedAndReported) {
  EXPECT_EXIT(drop_real_time_signals(), ::testing::ExitedWithCode(0), "");
}

[[noreturn]] void merge_standard_signals() {
  use_a_tiny_ring();
  Inbox inbox;
  EXPECT_FALSE(inbox.subscribe({SIGUSR1, SIGUSR2, SIGTERM}));
  inbox.close_gate();
  raise_here(SIGUSR1);
  inbox.wait_at_gate();
  for (int i = 0; i < 5; ++i) raise_here(SIGUSR1);
  for (int i = 0; i < 3; ++i) raise_here(SIGUSR2);
  raise_here(SIGTERM);
  inbox.open_gate();
  // In the ring: the first two. The three that came later are merged into the second. Those of which the ring
  // has none become one record each.
  const std::vector<SignalRecord>& records = inbox.wait_for(5);
  EXPECT_EQ(records.size(), 5U);
  std::array<int, kSignalSlots> counts{};
  for (const SignalRecord& record : records) counts[static_cast<size_t>(record.signo)] += record.count;
  EXPECT_EQ(counts[SIGUSR1], 6);
  EXPECT_EQ(counts[SIGUSR2], 3);
  EXPECT_EQ(counts[SIGTERM], 1);
  expect_sum(inbox.subscriber().counters(SIGUSR1), 6, 3);
  expect_sum(inbox.subscriber().counters(SIGUSR2), 3, 1);
  expect_sum(inbox.subscriber().counters(SIGTERM), 1, 1);
  EXPECT_EQ(Hub::instance().stats().received, 10U);
  EXPECT_EQ(Hub::instance().stats().overflow, 7U);
  EXPECT_EQ(inbox.subscriber().counters(SIGUSR1).dropped, 0U) << "a standard signal is never lost";
  end_of_process();
}

TEST_F(HubOverflowTest, StandardSignalsAreMerged) {
  EXPECT_EXIT(merge_standard_signals(), ::testing::ExitedWithCode(0), "");
}

// No gate: whatever happens to be dropped, it is in the counts.
[[noreturn]] void storm() {
  constexpr uint64_t kEach = 300;
  use_a_tiny_ring();
  const Taker taker(Taker::Kind::kMainThread);
  const int realtime = realtime_min() + 1;
  Inbox inbox;
  Inbox second;
  EXPECT_FALSE(inbox.subscribe({SIGUSR1, realtime}));
  EXPECT_FALSE(second.subscribe({realtime}));
  for (uint64_t i = 0; i < kEach; ++i) {
    raise_here(realtime);
    raise_here(SIGUSR1);
  }
  const auto all_in = [](Inbox& box, int signo) {
    return test::eventually([&] {
      box.wait_for(0);
      return box.subscriber().counters(signo).received == kEach;
    });
  };
  EXPECT_TRUE(all_in(inbox, realtime));
  EXPECT_TRUE(all_in(inbox, SIGUSR1));
  EXPECT_TRUE(all_in(second, realtime));
  std::array<uint64_t, kSignalSlots> told{};
  for (const SignalRecord& record : inbox.wait_for(0)) ++told[static_cast<size_t>(record.signo)];
  expect_sum(inbox.subscriber().counters(realtime), kEach, told[static_cast<size_t>(realtime)]);
  expect_sum(inbox.subscriber().counters(SIGUSR1), kEach, told[SIGUSR1]);
  expect_sum(second.subscriber().counters(realtime), kEach, second.wait_for(0).size());
  EXPECT_EQ(inbox.subscriber().counters(SIGUSR1).dropped, 0U);
  EXPECT_EQ(Hub::instance().stats().received, 2 * kEach);
  end_of_process();
}

TEST_F(HubOverflowTest, AStormIsCountedToTheLastSignal) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  EXPECT_EXIT(storm(), ::testing::ExitedWithCode(0), "");
}

// What waits in the kernel's queue needs no place in the ring.
[[noreturn]] void queue_in_the_kernel() {
  use_a_tiny_ring();
  const Taker taker(Taker::Kind::kWaitThread);
  const int realtime = realtime_min() + 1;
  Inbox inbox;
  EXPECT_FALSE(inbox.subscribe({SIGUSR1, realtime}));
  inbox.close_gate();
  raise_here(SIGUSR1);
  inbox.wait_at_gate();
  for (int i = 0; i < 100; ++i) test::queue_here(realtime, i);
  inbox.open_gate();
  EXPECT_EQ(inbox.wait_for(101).size(), 101U);
  EXPECT_EQ(inbox.subscriber().counters(realtime).dropped, 0U);
  end_of_process();
}

TEST_F(HubOverflowTest, TheWaitThreadLeavesInTheKernelWhatTheRingCannotHold) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  EXPECT_EXIT(queue_in_the_kernel(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace sigbridge
