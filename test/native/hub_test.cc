// Hub with its real wait thread: subscriptions come and go, deliveries arrive, the process is as before.
#include "hub.h"

#include <unistd.h>

#include "faults.h"
#include "handler_rig.h"
#include "inbox.h"
#include "process_state.h"
#include "signal_handler.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::Inbox;
using test::queue_here;
using test::raise_here;
using test::replace;
using test::same;
using test::Standing;
using test::standing;
namespace foreign = test::foreign;

class HubTest : public test::CleanTest {
 protected:
  HubTest() { foreign::reset(); }
  Hub& hub_ = Hub::instance();
};

TEST_F(HubTest, ADeliveryArrives) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  EXPECT_TRUE(hub_.stats().running);
  queue_here(SIGUSR1, 42);
  const std::vector<SignalRecord>& records = inbox.wait_for(1);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].signo, SIGUSR1);
  EXPECT_EQ(records[0].code, SI_QUEUE);
  EXPECT_EQ(records[0].pid, ::getpid());
  EXPECT_EQ(static_cast<int32_t>(records[0].value_bits), 42);
  EXPECT_EQ(inbox.unsubscribe(SIGUSR1), 0U);
  EXPECT_FALSE(hub_.stats().running);
}

TEST_F(HubTest, EverySignalThatMayBeWatchedArrives) {
  std::vector<int> signals;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (signo == SIGKILL || signo == SIGSTOP || signal_name(signo).empty()) continue;
    // valgrind keeps these two to itself.
    if ((signo == realtime_max() || signo == SIGCONT) && test::under_valgrind()) continue;
    if (SignalSet::blockable().contains(signo)) signals.push_back(signo);
  }
  Inbox inbox;
  for (int signo : signals) ASSERT_FALSE(inbox.subscribe({signo})) << signal_name(signo);
  for (int signo : signals) queue_here(signo, 1000 + signo);
  const std::vector<SignalRecord>& records = inbox.wait_for(signals.size());
  std::vector<int> seen;
  for (const SignalRecord& record : records) {
    seen.push_back(record.signo);
    EXPECT_EQ(record.value_bits, 1000 + record.signo);
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, signals);
}

TEST_F(HubTest, EachSubscriberIsTold) {
  Inbox first;
  Inbox second;
  ASSERT_FALSE(first.subscribe({SIGUSR1, SIGUSR2}));
  ASSERT_FALSE(second.subscribe({SIGUSR1}));
  EXPECT_EQ(hub_.stats().environments, 2U);
  raise_here(SIGUSR1);
  raise_here(SIGUSR2);
  EXPECT_EQ(first.wait_for(2).size(), 2U);
  EXPECT_EQ(second.wait_for(1).size(), 1U);

  first.unsubscribe(SIGUSR1);
  EXPECT_EQ(standing(SIGUSR1).sa_sigaction, &signal_handler) << "the other one still wants it";
  raise_here(SIGUSR1);
  EXPECT_EQ(second.wait_for(2).size(), 2U);
  raise_here(SIGUSR2);
  EXPECT_EQ(first.wait_for(3).size(), 3U);
  EXPECT_EQ(first.wait_for(3).back().signo, SIGUSR2);

  second.unsubscribe(SIGUSR1);
  EXPECT_EQ(standing(SIGUSR1).sa_handler, SIG_DFL);
  EXPECT_TRUE(hub_.stats().running);
  first.unsubscribe(SIGUSR2);
  EXPECT_FALSE(hub_.stats().running);
}

TEST_F(HubTest, ASubscriberGetsNothingFromBeforeItsTime) {
  Inbox first;
  Inbox second;
  ASSERT_FALSE(first.subscribe({SIGUSR1}));
  // A bell that does not wake the wait thread: these are still in the ring when the second one subscribes.
  test::Faults faults;
  faults.fail("write", EAGAIN);
  for (int i = 0; i < 3; ++i) raise_here(SIGUSR1);
  ASSERT_FALSE(second.subscribe({SIGUSR1}));
  raise_here(SIGUSR1);
  EXPECT_EQ(first.wait_for(4).size(), 4U);
  EXPECT_EQ(second.wait_for(1).size(), 1U);
  EXPECT_EQ(second.subscriber().counters(SIGUSR1).received, 1U);
}

TEST_F(HubTest, UnsubscribeTellsWhatItThrewAway) {
  Inbox inbox;
  Inbox witness;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  ASSERT_FALSE(witness.subscribe({SIGUSR1}));
  for (int i = 0; i < 5; ++i) raise_here(SIGUSR1);
  // Subscribers are served in turn: what the later one has, the earlier one has too.
  EXPECT_EQ(witness.wait_for(5).size(), 5U);
  EXPECT_EQ(inbox.unsubscribe(SIGUSR1), 5U);
  EXPECT_EQ(inbox.subscriber().waiting(), 0U);
}

TEST_F(HubTest, UnsubscribingTwiceIsHarmless) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1, SIGUSR2}));
  inbox.unsubscribe(SIGUSR1);
  EXPECT_EQ(inbox.unsubscribe(SIGUSR1), 0U);
  EXPECT_EQ(inbox.unsubscribe(SIGTERM), 0U);
  EXPECT_TRUE(hub_.stats().running);
}

TEST_F(HubTest, DetachEndsEverySubscription) {
  const Standing ignored(SIGHUP, action_of(SIG_IGN));
  {
    Inbox inbox;
    ASSERT_FALSE(inbox.subscribe({SIGHUP, SIGUSR1, SIGTERM}));
    EXPECT_EQ(hub_.stats().environments, 1U);
  }
  EXPECT_EQ(hub_.stats().environments, 0U);
  EXPECT_FALSE(hub_.stats().running);
  EXPECT_EQ(standing(SIGHUP).sa_handler, SIG_IGN);
}

TEST_F(HubTest, DetachAtTheEndOfTheProcessLeavesTheHandler) {
  const int status = test::run_in_child([] {
    Inbox inbox;
    ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
    Hub::instance().detach(inbox.subscriber(), true);
    EXPECT_EQ(standing(SIGUSR1).sa_sigaction, &signal_handler);
    // One that comes now must not change the exit status.
    raise_here(SIGUSR1);
    std::fflush(nullptr);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  });
  EXPECT_EQ(status, 0) << "wait status " << status;
}

TEST_F(HubTest, AHandlerInstalledOverOursIsFoundByTheWaitThread) {
  const Standing whatever(SIGUSR1);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  const uint64_t displaced = hub_.stats().displaced;
  replace(SIGUSR1, action_of(&foreign::plain, SA_RESTART));
  EXPECT_TRUE(test::eventually([] { return standing(SIGUSR1).sa_sigaction == &signal_handler; }));
  EXPECT_TRUE(test::eventually([&] { return hub_.stats().displaced == displaced + 1; }));
  raise_here(SIGUSR1);
  EXPECT_EQ(inbox.wait_for(1).size(), 1U);
  EXPECT_EQ(foreign::calls.load(), 1);
  inbox.unsubscribe(SIGUSR1);
  EXPECT_TRUE(same(standing(SIGUSR1), action_of(&foreign::plain, SA_RESTART)));
}

TEST_F(HubTest, ListenersThatChangeAreSeenAtOnce) {
  hub_.set_runtime(reinterpret_cast<const void*>(&foreign::plain), false, false, true);
  const Standing whatever(SIGUSR1);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}, Listeners::kNone));
  replace(SIGUSR1, action_of(&foreign::plain, SA_RESTART));
  hub_.listeners_changed(SIGUSR1, Listeners::kLive);
  EXPECT_EQ(standing(SIGUSR1).sa_sigaction, &signal_handler);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1);
  replace(SIGUSR1, action_of(SIG_DFL));
  hub_.listeners_changed(SIGUSR1, Listeners::kNone);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1);
  EXPECT_EQ(inbox.wait_for(2).size(), 2U);
  hub_.listeners_changed(SIGUSR2, Listeners::kLive);
  EXPECT_EQ(standing(SIGUSR2).sa_handler, SIG_DFL) << "not subscribed: not touched";
  inbox.unsubscribe(SIGUSR1);
  EXPECT_EQ(standing(SIGUSR1).sa_handler, SIG_DFL);
  hub_.set_runtime(nullptr, false, false, true);
}

TEST_F(HubTest, QueryAndStandIn) {
  hub_.set_runtime(reinterpret_cast<const void*>(&foreign::plain), false, false, true);
  const struct sigaction exits = action_of(&foreign::plain, SA_RESTART | SA_RESETHAND);
  const Standing before(SIGTERM, exits);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGTERM}, Listeners::kNone));
  EXPECT_TRUE(hub_.query(SIGTERM).value().ours);
  ASSERT_NE(hub_.query(SIGTERM).value().beneath, nullptr);
  EXPECT_EQ(hub_.query(SIGTERM).value().beneath->kind, DispositionInfo::Kind::kHandler);
  // The lock that it takes is never given back.
  const int status = test::run_in_child([&] {
    const auto stand_in = hub_.freeze_for_end(SIGTERM);
    ASSERT_TRUE(stand_in.has_value());
    EXPECT_TRUE(same(*stand_in, exits));
  });
  EXPECT_EQ(status, 0);
  inbox.unsubscribe(SIGTERM);
  EXPECT_FALSE(hub_.query(SIGTERM).value().ours);
  hub_.set_runtime(nullptr, false, false, true);
}

TEST_F(HubTest, CountsAddUp) {
  const HubStats before = hub_.stats();
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  for (int i = 0; i < 100; ++i) raise_here(SIGUSR1);
  inbox.wait_for(100);
  const HubStats after = hub_.stats();
  EXPECT_EQ(after.received - before.received, 100U);
  EXPECT_EQ(after.overflow, before.overflow);
  EXPECT_EQ(after.unclaimed, before.unclaimed);
  EXPECT_GE(after.batches - before.batches, 1U);
  EXPECT_LE(after.batches - before.batches, 100U);
  EXPECT_GE(after.ring_high_water, 1U);
  EXPECT_EQ(after.ring_capacity, RecordRing::kDefaultCapacity);
}

TEST_F(HubTest, ManyThreadsTakeSignalsAtOnce) {
  constexpr int kEach = 2000;
  const uint64_t before = hub_.stats().received;
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1, SIGUSR2}));
  std::vector<std::thread> threads;
  for (int signo : {SIGUSR1, SIGUSR2, SIGUSR1, SIGUSR2}) {
    threads.emplace_back([signo] {
      for (int i = 0; i < kEach; ++i) raise_here(signo);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(test::eventually([&] { return hub_.stats().received - before == 4 * kEach; }));
  std::array<int, kSignalSlots> counts{};
  for (const SignalRecord& record : inbox.wait_for(0))
    counts[static_cast<size_t>(record.signo)] += record.count;
  EXPECT_EQ(counts[SIGUSR1], 2 * kEach);
  EXPECT_EQ(counts[SIGUSR2], 2 * kEach);
}

TEST_F(HubTest, StartsAndStopsManyTimes) {
  const int rounds = test::kSanitizer || test::under_valgrind() ? 100 : 1000;
  for (int i = 0; i < rounds; ++i) {
    Inbox inbox;
    ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
    raise_here(SIGUSR1);
    ASSERT_EQ(inbox.wait_for(1).size(), 1U);
  }
}

TEST_F(HubTest, OpensAndClosesManyTimesBesideAnother) {
  const int rounds = test::kSanitizer || test::under_valgrind() ? 5'000 : 100'000;
  Inbox other;
  Inbox inbox;
  ASSERT_FALSE(other.subscribe({SIGUSR2}));
  for (int i = 0; i < rounds; ++i) {
    ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
    inbox.unsubscribe(SIGUSR1);
  }
  EXPECT_EQ(hub_.stats().environments, 2U);
  raise_here(SIGUSR2);
  EXPECT_EQ(other.wait_for(1).size(), 1U);
}

TEST_F(HubTest, PipeCapacityIsTheOptions) {
  hub_.configure({.pipe_capacity = 1});
  {
    Inbox inbox;
    ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
    const int fd = handler_state().bell_fd.load();
    EXPECT_EQ(::fcntl(fd, F_GETPIPE_SZ), ::sysconf(_SC_PAGESIZE));
  }
  hub_.configure({});
}

}  // namespace
}  // namespace sigbridge
