// SignalCounter: what is counted, through the hub and without; and that nothing it sits beside holds it up.
#include "signal_counter.h"

#include <array>

#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"

namespace sigbridge {
namespace {

using test::eventually;
using test::Inbox;
using test::queue_here;
using test::raise_here;
using test::Taker;

int32_t read(const int32_t& cell) {
  return __atomic_load_n(&cell, __ATOMIC_SEQ_CST);
}

class SignalCounterTest : public test::CleanTest {
 protected:
  static SignalRecord record(int signo, int32_t count = 1) {
    SignalRecord made = make_record(signo, nullptr, monotonic_now());
    made.count = count;
    return made;
  }
  PosixError subscribe(SignalCounter& counter, std::initializer_list<int> signals) {
    std::vector<Wanted> wanted;
    for (int signo : signals) wanted.push_back({signo, Listeners::kUnknown});
    return Hub::instance().subscribe(counter, wanted);
  }

  const int realtime_ = realtime_min() + 3;
  const std::array<int, 2> signals_{SIGUSR1, realtime_};
  std::array<int32_t, 3> cells_{0, 0, 4711};
  SignalCounter counter_{signals_, cells_.data()};
};

TEST_F(SignalCounterTest, CountsMergedAndDroppedDeliveries) {
  counter_.open(SIGUSR1);
  counter_.open(realtime_);
  const SignalRecord batch[] = {record(SIGUSR1, 3), record(SIGUSR2), record(realtime_), record(realtime_)};
  bool claimed[4] = {};
  EXPECT_FALSE(counter_.accept(batch, claimed));
  EXPECT_TRUE(claimed[0] && !claimed[1] && claimed[2] && claimed[3]);
  EXPECT_TRUE(counter_.accept_dropped(realtime_, 5));
  EXPECT_FALSE(counter_.accept_dropped(SIGUSR2, 5));
  EXPECT_EQ(cells_, (std::array<int32_t, 3>{3, 7, 4711}));
  EXPECT_EQ(counter_.waiting(), 0U);
  EXPECT_FALSE(counter_.full());
}

TEST_F(SignalCounterTest, CountsNothingOlderThanItselfOrAfterItsEnd) {
  const SignalRecord old[] = {record(SIGUSR1)};
  while (monotonic_now() == old[0].timestamp) {
  }
  bool claimed[1] = {};
  counter_.open(SIGUSR1);
  counter_.accept(old, claimed);
  EXPECT_FALSE(claimed[0]);
  counter_.close(SIGUSR1);
  const SignalRecord late[] = {record(SIGUSR1)};
  counter_.accept(late, claimed);
  EXPECT_FALSE(counter_.accept_dropped(SIGUSR1, 1));
  EXPECT_EQ(cells_[0], 0);
}

TEST_F(SignalCounterTest, GoesOnPastTheLargestInt) {
  counter_.open(SIGUSR1);
  cells_[0] = INT32_MAX;
  const SignalRecord batch[] = {record(SIGUSR1, 2)};
  bool claimed[1] = {};
  counter_.accept(batch, claimed);
  EXPECT_EQ(cells_[0], INT32_MIN + 1);
}

class CounterInTheHubTest : public SignalCounterTest, public ::testing::WithParamInterface<Taker::Kind> {
 protected:
  const Taker taker_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(, CounterInTheHubTest,
                         ::testing::Values(Taker::Kind::kWaitThread, Taker::Kind::kMainThread),
                         [](const auto& which) {
                           return which.param == Taker::Kind::kWaitThread ? "WaitThreadTakes"
                                                                          : "MainThreadTakes";
                         });

TEST_P(CounterInTheHubTest, CountsOnTheWaitThread) {
  ASSERT_FALSE(subscribe(counter_, {SIGUSR1, realtime_}));
  EXPECT_EQ(Hub::instance().stats().environments, 0U);
  EXPECT_TRUE(Hub::instance().stats().running);
  for (int i = 0; i < 100; ++i) queue_here(realtime_, i);
  for (int i = 0; i < 10; ++i) raise_here(SIGUSR1);
  EXPECT_TRUE(eventually([&] { return read(cells_[0]) == 10 && read(cells_[1]) == 100; }));
  Hub::instance().detach(counter_, false);
  EXPECT_FALSE(Hub::instance().stats().running);
  EXPECT_EQ(cells_[2], 4711);
}

TEST_P(CounterInTheHubTest, GoesOnBesideAnInboxThatNobodyEmpties) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  constexpr int kCount = 6000;
  Inbox inbox(1000);
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  ASSERT_FALSE(subscribe(counter_, {SIGUSR1, realtime_}));
  for (int i = 0; i < kCount / 2; ++i) queue_here(realtime_, i);
  EXPECT_TRUE(eventually([&] { return read(cells_[1]) == kCount / 2; })) << read(cells_[1]);
  // As long as it takes to look stuck.
  EXPECT_TRUE(eventually([&] {
    const int64_t since = inbox.subscriber().stuck_since();
    return since != 0 && monotonic_now() - since > 30'000'000;
  }));
  for (int i = 0; i < kCount / 2; ++i) queue_here(realtime_, i);
  EXPECT_TRUE(eventually([&] { return read(cells_[1]) == kCount; })) << read(cells_[1]);
  const SignalCounters counters = inbox.subscriber().counters(realtime_);
  EXPECT_EQ(counters.received, static_cast<uint64_t>(kCount));
  EXPECT_EQ(counters.dropped, static_cast<uint64_t>(kCount) - 1000);
  Hub::instance().detach(counter_, false);
  inbox.wait_for_report();
}

}  // namespace
}  // namespace sigbridge
