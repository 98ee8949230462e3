// Subscriber: what waits, what is merged, what is dropped, and that the counters add up.
#include "subscriber.h"

#include <unistd.h>

#include <algorithm>
#include <random>

#include "process_state.h"

namespace sigbridge {
namespace {

void count_ring(void* data) {
  ++*static_cast<int*>(data);
}

class SubscriberTest : public test::CleanTest {
 protected:
  SignalRecord record(int signo, int value = 0, int count = 1) {
    SignalRecord made{};
    made.signo = signo;
    made.value_bits = value;
    made.count = count;
    made.timestamp = monotonic_now();
    return made;
  }
  // One record in a batch of its own; whether it was claimed.
  bool offer(Subscriber& subscriber, const SignalRecord& made) {
    bool claimed = false;
    subscriber.accept(std::span(&made, 1), std::span(&claimed, 1));
    return claimed;
  }
  std::vector<SignalRecord> take(Subscriber& subscriber, size_t at_most = 1000) {
    std::vector<SignalRecord> records(at_most);
    records.resize(subscriber.take(records));
    return records;
  }
  std::vector<int64_t> values(const std::vector<SignalRecord>& records) {
    std::vector<int64_t> list;
    for (const SignalRecord& each : records) list.push_back(each.value_bits);
    return list;
  }

  const int realtime_ = realtime_min() + 1;
  int rings_ = 0;
  Subscriber subscriber_{&count_ring, &rings_};
  Subscriber small_{&count_ring, &rings_, 3};
};

using Values = std::vector<int64_t>;

TEST_F(SubscriberTest, OpensAndCloses) {
  EXPECT_FALSE(subscriber_.is_open(SIGUSR1));
  subscriber_.open(SIGUSR1);
  EXPECT_TRUE(subscriber_.is_open(SIGUSR1));
  EXPECT_FALSE(subscriber_.is_open(SIGUSR2));
  EXPECT_EQ(subscriber_.close(SIGUSR1), 0U);
  EXPECT_FALSE(subscriber_.is_open(SIGUSR1));
}

TEST_F(SubscriberTest, TakesItsShareOfABatch) {
  subscriber_.open(SIGUSR1);
  const SignalRecord batch[] = {record(SIGUSR1, 1), record(SIGUSR2, 2), record(SIGUSR1, 3)};
  bool claimed[] = {false, true, false};
  subscriber_.accept(batch, claimed);
  EXPECT_TRUE(claimed[0]);
  EXPECT_TRUE(claimed[1]) << "claimed by another: not to be taken back";
  EXPECT_TRUE(claimed[2]);
  EXPECT_EQ(subscriber_.waiting(), 2U);
  EXPECT_EQ(values(take(subscriber_)), (Values{1, 3}));
  EXPECT_EQ(subscriber_.waiting(), 0U);
  EXPECT_EQ(subscriber_.counters(SIGUSR1).received, 2U);
  EXPECT_EQ(subscriber_.counters(SIGUSR2).received, 0U);
}

TEST_F(SubscriberTest, NothingOlderThanTheSubscription) {
  const SignalRecord old = record(SIGUSR1);
  while (monotonic_now() == old.timestamp) {
  }
  subscriber_.open(SIGUSR1);
  EXPECT_FALSE(offer(subscriber_, old));
  EXPECT_EQ(subscriber_.counters(SIGUSR1).received, 0U);
  EXPECT_TRUE(offer(subscriber_, record(SIGUSR1)));
  subscriber_.close(SIGUSR1);
  EXPECT_FALSE(offer(subscriber_, record(SIGUSR1)));
}

TEST_F(SubscriberTest, InOrderInPieces) {
  subscriber_.open(SIGUSR1);
  for (int i = 0; i < 10; ++i) offer(subscriber_, record(SIGUSR1, i));
  EXPECT_EQ(values(take(subscriber_, 4)), (Values{0, 1, 2, 3}));
  offer(subscriber_, record(SIGUSR1, 10));
  EXPECT_EQ(subscriber_.waiting(), 7U);
  EXPECT_EQ(values(take(subscriber_, 5)), (Values{4, 5, 6, 7, 8}));
  EXPECT_EQ(values(take(subscriber_, 5)), (Values{9, 10}));
  EXPECT_TRUE(take(subscriber_, 5).empty());
}

TEST_F(SubscriberTest, AReaderThatNeverCatchesUpKeepsTheOrder) {
  small_.open(SIGUSR1);
  int offered = 0;
  int64_t expected = 0;
  offer(small_, record(SIGUSR1, offered++));
  for (int round = 0; round < 100; ++round) {
    offer(small_, record(SIGUSR1, offered++));
    ASSERT_EQ(values(take(small_, 1)), Values{expected++});
  }
  EXPECT_EQ(small_.waiting(), 1U);
  EXPECT_EQ(small_.counters(SIGUSR1).coalesced, 0U);
}

TEST_F(SubscriberTest, AMergedRecordCountsForAll) {
  subscriber_.open(SIGUSR1);
  offer(subscriber_, record(SIGUSR1, 7, 3));
  EXPECT_EQ(subscriber_.counters(SIGUSR1).received, 3U);
  EXPECT_EQ(subscriber_.counters(SIGUSR1).coalesced, 2U);
  EXPECT_EQ(take(subscriber_)[0].count, 3);
}

TEST_F(SubscriberTest, TheLongestWaitIsThatOfWhatWasNotTaken) {
  subscriber_.open(SIGUSR1);
  EXPECT_EQ(subscriber_.longest_wait(), 0);
  offer(subscriber_, record(SIGUSR1));
  ::usleep(20'000);
  EXPECT_GE(subscriber_.longest_wait(), 20'000'000) << "it is still waiting";
  take(subscriber_);
  const int64_t longest = subscriber_.longest_wait();
  EXPECT_GE(longest, 20'000'000);
  offer(subscriber_, record(SIGUSR1));
  take(subscriber_);
  EXPECT_EQ(subscriber_.longest_wait(), longest) << "a shorter one is no news";
}

TEST_F(SubscriberTest, StandardSignalsAreMergedWhenFull) {
  small_.open(SIGUSR1);
  small_.open(SIGUSR2);
  for (int i = 0; i < 3; ++i) offer(small_, record(SIGUSR1, i));
  offer(small_, record(SIGUSR1, 10));
  offer(small_, record(SIGUSR2, 20));
  offer(small_, record(SIGUSR1, 11, 2));
  EXPECT_EQ(small_.waiting(), 5U);
  EXPECT_EQ(small_.counters(SIGUSR1).received, 6U);
  EXPECT_EQ(small_.counters(SIGUSR1).coalesced, 2U);
  EXPECT_EQ(small_.counters(SIGUSR1).dropped, 0U);

  const std::vector<SignalRecord> first = take(small_);
  const std::vector<SignalRecord> second = take(small_);
  EXPECT_EQ(values(first), (Values{0, 1, 2}));
  EXPECT_EQ(values(second), (Values{11, 20})) << "the newest sender of each";
  ASSERT_EQ(second.size(), 2U);
  EXPECT_EQ(second[0].count, 3);
  EXPECT_EQ(second[1].count, 1);
}

TEST_F(SubscriberTest, MergedTimersHaveTheSumOfTheirOverruns) {
  const auto timer = [this](int32_t overrun) {
    SignalRecord made = record(SIGALRM);
    made.code = SI_TIMER;
    made.status = overrun;
    return made;
  };
  small_.open(SIGALRM);
  small_.open(SIGUSR1);
  for (int i = 0; i < 3; ++i) offer(small_, record(SIGUSR1));
  for (const int32_t overrun : {1, 2, 4}) offer(small_, timer(overrun));
  take(small_);
  ASSERT_EQ(small_.waiting(), 1U);
  const SignalRecord sum = take(small_)[0];
  EXPECT_EQ(sum.count, 3);
  EXPECT_EQ(sum.status, 7);

  for (int i = 0; i < 3; ++i) offer(small_, record(SIGUSR1));
  for (const int32_t overrun : {5, INT32_MAX}) offer(small_, timer(overrun));
  take(small_);
  EXPECT_EQ(take(small_)[0].status, INT32_MAX);

  // What is told is told whole: an overrun is none of kill's.
  for (int i = 0; i < 3; ++i) offer(small_, record(SIGUSR1));
  offer(small_, timer(5));
  offer(small_, record(SIGALRM));
  take(small_);
  EXPECT_EQ(take(small_)[0].status, 0);
}

TEST_F(SubscriberTest, RealTimeSignalsAreDroppedWhenFull) {
  small_.open(realtime_);
  small_.open(SIGUSR1);
  for (int i = 0; i < 5; ++i) {
    const SignalRecord made = record(realtime_, i);
    bool claimed = false;
    EXPECT_EQ(small_.accept(std::span(&made, 1), std::span(&claimed, 1)), i >= 3)
        << "whether some were dropped";
    EXPECT_TRUE(claimed);
  }
  const SignalRecord standard = record(SIGUSR1);
  bool claimed = false;
  EXPECT_FALSE(small_.accept(std::span(&standard, 1), std::span(&claimed, 1))) << "merged, not dropped";
  EXPECT_EQ(small_.counters(realtime_).received, 5U);
  EXPECT_EQ(small_.counters(realtime_).dropped, 2U);
  EXPECT_EQ(small_.counters(realtime_).coalesced, 0U);
  EXPECT_EQ(values(take(small_)), (Values{0, 1, 2}));
}

TEST_F(SubscriberTest, TellsWhenItIsNearlyFull) {
  EXPECT_TRUE(small_.full()) << "no room for what one round may bring";
  EXPECT_FALSE(subscriber_.full());
  subscriber_.open(SIGUSR1);
  size_t offered = 0;
  while (!subscriber_.full() && offered < Subscriber::kDefaultCapacity) {
    offer(subscriber_, record(SIGUSR1));
    ++offered;
  }
  EXPECT_TRUE(subscriber_.full());
  EXPECT_LT(offered, Subscriber::kDefaultCapacity) << "asked before anything is dropped";
  take(subscriber_, Subscriber::kDefaultCapacity);
  EXPECT_FALSE(subscriber_.full());
}

TEST_F(SubscriberTest, AnEpisodeOfDropsIsToldOnce) {
  small_.open(realtime_);
  small_.open(realtime_ + 1);
  EXPECT_TRUE(small_.accept_dropped(realtime_, 4));
  EXPECT_TRUE(small_.accept_dropped(realtime_, 3));
  EXPECT_TRUE(small_.accept_dropped(realtime_ + 1, 1));
  EXPECT_FALSE(small_.accept_dropped(SIGUSR2, 9));
  EXPECT_EQ(small_.counters(realtime_).received, 7U);
  EXPECT_EQ(small_.counters(realtime_).dropped, 7U);
  EXPECT_EQ(small_.counters(SIGUSR2).received, 0U) << "not subscribed";
  EXPECT_TRUE(small_.take_overflow_report().empty()) << "not over yet";
  small_.end_overflow_episode();
  const std::vector<std::pair<int, uint32_t>> expected{{realtime_, 7}, {realtime_ + 1, 1}};
  EXPECT_EQ(small_.take_overflow_report(), expected);
  EXPECT_TRUE(small_.take_overflow_report().empty());
  small_.end_overflow_episode();
  EXPECT_TRUE(small_.take_overflow_report().empty());
  EXPECT_TRUE(small_.accept_dropped(realtime_, 2));
  small_.end_overflow_episode();
  EXPECT_EQ(small_.take_overflow_report(), (std::vector<std::pair<int, uint32_t>>{{realtime_, 2}}));
}

TEST_F(SubscriberTest, RingsOnceUntilSilenced) {
  subscriber_.open(SIGUSR1);
  subscriber_.ring_if_needed();
  EXPECT_EQ(rings_, 0);
  for (int i = 0; i < 3; ++i) {
    offer(subscriber_, record(SIGUSR1));
    subscriber_.ring_if_needed();
  }
  EXPECT_EQ(rings_, 1);
  subscriber_.silence();
  subscriber_.ring_if_needed();
  EXPECT_EQ(rings_, 1) << "nothing new";
  offer(subscriber_, record(SIGUSR1));
  subscriber_.ring_if_needed();
  EXPECT_EQ(rings_, 2);
}

TEST_F(SubscriberTest, RingsForAReport) {
  subscriber_.open(realtime_);
  EXPECT_TRUE(subscriber_.accept_dropped(realtime_, 1));
  subscriber_.ring_if_needed();
  EXPECT_EQ(rings_, 0);
  subscriber_.end_overflow_episode();
  subscriber_.ring_if_needed();
  EXPECT_EQ(rings_, 1);
}

TEST_F(SubscriberTest, CloseThrowsAwayWhatWaits) {
  small_.open(SIGUSR1);
  small_.open(SIGUSR2);
  offer(small_, record(SIGUSR1, 1));
  offer(small_, record(SIGUSR2, 2));
  offer(small_, record(SIGUSR1, 3));
  offer(small_, record(SIGUSR1, 4));
  offer(small_, record(SIGUSR2, 5));
  EXPECT_EQ(values(take(small_, 1)), Values{1});
  // Of SIGUSR1 one waits in the queue and one among the merged.
  EXPECT_EQ(small_.close(SIGUSR1), 2U);
  EXPECT_EQ(small_.waiting(), 2U);
  EXPECT_EQ(values(take(small_)), Values{2});
  EXPECT_EQ(values(take(small_)), Values{5});
  EXPECT_EQ(small_.close(SIGUSR1), 0U);
}

// received == handed up + coalesced + dropped + thrown away, whatever happens in whatever order.
TEST_F(SubscriberTest, TheCountersAddUp) {
  std::minstd_rand random(1);
  const int signals[] = {SIGUSR1, SIGUSR2, realtime_};
  std::array<uint64_t, kSignalSlots> offered{};
  std::array<uint64_t, kSignalSlots> gone{};
  for (int signo : signals) small_.open(signo);
  for (int step = 0; step < 20'000; ++step) {
    const int signo = signals[random() % 3];
    const auto cell = static_cast<size_t>(signo);
    switch (random() % 8) {
      case 0: {
        for (const SignalRecord& each : take(small_, random() % 4)) ++gone[static_cast<size_t>(each.signo)];
        break;
      }
      case 1:
        if (random() % 16 != 0) break;
        gone[cell] += small_.close(signo);
        small_.open(signo);
        break;
      case 2:
        if (signo != realtime_) break;
        small_.accept_dropped(signo, 2);
        offered[cell] += 2;
        break;
      default: {
        const int count = signo == realtime_ ? 1 : static_cast<int>(random() % 3 + 1);
        offer(small_, record(signo, step, count));
        offered[cell] += static_cast<uint64_t>(count);
      }
    }
  }
  for (int signo : signals) gone[static_cast<size_t>(signo)] += small_.close(signo);
  EXPECT_EQ(small_.waiting(), 0U);
  for (int signo : signals) {
    const auto cell = static_cast<size_t>(signo);
    const SignalCounters counters = small_.counters(signo);
    EXPECT_EQ(counters.received, offered[cell]);
    EXPECT_EQ(counters.received, gone[cell] + counters.coalesced + counters.dropped) << signal_name(signo);
  }
}

}  // namespace
}  // namespace sigbridge
