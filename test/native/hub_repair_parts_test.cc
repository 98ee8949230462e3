// The self-repair of what stands beside the hub's pipe: the kernel's queue, the event loop's pipe, a waiter's
// bell, hardening without its thread, a signal queue that is full.
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "faults.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "repair_rig.h"
#include "stranger.h"

#ifdef __linux__
namespace sigbridge {
namespace {

using test::bell;
using test::close_number;
using test::ends_of;
using test::eventually;
using test::Faults;
using test::HubRepairTest;
using test::Inbox;
using test::Stranger;
using test::Taker;

constexpr int kForEver = 1'000'000'000;
constexpr const char* kSignalfd = "anon_inode:[signalfd]";

TEST_F(HubRepairTest, TheQueueIsClosedOrAStrangers) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  const ScopedBlock block{SignalSet::of(realtime_)};
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1, realtime_}));
  ASSERT_EQ(Hub::instance().backend(), Backend::kSignalfd);
  const auto ours = [] { return test::descriptors(kSignalfd); };
  {
    ASSERT_EQ(ours().size(), 1U);
    close_number(ours()[0]);
    expect_deliveries(inbox, realtime_, 100);
    ASSERT_TRUE(eventually([this] { return restarted(); }));
  }
  {
    const uint64_t restarts = report().restarts;
    Faults faults;
    const Stranger stranger(ours().at(0));
    faults.count("ppoll");
    expect_deliveries(inbox, realtime_, 5);
    ASSERT_TRUE(eventually([=, this] { return report().restarts > restarts; }));
    EXPECT_LT(faults.counted("ppoll"), 100);
    expect_deliveries(inbox, realtime_, 95);
    EXPECT_TRUE(stranger.is_untouched());
  }
  // One that looks as a signalfd does to fstat.
  const UniqueFd counter(::eventfd(7, EFD_CLOEXEC | EFD_NONBLOCK));
  const int number = ours().at(0);
  const uint64_t restarts = report().restarts;
  test::put_at(counter.get(), number);
  ASSERT_TRUE(eventually([=, this] { return report().restarts > restarts; }));
  EXPECT_EQ(report().last.number, EINVAL);
  expect_deliveries(inbox, realtime_, 100);
  EXPECT_EQ(Hub::instance().backend(), Backend::kSignalfd);
  // expect_deliveries() waits for each, so the order is that of sending.
  EXPECT_EQ(inbox.wait_for(300).size(), 300U);
  uint64_t count = 0;
  EXPECT_EQ(::read(number, &count, sizeof count), 8);
  close_number(number);
}

TEST_F(HubRepairTest, NoQueueIsToBeHad) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  const ScopedBlock block{SignalSet::of(realtime_)};
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1, realtime_}));
  {
    Faults faults;
    faults.fail("signalfd", EMFILE, 0, kForEver);
    ASSERT_EQ(test::close_foreign(kSignalfd), 1);
    expect_deliveries(inbox, realtime_, 100);
    ASSERT_TRUE(eventually([this] { return !report().missing.empty(); }));
    EXPECT_STREQ(report().missing[0], "signalfd");
    EXPECT_EQ(Hub::instance().backend(), Backend::kSelfPipe);
    faults.count("ppoll");
    expect_deliveries(inbox, realtime_, 20);
    EXPECT_LT(faults.counted("ppoll"), 500);
    faults.fail("signalfd", EMFILE, 0, kForEver);
  }
  ASSERT_TRUE(eventually([this] { return restarted(); }));
  EXPECT_EQ(Hub::instance().backend(), Backend::kSignalfd);
  expect_deliveries(inbox, realtime_, 20);
}

class LoopRepairTest : public HubRepairTest {
 protected:
  LoopRepairTest() {
    EXPECT_FALSE(inbox_.subscribe({SIGUSR1}));
    wait_bell_ = bell();
    loop_ = hub_.loop_watches(true);
    EXPECT_NE(bell(), wait_bell_);
  }
  ~LoopRepairTest() override { static_cast<void>(hub_.loop_watches(false)); }

  void expect_wait_thread_answers_until_it_is_made_anew() {
    expect_deliveries(inbox_, SIGUSR1, 5);
    ASSERT_TRUE(eventually([this] { return hub_.loop_is_broken(); }));
    EXPECT_EQ(bell(), wait_bell_);
    EXPECT_STREQ(report().level, "degraded");
    EXPECT_STREQ(report().missing.at(0), "loopPipe");
    Faults faults;
    faults.count("ppoll");
    expect_deliveries(inbox_, SIGUSR1, 20);
    EXPECT_LT(faults.counted("ppoll"), 200);
    faults.fail("pipe2", EMFILE);
    EXPECT_EQ(hub_.loop_watches(true), -1);
    EXPECT_TRUE(hub_.loop_is_broken());
    loop_ = hub_.loop_watches(true);
    EXPECT_EQ(ends_of(bell()).first, loop_);
    EXPECT_TRUE(restarted());
  }

  Hub& hub_ = Hub::instance();
  Inbox inbox_;
  int wait_bell_ = -1;
  int loop_ = -1;
};

TEST_F(LoopRepairTest, TheReadingEndIsClosed) {
  close_number(loop_);
  expect_wait_thread_answers_until_it_is_made_anew();
}

TEST_F(LoopRepairTest, TheWritingEndIsClosed) {
  close_number(bell());
  // Nobody rings: its other end tells the wait thread.
  ASSERT_TRUE(eventually([this] { return hub_.loop_is_broken(); }));
  expect_wait_thread_answers_until_it_is_made_anew();
}

TEST_F(LoopRepairTest, TheNumbersAreStrangers) {
  const int writing = bell();
  const int reading = loop_;
  const Stranger written(writing);
  const Stranger read(reading);
  ASSERT_TRUE(eventually([this] { return hub_.loop_is_broken(); }));
  expect_wait_thread_answers_until_it_is_made_anew();
  EXPECT_TRUE(written.is_untouched());
  EXPECT_TRUE(read.is_untouched());
}

TEST_F(LoopRepairTest, TheLoopItselfSeesIt) {
  const Stranger stranger(loop_);
  hub_.dispatch_from_loop();
  EXPECT_TRUE(hub_.loop_is_broken());
  EXPECT_TRUE(stranger.is_untouched());
  loop_ = hub_.loop_watches(true);
  EXPECT_FALSE(hub_.loop_is_broken());
}

TEST_F(HubRepairTest, AWaitersBellIsClosed) {
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind keeps the high numbers to itself";
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR2}));
  const std::vector<int> before = test::descriptors("pipe:");
  std::thread stranger([&before] {
    std::vector<int> bell;
    // Both of them where they stay: a pipe is moved up when it is made.
    ASSERT_TRUE(eventually([&] {
      bell = test::descriptors("pipe:");
      std::erase_if(bell, [&](int fd) {
        return fd < 48 || std::find(before.begin(), before.end(), fd) != before.end();
      });
      return bell.size() == 2;
    }));
    for (int fd : bell) close_number(fd);
    // Long enough for a thread that spins to be seen.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ::kill(::getpid(), SIGUSR1);
  });
  Faults faults;
  faults.count("ppoll");
  const auto found = Hub::instance().wait_for(SignalSet::of(SIGUSR1), -1);
  stranger.join();
  ASSERT_TRUE(const_cast<Result<std::optional<SignalRecord>>&>(found).value().has_value());
  EXPECT_LT(faults.counted("ppoll"), 200);
}

TEST_F(HubRepairTest, AWaitThatPpollRefuses) {
  Faults faults;
  faults.fail("ppoll", ENOMEM, 0, kForEver);
  auto found = Hub::instance().wait_for(SignalSet::of(SIGUSR1), 100'000'000);
  EXPECT_TRUE(found.ok());
  EXPECT_FALSE(found.value().has_value());
  EXPECT_LT(faults.failed("ppoll"), 200);
  EXPECT_GT(report().retries, before_.retries);
}

TEST_F(HubRepairTest, HardeningWithoutItsThread) {
  Hub& hub = Hub::instance();
  Faults faults;
  faults.fail("pthread_create", EAGAIN);
  static_cast<void>(hub.harden(true));
  EXPECT_FALSE(hub.stats().running);
  EXPECT_STREQ(report().level, "degraded");
  EXPECT_STREQ(report().missing.at(0), "waitThread");
  EXPECT_STREQ(report().last.syscall, "pthread_create");
  static_cast<void>(hub.harden(true));
  EXPECT_TRUE(hub.stats().running);
  EXPECT_TRUE(report().missing.empty());
  hub.release_hardening();
  hub.release_hardening();
}

TEST_F(HubRepairTest, AFullQueueTakesWhatCameAlong) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  const uint64_t bare = Hub::instance().stats().bare;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_SIGPENDING, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_SIGPENDING, &none), 0);
  EXPECT_NE(::sigqueue(::getpid(), realtime_, {}), 0);
  EXPECT_EQ(errno, EAGAIN);
  // Only kill() still gets it in.
  ASSERT_EQ(::kill(::getpid(), realtime_), 0);
  EXPECT_EQ(inbox.wait_for(1).size(), 1U);
  ASSERT_EQ(::setrlimit(RLIMIT_SIGPENDING, &before), 0);
  EXPECT_EQ(Hub::instance().stats().bare, bare + 1);
}

}  // namespace
}  // namespace sigbridge
#endif
