// The hub's self-repair: descriptors that other code closes or takes the numbers of, and a kernel that
// refuses. Deliveries go on, what was broken is made anew, no stranger's file is touched, and no thread
// spins.
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "faults.h"
#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "signal_handler.h"
#include "stranger.h"
#include "thread_mask.h"

#ifdef __linux__
namespace sigbridge {
namespace {

using test::close_number;
using test::describe_process;
using test::ends_of;
using test::eventually;
using test::Faults;
using test::Inbox;
using test::queue_here;
using test::raise_here;
using test::Stranger;
using test::Taker;

constexpr int kForEver = 1'000'000'000;
constexpr const char* kSignalfd = "anon_inode:[signalfd]";

int bell() {
  return handler_state().bell_fd.load();
}

class HubRepairTest : public test::CleanTest {
 protected:
  ~HubRepairTest() override { Hub::instance().configure({}); }

  RecoveryReport report() const { return Recovery::instance().report(); }
  bool restarted() const { return report().restarts > before_.restarts && report().missing.empty(); }
  // They arrive, one after the other, each with the wait thread asleep before it (or it was not asked).
  void expect_deliveries(Inbox& inbox, int signo, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      ++expected_;
      is_realtime(signo) ? queue_here(signo, static_cast<int>(i)) : raise_here(signo);
      ASSERT_EQ(inbox.wait_for(expected_).size(), expected_);
    }
  }
  // A ring is heard at once: a wait thread that only looks now and then is woken by nothing else.
  void expect_bell_heard(Inbox& inbox) {
    EXPECT_EQ(ends_of(bell()).second, bell());
    EXPECT_NE(ends_of(bell()).first, -1);
    Faults faults;
    faults.count("ppoll");
    expect_deliveries(inbox, SIGUSR1, 20);
    // A wake or two each: no thread spins.
    EXPECT_LT(faults.counted("ppoll"), 200);
  }

  const int realtime_ = realtime_min() + 3;
  const RecoveryReport before_ = Recovery::instance().report();
  size_t expected_ = 0;
};

TEST_F(HubRepairTest, TheWritingEndIsClosed) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  Faults faults;
  faults.count("ppoll");
  close_number(bell());
  // Nobody rings: the reading end tells.
  ASSERT_TRUE(eventually([this] { return restarted(); }));
  EXPECT_LT(faults.counted("ppoll"), 100);
  EXPECT_STREQ(report().level, "restarted");
  EXPECT_EQ(report().last.number, EBADF);
  EXPECT_STREQ(report().last.syscall, "fstat");
  EXPECT_GT(report().last_at, 1'600'000'000'000);
  expect_bell_heard(inbox);
}

TEST_F(HubRepairTest, TheReadingEndIsClosed) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  Faults faults;
  faults.count("ppoll");
  close_number(ends_of(bell()).first);
  expect_deliveries(inbox, SIGUSR1, 1);
  ASSERT_TRUE(eventually([this] { return restarted(); }));
  EXPECT_LT(faults.counted("ppoll"), 100);
  expect_bell_heard(inbox);
}

TEST_F(HubRepairTest, BothEndsAreClosed) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  const auto [reading, writing] = ends_of(bell());
  close_number(reading);
  close_number(writing);
  ASSERT_TRUE(eventually([this] { return restarted(); }));
  expect_bell_heard(inbox);
}

TEST_F(HubRepairTest, ItEndsWhileTheyAreClosed) {
  const std::vector<std::string> before = describe_process();
  for (int round = 0; round < 20; ++round) {
    Inbox inbox;
    ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
    const auto [reading, writing] = ends_of(bell());
    if (round % 2 == 0) close_number(reading);
    if (round % 3 != 1) close_number(writing);
  }
  EXPECT_TRUE(eventually([&before] { return describe_process() == before; }));
}

TEST_F(HubRepairTest, TheWritingEndsNumberIsAStrangers) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  const Stranger stranger(bell());
  ASSERT_TRUE(eventually([this] { return restarted(); }));
  EXPECT_EQ(report().last.number, ESTALE);
  expect_bell_heard(inbox);
  EXPECT_TRUE(stranger.is_untouched());
  inbox.unsubscribe(SIGUSR1);
  EXPECT_TRUE(stranger.is_untouched());
}

TEST_F(HubRepairTest, ASignalBeforeTheRepairWritesOneByteAtMost) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  inbox.close_gate();
  expected_ = 1;
  raise_here(SIGUSR1);
  // The wait thread is busy with somebody else's business, and hears of nothing.
  inbox.wait_at_gate();
  const Stranger stranger(bell());
  for (int i = 0; i < 100; ++i) raise_here(SIGUSR1);
  inbox.open_gate();
  ASSERT_EQ(inbox.wait_for(101).size(), 101U);
  expected_ = 101;
  ASSERT_TRUE(eventually([this] { return restarted(); }));
  EXPECT_TRUE(stranger.is_untouched(1));
  expect_bell_heard(inbox);
  EXPECT_TRUE(stranger.is_untouched(1));
}

TEST_F(HubRepairTest, TheReadingEndsNumberIsAStrangers) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  const int reading = ends_of(bell()).first;
  inbox.close_gate();
  raise_here(SIGUSR1);
  inbox.wait_at_gate();
  // Nobody waits for the pipe now, so that it is the file that is waited for next.
  const Stranger stranger(reading);
  Faults faults;
  faults.count("ppoll");
  inbox.open_gate();
  ASSERT_EQ(inbox.wait_for(1).size(), 1U);
  expected_ = 1;
  ASSERT_TRUE(eventually([this] { return restarted(); }));
  // A file is always readable.
  EXPECT_LT(faults.counted("ppoll"), 100);
  expect_bell_heard(inbox);
  EXPECT_TRUE(stranger.is_untouched());
  inbox.unsubscribe(SIGUSR1);
  EXPECT_TRUE(stranger.is_untouched());
}

TEST_F(HubRepairTest, NoDescriptorIsToBeHad) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1, realtime_}));
  {
    Faults faults;
    faults.fail("pipe2", EMFILE, 0, kForEver);
    close_number(bell());
    ASSERT_TRUE(eventually([this] { return !report().missing.empty(); }));
    EXPECT_STREQ(report().level, "degraded");
    EXPECT_STREQ(report().missing[0], "pipe");
    EXPECT_EQ(report().last.number, EMFILE);
    EXPECT_STREQ(report().last.syscall, "pipe2");
    EXPECT_EQ(bell(), -1);
    faults.count("ppoll");
    expect_deliveries(inbox, SIGUSR1, 10);
    expect_deliveries(inbox, realtime_, 10);
    EXPECT_LT(faults.counted("ppoll"), 500);
    EXPECT_EQ(report().degradations, before_.degradations + 1);
  }
  ASSERT_TRUE(eventually([this] { return restarted(); }));
  EXPECT_STREQ(report().level, "restarted");
  expect_bell_heard(inbox);
}

TEST_F(HubRepairTest, ItEndsWithoutAPipe) {
  const std::vector<std::string> before = describe_process();
  Faults faults;
  {
    Inbox inbox;
    ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
    faults.fail("pipe2", EMFILE, 0, kForEver);
    close_number(bell());
    ASSERT_TRUE(eventually([this] { return !report().missing.empty(); }));
  }
  EXPECT_TRUE(eventually([&before] { return describe_process() == before; }));
  EXPECT_TRUE(report().missing.empty());
}

TEST_F(HubRepairTest, WhoClosesItForEverMakesItNoMoreThanFortyTimesASecond) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  constexpr int64_t kLong = 300'000'000;
  Faults faults;
  faults.count("ppoll");
  for (const int64_t began = monotonic_now(); monotonic_now() - began < kLong;) {
    if (bell() >= 0) ::syscall(SYS_close, bell());
  }
  // A slow machine makes fewer.
  EXPECT_LE(report().restarts - before_.restarts, 300U / 25 + 2);
  EXPECT_LT(faults.counted("ppoll"), 1000);
  ASSERT_TRUE(eventually([this] { return restarted(); }));
  expect_bell_heard(inbox);
}

TEST_F(HubRepairTest, PpollIsRefused) {
  for (Backend backend : {Backend::kSelfPipe, Backend::kSignalfd}) {
    Hub::instance().configure({.backend = backend});
    expected_ = 0;
    Inbox inbox;
    ASSERT_FALSE(inbox.subscribe({SIGUSR1, realtime_}));
    for (int error : {EBADF, EINVAL, ENOMEM}) {
      Faults faults;
      faults.fail("ppoll", error, 0, kForEver);
      expect_deliveries(inbox, SIGUSR1, 2);
      expect_deliveries(inbox, realtime_, 2);
      ASSERT_TRUE(eventually([this] { return !report().missing.empty(); }));
      // Long enough for a thread that spins to be seen.
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      EXPECT_STREQ(report().missing[0], "poll");
      EXPECT_STREQ(report().last.syscall, "ppoll");
      EXPECT_EQ(report().last.number, error);
      EXPECT_LT(faults.failed("ppoll"), 100);
    }
    ASSERT_TRUE(eventually([this] { return report().missing.empty(); }));
    expect_bell_heard(inbox);
  }
}

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
