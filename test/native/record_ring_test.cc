// RecordRing: order, full, wrap, and many producers at once.
#include "record_ring.h"

#include <sched.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "process_state.h"

namespace sigbridge {
namespace {

using RecordRingTest = test::CleanTest;

constexpr size_t kProducers = 4;

SignalRecord numbered(size_t producer, uint32_t number) {
  SignalRecord record{};
  record.signo = static_cast<int32_t>(producer);
  record.value_bits = number;
  // Far from the first field: a torn record would show.
  record.timestamp = ~int64_t{number};
  return record;
}

TEST_F(RecordRingTest, CapacityIsRoundedUpToAPowerOfTwo) {
  const std::pair<uint32_t, uint32_t> cases[] = {{0, 2}, {1, 2},       {2, 2},      {3, 4},
                                                 {4, 4}, {1000, 1024}, {1025, 2048}};
  for (const auto& [asked, given] : cases) {
    RecordRing ring;
    EXPECT_EQ(ring.capacity(), 0U);
    ASSERT_FALSE(ring.allocate(asked));
    EXPECT_EQ(ring.capacity(), given) << asked;
  }
}

TEST_F(RecordRingTest, IsAllocatedOnce) {
  RecordRing ring;
  ASSERT_FALSE(ring.allocate(4));
  ASSERT_TRUE(ring.push(numbered(1, 7)));
  ASSERT_FALSE(ring.allocate(4096));
  EXPECT_EQ(ring.capacity(), 4U);
  SignalRecord record{};
  ASSERT_TRUE(ring.pop(record));
  EXPECT_EQ(record.value_bits, 7);
}

TEST_F(RecordRingTest, EmptyGivesNothing) {
  RecordRing ring;
  ASSERT_FALSE(ring.allocate(4));
  SignalRecord record{};
  EXPECT_FALSE(ring.pop(record));
  EXPECT_EQ(ring.size(), 0U);
}

TEST_F(RecordRingTest, KeepsEveryField) {
  RecordRing ring;
  ASSERT_FALSE(ring.allocate(2));
  const SignalRecord in{SIGUSR1, SI_QUEUE, 11, 12, -13, 14, 15, 16};
  ASSERT_TRUE(ring.push(in));
  SignalRecord out{};
  ASSERT_TRUE(ring.pop(out));
  EXPECT_EQ(out.signo, SIGUSR1);
  EXPECT_EQ(out.code, SI_QUEUE);
  EXPECT_EQ(out.pid, 11);
  EXPECT_EQ(out.uid, 12U);
  EXPECT_EQ(out.value_bits, -13);
  EXPECT_EQ(out.status, 14);
  EXPECT_EQ(out.count, 15);
  EXPECT_EQ(out.timestamp, 16);
}

TEST_F(RecordRingTest, FullRefusesAndLosesNothing) {
  RecordRing ring;
  ASSERT_FALSE(ring.allocate(4));
  for (uint32_t i = 0; i < 4; ++i) EXPECT_TRUE(ring.push(numbered(0, i)));
  EXPECT_EQ(ring.size(), 4U);
  EXPECT_FALSE(ring.push(numbered(0, 4)));
  EXPECT_FALSE(ring.push(numbered(0, 5)));
  SignalRecord record{};
  for (uint32_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(ring.pop(record));
    EXPECT_EQ(record.value_bits, i);
  }
  EXPECT_FALSE(ring.pop(record));
  EXPECT_TRUE(ring.push(numbered(0, 6)));
  ASSERT_TRUE(ring.pop(record));
  EXPECT_EQ(record.value_bits, 6);
}

TEST_F(RecordRingTest, WrapsInOrder) {
  RecordRing ring;
  ASSERT_FALSE(ring.allocate(8));
  uint32_t pushed = 0;
  uint32_t popped = 0;
  SignalRecord record{};
  // Fill levels of 1 to 8 in turn, so that head and tail meet every slot in every relation.
  for (uint32_t round = 0; round < 1000; ++round) {
    for (uint32_t i = 0; i <= round % 8; ++i) ASSERT_TRUE(ring.push(numbered(0, pushed++)));
    EXPECT_EQ(ring.size(), round % 8 + 1);
    for (uint32_t i = 0; i <= round % 8; ++i) {
      ASSERT_TRUE(ring.pop(record));
      ASSERT_EQ(record.value_bits, popped++);
    }
  }
}

struct Tally {
  std::array<std::atomic<uint32_t>, kProducers> accepted{};
  std::atomic<size_t> done{0};
};

// `stubborn`: what is refused is tried again until it gets in.
void produce(RecordRing& ring, Tally& tally, size_t producer, uint32_t total, bool stubborn) {
  for (uint32_t i = 0; i < total; ++i) {
    bool in = ring.push(numbered(producer, i));
    while (!in && stubborn) {
      ::sched_yield();
      in = ring.push(numbered(producer, i));
    }
    if (in) {
      tally.accepted[producer].fetch_add(1);
    } else {
      ::sched_yield();
    }
  }
  tally.done.fetch_add(1);
}

struct Seen {
  std::array<uint32_t, kProducers> count{};
  std::array<int64_t, kProducers> last{-1, -1, -1, -1};
  uint32_t out_of_order = 0;
  uint32_t torn = 0;
  uint32_t gaps = 0;
};

Seen race(uint32_t capacity, uint32_t total, bool stubborn, Tally& tally) {
  RecordRing ring;
  EXPECT_FALSE(ring.allocate(capacity));
  std::vector<std::thread> producers;
  for (size_t i = 0; i < kProducers; ++i) {
    producers.emplace_back([&ring, &tally, i, total, stubborn] { produce(ring, tally, i, total, stubborn); });
  }
  Seen seen;
  SignalRecord record{};
  for (;;) {
    // Asked first: when all were done before an empty pop, nothing can come any more.
    const bool all_done = tally.done.load() == kProducers;
    if (!ring.pop(record)) {
      if (all_done) break;
      ::sched_yield();
      continue;
    }
    const auto producer = static_cast<size_t>(record.signo);
    if (record.timestamp != ~record.value_bits) ++seen.torn;
    if (record.value_bits <= seen.last[producer]) ++seen.out_of_order;
    if (record.value_bits != seen.last[producer] + 1) ++seen.gaps;
    seen.last[producer] = record.value_bits;
    ++seen.count[producer];
  }
  for (std::thread& thread : producers) thread.join();
  return seen;
}

TEST_F(RecordRingTest, FourProducersInOrderNoneLost) {
  Tally tally;
  const Seen seen = race(1024, 100'000, true, tally);
  for (size_t i = 0; i < kProducers; ++i) EXPECT_EQ(seen.count[i], 100'000U);
  EXPECT_EQ(seen.gaps, 0U);
  EXPECT_EQ(seen.torn, 0U);
}

TEST_F(RecordRingTest, ATinyRingRefusesButLosesNothingItTook) {
  Tally tally;
  const Seen seen = race(2, 100'000, false, tally);
  for (size_t i = 0; i < kProducers; ++i) {
    EXPECT_EQ(seen.count[i], tally.accepted[i].load());
    EXPECT_GT(seen.count[i], 0U);
  }
  EXPECT_EQ(seen.out_of_order, 0U);
  EXPECT_EQ(seen.torn, 0U);
}

}  // namespace
}  // namespace sigbridge
