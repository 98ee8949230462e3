// Holds and waits on the hub with its real wait thread: nobody is told while a hold stands, everybody once
// when it ends, and the process is as before.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "faults.h"
#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "signal_handler.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::eventually;
using test::Inbox;
using test::queue_here;
using test::raise_here;
using test::same;
using test::Standing;
using test::standing;
namespace foreign = test::foreign;

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kForEver = -1;

class HubHoldTest : public test::CleanTest {
 protected:
  HubHoldTest() { foreign::reset(); }

  SignalSet hold(const SignalSet& signals) {
    SignalSet taken;
    EXPECT_FALSE(hub_.hold(signals, Hub::Ignored::kStay, taken));
    return taken;
  }
  void expect_held(int signo) {
    EXPECT_TRUE(eventually([this, signo] { return hub_.held().contains(signo); })) << signal_name(signo);
  }
  std::optional<SignalRecord> wait_for(const SignalSet& signals, int64_t timeout) {
    Result<std::optional<SignalRecord>> found = hub_.wait_for(signals, timeout);
    EXPECT_TRUE(found.ok());
    return found.value();
  }

  const int realtime_ = realtime_min() + 4;
  Hub& hub_ = Hub::instance();
};

TEST_F(HubHoldTest, SubscribersAreToldWhenItEnds) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1, SIGUSR2}));
  const SignalSet taken = hold(SignalSet::of(SIGUSR1));
  raise_here(SIGUSR1);
  raise_here(SIGUSR2);
  EXPECT_EQ(inbox.wait_for(1).at(0).signo, SIGUSR2) << "what is not held goes on";
  expect_held(SIGUSR1);
  hub_.unhold(taken);
  const std::vector<SignalRecord>& records = inbox.wait_for(2);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].signo, SIGUSR1);
  EXPECT_EQ(records[1].count, 1);
  EXPECT_FALSE(hub_.held().any());
}

TEST_F(HubHoldTest, TheLastOfSeveralHoldsTellsThem) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  const SignalSet outer = hold(SignalSet::of(SIGUSR1));
  const SignalSet inner = hold(SignalSet::of(SIGUSR1));
  raise_here(SIGUSR1);
  expect_held(SIGUSR1);
  hub_.unhold(inner);
  EXPECT_TRUE(hub_.held().contains(SIGUSR1));
  hub_.unhold(outer);
  EXPECT_EQ(inbox.wait_for(1).size(), 1U);
}

TEST_F(HubHoldTest, AHandlerThatStoodBeforeIsToldOnceWhenItEnds) {
  const Standing handler(SIGUSR1, action_of(&foreign::with_info));
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  const SignalSet taken = hold(SignalSet::of(SIGUSR1));
  queue_here(SIGUSR1, 42);
  expect_held(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 0);
  hub_.unhold(taken);
  EXPECT_EQ(inbox.wait_for(1).size(), 1U);
  EXPECT_EQ(foreign::calls.load(), 1);
  EXPECT_EQ(foreign::value.load(), 42);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 2);
}

TEST_F(HubHoldTest, WithoutASubscriberItIsSentAgainToTheHandlerThatStands) {
  const Standing handler(SIGUSR1, action_of(&foreign::with_info));
  const struct sigaction before = standing(SIGUSR1);
  const SignalSet taken = hold(SignalSet::of(SIGUSR1));
  EXPECT_TRUE(hub_.stats().running);
  queue_here(SIGUSR1, 42);
  expect_held(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 0);
  hub_.unhold(taken);
  EXPECT_TRUE(same(standing(SIGUSR1), before));
  EXPECT_FALSE(hub_.stats().running);
  EXPECT_TRUE(eventually([] { return foreign::calls.load() == 1; }));
  EXPECT_EQ(foreign::value.load(), 42);
}

TEST_F(HubHoldTest, WithoutASubscriberTheDefaultActionRunsAfterIt) {
  const int status = test::run_in_child([this] {
    const Standing by_default(SIGUSR1);
    const SignalSet taken = hold(SignalSet::of(SIGUSR1));
    raise_here(SIGUSR1);
    expect_held(SIGUSR1);
    // Not yet.
    EXPECT_TRUE(hub_.stats().running);
    hub_.unhold(taken);
    ::pause();
  });
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_EQ(WTERMSIG(status), SIGUSR1);
}

TEST_F(HubHoldTest, ASubscriptionThatComesInTheMiddleIsTold) {
  const SignalSet taken = hold(SignalSet::of(SIGUSR1));
  raise_here(SIGUSR1);
  expect_held(SIGUSR1);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  hub_.unhold(taken);
  EXPECT_EQ(inbox.wait_for(1).size(), 1U);
}

TEST_F(HubHoldTest, IgnoredSignalsAreLeftAlone) {
  struct sigaction ignore = action_of(&foreign::plain);
  ignore.sa_handler = SIG_IGN;
  const Standing handler(SIGUSR1, ignore);
  const SignalSet taken = hold(SignalSet::of(SIGUSR1));
  EXPECT_FALSE(taken.any());
  EXPECT_FALSE(hub_.stats().running);
  EXPECT_EQ(standing(SIGUSR1).sa_handler, SIG_IGN);
  hub_.unhold(taken);
}

TEST_F(HubHoldTest, AHoldThatFailsHoldsNothing) {
  const Standing handler(SIGUSR1, action_of(&foreign::plain));
  test::Faults faults;
  // Two are read first; then each is looked at and set.
  faults.fail("sigaction", EINVAL, 5);
  SignalSet taken;
  EXPECT_TRUE(hub_.hold(SignalSet::of(SIGUSR1).add(SIGUSR2), Hub::Ignored::kStay, taken));
  EXPECT_EQ(faults.failed("sigaction"), 1);
  EXPECT_FALSE(hub_.stats().running);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1);
}

TEST_F(HubHoldTest, RealTimeSignalsKeepTheirOrder) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  const SignalSet taken = hold(SignalSet::of(realtime_));
  for (int i = 0; i < 100; ++i) queue_here(realtime_, i);
  expect_held(realtime_);
  hub_.unhold(taken);
  const std::vector<SignalRecord>& records = inbox.wait_for(100);
  ASSERT_EQ(records.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(records[static_cast<size_t>(i)].value_bits & 0xffffffff, i);
}

TEST_F(HubHoldTest, AWaitEndsAtItsTimeoutAndNotBefore) {
  const int64_t began = monotonic_now();
  EXPECT_FALSE(wait_for(SignalSet::of(SIGUSR1), 20 * kMillisecond).has_value());
  EXPECT_GE(monotonic_now() - began, 20 * kMillisecond);
  EXPECT_FALSE(wait_for(SignalSet::of(SIGUSR1), 0).has_value());
  EXPECT_FALSE(hub_.stats().running);
}

TEST_F(HubHoldTest, AWaitTakesWhatIsHeldAndTellsNobody) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  const uint64_t taken_before = hub_.stats().taken;
  const SignalSet taken = hold(SignalSet::of(SIGUSR1));
  queue_here(SIGUSR1, 7);
  expect_held(SIGUSR1);
  const std::optional<SignalRecord> found = wait_for(SignalSet::of(SIGUSR1).add(SIGUSR2), 0);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->value_bits & 0xffffffff, 7);
  EXPECT_EQ(hub_.stats().taken, taken_before + 1);
  hub_.unhold(taken);
  EXPECT_EQ(inbox.subscriber().counters(SIGUSR1).received, 0U);
}

TEST_F(HubHoldTest, AWaitIsWokenAndNotByOthers) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR2}));
  std::thread sender([this] {
    // The waiter alone takes them: what a thread takes at its very end is lost under TSan, which runs
    // handlers in a thread's next call of a function that it knows.
    const ScopedBlock block(SignalSet::of(SIGUSR1).add(SIGUSR2));
    EXPECT_TRUE(eventually([] { return is_ours(read_disposition(SIGUSR1)); }));
    // Each interrupts the wait, which goes on.
    for (int i = 0; i < 5; ++i) queue_here(SIGUSR2, i);
    queue_here(SIGUSR1, 9);
  });
  const std::optional<SignalRecord> found = wait_for(SignalSet::of(SIGUSR1), kForEver);
  sender.join();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->value_bits & 0xffffffff, 9);
}

TEST_F(HubHoldTest, AWaitTakesOneOfWhatIsPendingHereAndLeavesTheRest) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const SignalSet signals = SignalSet::of(SIGUSR1).add(SIGUSR2);
  const ScopedBlock block(signals);
  raise_here(SIGUSR1);
  raise_here(SIGUSR2);
  const std::optional<SignalRecord> first = wait_for(signals, 0);
  SignalSet left;
  ::sigpending(left.out());
  const std::optional<SignalRecord> second = wait_for(signals, 0);
  ASSERT_TRUE(first.has_value());
  ASSERT_TRUE(second.has_value());
  EXPECT_NE(first->signo, second->signo);
  EXPECT_TRUE(left.contains(second->signo));
  EXPECT_TRUE(current_mask().contains(SIGUSR1));
  EXPECT_FALSE(wait_for(signals, 0).has_value());
}

TEST_F(HubHoldTest, TwoThreadsWaitAndEachTakesOne) {
  const uint64_t taken_before = hub_.stats().taken;
  std::array<std::optional<SignalRecord>, 2> found;
  const SignalSet taken = hold(SignalSet::of(SIGUSR1));
  std::thread one([&] { found[0] = wait_for(SignalSet::of(SIGUSR1), kForEver); });
  std::thread other([&] { found[1] = wait_for(SignalSet::of(SIGUSR1), kForEver); });
  queue_here(SIGUSR1, 1);
  // The kernel merges while one is pending: the next only when that one was taken.
  EXPECT_TRUE(eventually([&] { return hub_.stats().taken == taken_before + 1; }));
  queue_here(SIGUSR1, 2);
  one.join();
  other.join();
  ASSERT_TRUE(found[0].has_value() && found[1].has_value());
  EXPECT_EQ((found[0]->value_bits & 0xffffffff) + (found[1]->value_bits & 0xffffffff), 3);
  hub_.unhold(taken);
}

TEST_F(HubHoldTest, AWaitWithoutADescriptorFails) {
  test::Faults faults;
  faults.fail("pipe2", EMFILE);
  EXPECT_FALSE(hub_.wait_for(SignalSet::of(SIGUSR1), 0).ok());
  EXPECT_FALSE(hub_.stats().running);
  EXPECT_FALSE(handler_state().held.contains(SIGUSR1));
}

// Holds, subscriptions and waits that come and go on four threads, under fire.
TEST_F(HubHoldTest, TheyComeAndGoAtOnce) {
  Inbox keeper;
  ASSERT_FALSE(keeper.subscribe({SIGUSR1}));
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    while (!stop.load()) hub_.unhold(hold(SignalSet::of(SIGUSR1).add(SIGWINCH)));
  });
  threads.emplace_back([&] {
    while (!stop.load()) static_cast<void>(wait_for(SignalSet::of(SIGUSR1).add(SIGURG), 0));
  });
  threads.emplace_back([&] {
    while (!stop.load()) {
      Inbox inbox;
      EXPECT_FALSE(inbox.subscribe({SIGWINCH, SIGUSR1}));
    }
  });
  for (int i = 0; i < 500; ++i) {
    queue_here(i % 2 == 0 ? SIGUSR1 : SIGWINCH, i);
    ::usleep(200);
  }
  stop.store(true);
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(hub_.held().any());
}

}  // namespace
}  // namespace sigbridge
