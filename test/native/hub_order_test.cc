// Real-time signals through the hub: order, and the masks of the threads that must not take them meanwhile.
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <thread>

#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "mask_visitor.h"
#include "process_state.h"
#include "signal_handler.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::bits_of;
using test::eventually;
using test::Inbox;
using test::OpenThreads;
using test::queue_here;
using test::Taker;

class HubOrderTest : public test::CleanTest, public ::testing::WithParamInterface<Taker::Kind> {
 protected:
  bool main_is_blocked() const { return current_mask().contains(realtime_); }
  bool main_takes() const { return GetParam() == Taker::Kind::kMainThread; }

  const int realtime_ = realtime_min() + 4;
  const Taker taker_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(, HubOrderTest,
                         ::testing::Values(Taker::Kind::kWaitThread, Taker::Kind::kMainThread),
                         [](const auto& which) {
                           return which.param == Taker::Kind::kWaitThread ? "WaitThreadTakes"
                                                                          : "MainThreadTakes";
                         });

// Threads that wait for their start, then each queues `count` signals to the process, numbered.
class Senders {
 public:
  Senders(std::initializer_list<int> signals, int count) {
    int number = 0;
    for (int signo : signals)
      threads_.emplace_back([this, signo, number = number++, count] {
        ready_.fetch_add(1);
        while (!go_.load()) ::sched_yield();
        for (int i = 0; i < count; ++i) queue_here(signo, number * kStride + i);
      });
    EXPECT_TRUE(eventually([&] { return ready_.load() == signals.size(); }));
  }
  ~Senders() {
    go();
    for (std::thread& thread : threads_) thread.join();
  }
  Senders(const Senders&) = delete;
  Senders& operator=(const Senders&) = delete;

  void go() { go_.store(true); }
  static constexpr int kStride = 100'000;

 private:
  std::atomic<size_t> ready_{0};
  std::atomic<bool> go_{false};
  std::vector<std::thread> threads_;
};

TEST_P(HubOrderTest, EachSendersOrderIsKept) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  // Fewer in all than the ring holds: nothing may be missing either.
  constexpr int kEach = 1000;
  const OpenThreads threads(4);
  Senders senders({realtime_, realtime_, realtime_ + 1}, kEach);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_, realtime_ + 1}));
  senders.go();
  std::map<int64_t, int64_t> next;
  for (const SignalRecord& record : inbox.wait_for(3 * kEach)) {
    const int64_t sender = record.value_bits / Senders::kStride;
    ASSERT_EQ(record.value_bits % Senders::kStride, next[sender]) << "of sender " << sender;
    ++next[sender];
  }
  for (int sender = 0; sender < 3; ++sender) EXPECT_EQ(next[sender], kEach);
  EXPECT_EQ(inbox.subscriber().counters(realtime_).dropped, 0U);
}

TEST_P(HubOrderTest, EveryRealTimeSignalWithItsPayload) {
  if (GetParam() == Taker::Kind::kWaitThread && test::under_valgrind())
    GTEST_SKIP() << "valgrind keeps the threads' masks to itself";
  Inbox inbox;
  for (int signo = realtime_min(); signo < realtime_max(); ++signo) ASSERT_FALSE(inbox.subscribe({signo}));
  for (int round = 0; round < 10; ++round) {
    for (int signo = realtime_min(); signo < realtime_max(); ++signo) queue_here(signo, signo * 100 + round);
  }
  const auto all = static_cast<size_t>(10 * (realtime_max() - realtime_min()));
  std::map<int, int> rounds;
  for (const SignalRecord& record : inbox.wait_for(all)) {
    EXPECT_EQ(record.value_bits, record.signo * 100 + rounds[record.signo]++);
  }
  for (int signo = realtime_min(); signo < realtime_max(); ++signo) EXPECT_EQ(rounds[signo], 10);
}

TEST_P(HubOrderTest, OneThreadIsLeftOpenAndAllComeBack) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const OpenThreads threads(4);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1, realtime_}));
  EXPECT_TRUE(eventually([&] { return threads.blocking(realtime_) == threads.count(); }));
  EXPECT_EQ(threads.blocking(SIGUSR1), 0U) << "standard signals need no order";
  EXPECT_EQ(threads.blocking(realtime_ + 1), 0U);
  EXPECT_EQ(main_is_blocked(), !main_takes());
  inbox.unsubscribe(realtime_);
  EXPECT_TRUE(eventually([&] { return threads.blocking(realtime_) == 0; }));
  EXPECT_FALSE(main_is_blocked());
}

TEST_P(HubOrderTest, AnotherSubscriptionKeepsTheMasks) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const OpenThreads threads(4);
  Inbox first;
  Inbox second;
  ASSERT_FALSE(first.subscribe({realtime_}));
  ASSERT_FALSE(second.subscribe({realtime_}));
  first.unsubscribe(realtime_);
  EXPECT_TRUE(eventually([&] { return threads.blocking(realtime_) == threads.count(); }));
  queue_here(realtime_, 1);
  EXPECT_EQ(second.wait_for(1).size(), 1U);
  second.unsubscribe(realtime_);
  EXPECT_TRUE(eventually([&] { return threads.blocking(realtime_) == 0; }));
}

TEST_P(HubOrderTest, ThreadsBornMeanwhileAreOpenAfterwards) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  const OpenThreads born(4);
  EXPECT_TRUE(eventually([&] { return born.blocking(realtime_) == born.count(); }));
  queue_here(realtime_, 1);
  EXPECT_EQ(inbox.wait_for(1).size(), 1U);
  inbox.unsubscribe(realtime_);
  EXPECT_TRUE(eventually([&] { return born.blocking(realtime_) == 0; }));
}

TEST_P(HubOrderTest, AThreadThatIsJustBeingBornIsMaskedToo) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  // glibc starts a thread with everything blocked and opens its mask a moment later: a visit may meet that
  // moment.
  for (int round = 0; round < 100 && !HasFailure(); ++round) {
    std::atomic<pid_t> tid{0};
    std::atomic<bool> done{false};
    std::thread born([&] {
      tid.store(test::this_thread());
      while (!done.load()) ::sched_yield();
    });
    {
      Inbox inbox;
      EXPECT_FALSE(inbox.subscribe({realtime_}));
      EXPECT_TRUE(eventually([&] { return tid.load() != 0; }));
      EXPECT_TRUE(eventually([&] {
        return (test::mask_of(tid.load()) & bits_of(SignalSet::of(realtime_))) != 0;
      })) << "round "
          << round;
    }
    done.store(true);
    born.join();
  }
}

TEST_P(HubOrderTest, WhatAThreadBlockedItselfStaysBlocked) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  std::atomic<pid_t> tid{0};
  std::atomic<bool> done{false};
  // A library's own sigwaitinfo thread, say; and the main thread.
  const auto blocks_it = [&] {
    const ScopedBlock block(SignalSet::of(realtime_));
    tid.store(test::this_thread());
    while (!done.load()) ::sched_yield();
  };
  std::thread other(blocks_it);
  EXPECT_TRUE(eventually([&] { return tid.load() != 0; }));
  const uint64_t before = test::mask_of(tid.load());
  {
    const ScopedBlock block(SignalSet::of(realtime_));
    const uint64_t main_before = bits_of(current_mask());
    Inbox inbox;
    EXPECT_FALSE(inbox.subscribe({realtime_}));
    inbox.unsubscribe(realtime_);
    EXPECT_EQ(bits_of(current_mask()), main_before);
    EXPECT_EQ(test::mask_of(tid.load()), before);
  }
  done.store(true);
  other.join();
}

TEST_P(HubOrderTest, ManyShortThreadsUseUpNothing) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  // More threads in all than the table of masked threads has entries.
  for (size_t round = 0; round * 32 < MaskTable::kThreads + 100; ++round) {
    const OpenThreads threads(32);
    Inbox inbox;
    ASSERT_FALSE(inbox.subscribe({realtime_}));
  }
  const OpenThreads threads(2);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  EXPECT_TRUE(eventually([&] { return threads.blocking(realtime_) == threads.count(); }));
  inbox.unsubscribe(realtime_);
  EXPECT_TRUE(eventually([&] { return threads.blocking(realtime_) == 0; }));
}

TEST_P(HubOrderTest, WhatIsQueuedAtTheLastCloseEndsNobody) {
  // In a child: the default action would end it.
  const int status = test::run_in_child([this] {
    Inbox inbox;
    Inbox other;
    ASSERT_FALSE(inbox.subscribe({realtime_}));
    ASSERT_FALSE(other.subscribe({SIGUSR1}));
    // The wait thread is busy while they come, and the close is there before it can have taken them all.
    other.close_gate();
    test::raise_here(SIGUSR1);
    other.wait_at_gate();
    for (int i = 0; i < 20'000; ++i) queue_here(realtime_, i);
    std::thread opener([&other] { other.open_gate(); });
    inbox.unsubscribe(realtime_);
    opener.join();
    SignalSet pending;
    ::sigpending(pending.out());
    EXPECT_FALSE(pending.contains(realtime_));
  });
  EXPECT_EQ(status, 0) << "wait status " << status;
}

TEST_P(HubOrderTest, AVisitNeedsNoRoomInTheSignalQueue) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  // In a child: what it gives up it cannot have back.
  const int status = test::run_in_child([this] {
    const rlimit nothing{0, 0};
    ASSERT_EQ(::setrlimit(RLIMIT_SIGPENDING, &nothing), 0);
    const OpenThreads threads(4);
    Inbox inbox;
    EXPECT_FALSE(inbox.subscribe({realtime_}));
    EXPECT_TRUE(eventually([&] { return threads.blocking(realtime_) == threads.count(); }));
    inbox.unsubscribe(realtime_);
    EXPECT_TRUE(eventually([&] { return threads.blocking(realtime_) == 0; }));
  });
  EXPECT_EQ(status, 0) << "wait status " << status;
}

TEST_P(HubOrderTest, ThreadsWhoseChildrenInheritAreLeftAlone) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  // In a child: that there are such threads is remembered for good.
  const int status = test::run_in_child([this] {
    std::atomic<int> ready{0};
    std::atomic<bool> done{false};
    std::atomic<pid_t> exempt{0};
    std::atomic<pid_t> worker{0};
    std::thread one([&] {
      exempt_this_thread();
      exempt.store(test::this_thread());
      ++ready;
      while (!done.load()) ::sched_yield();
      forget_this_thread();
    });
    std::thread two([&] {
      ::pthread_setname_np(::pthread_self(), "Worker");
      worker.store(test::this_thread());
      ++ready;
      while (!done.load()) ::sched_yield();
    });
    EXPECT_TRUE(eventually([&] { return ready.load() == 2; }));
    {
      const OpenThreads threads(2);
      Inbox inbox;
      EXPECT_FALSE(inbox.subscribe({realtime_}));
      EXPECT_TRUE(eventually([&] { return threads.blocking(realtime_) == 2; }));
      EXPECT_EQ(test::mask_of(exempt.load()), 0U);
      EXPECT_EQ(test::mask_of(worker.load()), 0U);
    }
    done.store(true);
    one.join();
    two.join();
  });
  EXPECT_EQ(status, 0) << "wait status " << status;
}

// A visit borrows the handler's place for it, and its entry in the table of those we have taken.
TEST_P(HubOrderTest, SigurgIsNeverFoundInTheMiddleOfAVisit) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const OpenThreads threads(2);
  std::atomic<bool> done{false};
  std::atomic<int> ours{0};
  std::thread asker([&] {
    while (!done.load()) {
      if (Hub::instance().query(SIGURG).value().ours || Hub::instance().flags(SIGURG) != 0) ours.fetch_add(1);
    }
  });
  for (int round = 0; round < 50; ++round) {
    Inbox inbox;
    EXPECT_FALSE(inbox.subscribe({realtime_}));
  }
  done.store(true);
  asker.join();
  EXPECT_EQ(ours.load(), 0);
}

}  // namespace
}  // namespace sigbridge
