// A reader that does not keep up: real-time signals are left with the kernel as long as that is possible, and
// what has to be dropped is told.
#include <gtest/gtest.h>

#include <sched.h>

#include <atomic>
#include <memory>
#include <thread>

#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "mask_table.h"
#include "mask_visitor.h"
#include "process_state.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::eventually;
using test::Inbox;
using test::queue_here;
using test::raise_here;
using test::Taker;

class HubBackpressureTest : public test::CleanTest {
 protected:
  bool is_pending() const {
    SignalSet pending;
    ::sigpending(pending.out());
    return pending.contains(realtime_);
  }
  void expect_all_in_order(Inbox& inbox, size_t count) {
    const std::vector<SignalRecord>& records = inbox.wait_for(count);
    ASSERT_EQ(records.size(), count);
    for (size_t i = 0; i < count; ++i) ASSERT_EQ(records[i].value_bits, static_cast<int64_t>(i));
    EXPECT_EQ(inbox.subscriber().counters(realtime_).dropped, 0U);
  }

  const int realtime_ = realtime_min() + 2;
};

TEST_F(HubBackpressureTest, TheWaitThreadTakesNothingForAFullInbox) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  Inbox inbox(5000);
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  constexpr int kCount = 10'000;
  for (int i = 0; i < kCount; ++i) queue_here(realtime_, i);
  EXPECT_TRUE(eventually([&] { return inbox.subscriber().full(); }));
  EXPECT_TRUE(is_pending());
  expect_all_in_order(inbox, kCount);
  EXPECT_FALSE(is_pending());
}

TEST_F(HubBackpressureTest, AThreadThatTakesForItselfPauses) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kMainThread);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  constexpr int kCount = 20'000;
  for (int i = 0; i < kCount; ++i) queue_here(realtime_, i);
  EXPECT_TRUE(current_mask().contains(realtime_));
  EXPECT_TRUE(is_pending());
  expect_all_in_order(inbox, kCount);
  EXPECT_TRUE(eventually([this] { return !current_mask().contains(realtime_); }));
}

// Far fewer than would fill anything: what tells is that nobody takes them for a time.
TEST_F(HubBackpressureTest, AThreadThatTakesForItselfPausesWhenItGetsNowhere) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kMainThread);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  size_t sent = 0;
  int64_t next = 0;
  // One at a time: the wait thread may come late on a busy machine, and only a handler run makes the pause.
  EXPECT_TRUE(eventually([&] {
    if (sent < 5'000 && monotonic_now() >= next) {
      queue_here(realtime_, static_cast<int>(sent++));
      next = monotonic_now() + 500'000;
    }
    return current_mask().contains(realtime_);
  }));
  expect_all_in_order(inbox, sent);
  EXPECT_TRUE(eventually([this] { return !current_mask().contains(realtime_); }));
}

// As in a process that was stopped, or did not come to run: the visit that ends its pause is given up.
TEST_F(HubBackpressureTest, AThreadThatDoesNotHearOfItsEndIsToldAgain) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kMainThread);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  constexpr int kCount = 20'000;
  for (int i = 0; i < kCount; ++i) queue_here(realtime_, i);
  EXPECT_TRUE(current_mask().contains(realtime_));
  {
    const ScopedBlock deaf(SignalSet::of(SIGURG));
    const auto is_asked = [] {
      SignalSet pending;
      ::sigpending(pending.out());
      return pending.contains(SIGURG);
    };
    EXPECT_TRUE(eventually([&] {
      inbox.wait_for(0);
      return is_asked();
    }));
    // Given up: what is ignored by default does not stay pending when the default is there again.
    EXPECT_TRUE(eventually([&] { return !is_asked(); }));
    EXPECT_TRUE(current_mask().contains(realtime_));
  }
  expect_all_in_order(inbox, kCount);
  EXPECT_TRUE(eventually([this] { return !current_mask().contains(realtime_); }));
}

// Else the flood that the main thread leaves with the kernel is a Worker's, which then gets nowhere itself.
TEST_F(HubBackpressureTest, AWorkersThreadPausesToo) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  // In a child: that there are such threads is remembered for good.
  const int status = test::run_in_child([this] {
    const Taker taker(Taker::Kind::kMainThread);
    std::atomic<pid_t> worker{0};
    std::atomic<bool> done{false};
    std::thread thread([&] {
      exempt_this_thread();
      worker.store(test::this_thread());
      while (!done.load()) ::sched_yield();
      forget_this_thread();
    });
    EXPECT_TRUE(eventually([&] { return worker.load() != 0; }));
    {
      Inbox inbox;
      EXPECT_FALSE(inbox.subscribe({realtime_}));
      constexpr int kCount = 20'000;
      for (int i = 0; i < kCount; ++i) queue_here(realtime_, i);
      EXPECT_TRUE(eventually(
          [&] { return test::mask_of(worker.load()) == MaskTable::bit(realtime_) && is_pending(); }));
      EXPECT_EQ(inbox.wait_for(kCount).size(), static_cast<size_t>(kCount));
      EXPECT_EQ(inbox.subscriber().counters(realtime_).dropped, 0U);
      EXPECT_TRUE(eventually(
          [&] { return test::mask_of(worker.load()) == 0 && !current_mask().contains(realtime_); }));
    }
    done.store(true);
    thread.join();
  });
  EXPECT_EQ(status, 0) << "wait status " << status;
}

TEST_F(HubBackpressureTest, AStuckWorkerDoesNotPauseTheMainThread) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kMainThread);
  std::unique_ptr<Inbox> stuck;
  std::thread([&stuck] { stuck = std::make_unique<Inbox>(); }).join();
  Inbox inbox;
  ASSERT_FALSE(stuck->subscribe({realtime_}));
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  constexpr size_t kEach = 50;
  constexpr size_t kCount = 200 * kEach;
  for (size_t sent = 0; sent < kCount;) {
    for (size_t i = 0; i < kEach; ++i) queue_here(realtime_, static_cast<int>(sent++));
    ASSERT_EQ(inbox.wait_for(sent).size(), sent);
    ASSERT_FALSE(current_mask().contains(realtime_));
  }
  EXPECT_EQ(stuck->subscriber().waiting(), kCount);
}

TEST_F(HubBackpressureTest, WhatAFullInboxDropsIsReported) {
  const Taker taker(Taker::Kind::kMainThread);
  Inbox inbox(3);
  Inbox other;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  ASSERT_FALSE(other.subscribe({realtime_}));
  for (int i = 0; i < 10; ++i) raise_here(realtime_);
  EXPECT_EQ(other.wait_for(10).size(), 10U);
  const std::vector<std::pair<int, uint32_t>> report = inbox.wait_for_report();
  const uint64_t dropped = inbox.subscriber().counters(realtime_).dropped;
  EXPECT_EQ(dropped, 7U);
  EXPECT_EQ(report, (std::vector<std::pair<int, uint32_t>>{{realtime_, static_cast<uint32_t>(dropped)}}));
  EXPECT_EQ(inbox.wait_for(3).size(), 3U);
  EXPECT_EQ(other.subscriber().counters(realtime_).dropped, 0U);
}

}  // namespace
}  // namespace sigbridge
