// The kernel's queue as a way in: what is read, in which order, and what happens where there is none.
#include "kernel_queue.h"

#include <gtest/gtest.h>

#include <array>

#include "faults.h"
#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::Faults;
using test::Inbox;
using test::queue_here;
using test::Taker;

class KernelQueueTest : public test::CleanTest {
 protected:
  void SetUp() override {
    if (!KernelQueue::kSupported) GTEST_SKIP() << "no signalfd on this platform";
  }

  const int first_ = realtime_min() + 1;
  const int second_ = realtime_min() + 2;
  const ScopedBlock block_{SignalSet::of(first_).add(second_)};
};

TEST_F(KernelQueueTest, TheLowestSignalFirstEachInItsOrder) {
  KernelQueue queue = std::move(KernelQueue::open().value());
  ASSERT_TRUE(queue.is_open());
  ASSERT_FALSE(queue.watch(SignalSet::of(first_).add(second_)));
  queue_here(second_, 20);
  queue_here(first_, 10);
  queue_here(second_, 21);
  queue_here(first_, 11);
  std::array<SignalRecord, 8> records{};
  ASSERT_EQ(queue.read(records), 4U);
  const std::array<int, 4> values{10, 11, 20, 21};
  for (size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(records[i].signo, i < 2 ? first_ : second_);
    EXPECT_EQ(static_cast<int32_t>(records[i].value_bits), values[i]);
    EXPECT_EQ(records[i].code, SI_QUEUE);
    EXPECT_EQ(records[i].pid, ::getpid());
    EXPECT_EQ(records[i].count, 1);
    EXPECT_GT(records[i].timestamp, 0);
  }
  EXPECT_EQ(queue.read(records), 0U);
}

TEST_F(KernelQueueTest, TakesNoMoreThanThereIsRoomForAndOnlyWhatIsWatched) {
  KernelQueue queue = std::move(KernelQueue::open().value());
  ASSERT_FALSE(queue.watch(SignalSet::of(first_)));
  for (int value = 0; value < 100; ++value) queue_here(first_, value);
  queue_here(second_, 7);
  std::array<SignalRecord, 70> records{};
  ASSERT_EQ(queue.read(records), 70U);
  EXPECT_EQ(static_cast<int32_t>(records[69].value_bits), 69);
  ASSERT_EQ(queue.read(records), 30U);
  EXPECT_EQ(static_cast<int32_t>(records[29].value_bits), 99);
  ASSERT_FALSE(queue.watch(SignalSet::of(second_)));
  ASSERT_EQ(queue.read(records), 1U);
  EXPECT_EQ(records[0].signo, second_);
}

// Read by the wait thread, not by a handler: the ring stays empty.
TEST_F(KernelQueueTest, TheHubReadsItWhereItsThreadTakes) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({first_}));
  EXPECT_EQ(Hub::instance().backend(), Backend::kSignalfd);
  for (int value = 0; value < 500; ++value) queue_here(first_, value);
  const std::vector<SignalRecord>& records = inbox.wait_for(500);
  ASSERT_EQ(records.size(), 500U);
  for (int i = 0; i < 500; ++i)
    ASSERT_EQ(static_cast<int32_t>(records[static_cast<size_t>(i)].value_bits), i);
  EXPECT_EQ(Hub::instance().stats().overflow, 0U);
}

TEST_F(KernelQueueTest, WithoutADescriptorTheHandlerTakesThem) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  Faults faults;
  faults.fail("signalfd", EMFILE, 0, 1'000'000);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({first_}));
  EXPECT_GE(faults.failed("signalfd"), 1);
  EXPECT_TRUE(Recovery::instance().is_missing(Part::kSignalfd));
  EXPECT_EQ(Hub::instance().backend(), Backend::kSelfPipe);
  for (int value = 0; value < 500; ++value) queue_here(first_, value);
  const std::vector<SignalRecord>& records = inbox.wait_for(500);
  ASSERT_EQ(records.size(), 500U);
  for (int i = 0; i < 500; ++i)
    ASSERT_EQ(static_cast<int32_t>(records[static_cast<size_t>(i)].value_bits), i);
  // It is taken into use when there is one again, and nothing is lost meanwhile.
  faults.count("signalfd");
  for (int value = 500; value < 1000; ++value) queue_here(first_, value);
  EXPECT_TRUE(test::eventually([] { return Hub::instance().backend() == Backend::kSignalfd; }));
  EXPECT_FALSE(Recovery::instance().is_missing(Part::kSignalfd));
  for (int value = 1000; value < 1500; ++value) queue_here(first_, value);
  ASSERT_EQ(inbox.wait_for(1500).size(), 1500U);
  for (int i = 0; i < 1500; ++i)
    ASSERT_EQ(static_cast<int32_t>(records[static_cast<size_t>(i)].value_bits), i);
}

TEST_F(KernelQueueTest, TheOptionsChooseTheOtherWay) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  Hub::instance().configure({.backend = Backend::kSelfPipe});
  {
    Inbox inbox;
    ASSERT_FALSE(inbox.subscribe({first_}));
    EXPECT_EQ(Hub::instance().backend(), Backend::kSelfPipe);
    queue_here(first_, 1);
    EXPECT_EQ(inbox.wait_for(1).size(), 1U);
  }
  Hub::instance().configure({});
}

}  // namespace
}  // namespace sigbridge
