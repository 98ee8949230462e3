// The hub's self-repair: its pipe, which other code closes or takes the numbers of, and a ppoll that is
// refused. Deliveries go on, what was broken is made anew, no stranger's file is touched, and no thread
// spins.
#include <sys/syscall.h>

#include <chrono>

#include "faults.h"
#include "handler_rig.h"
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
using test::describe_process;
using test::ends_of;
using test::eventually;
using test::Faults;
using test::HubRepairTest;
using test::Inbox;
using test::raise_here;
using test::Stranger;

constexpr int kForEver = 1'000'000'000;
constexpr const char* kSignalfd = "anon_inode:[signalfd]";

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
  // Closed in the middle of being moved, it is found among those.
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind keeps the high numbers to itself";
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
  // No look at the descriptors: what was closed in the middle of being made may have left one more.
  expect_deliveries(inbox, SIGUSR1, 20);
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

}  // namespace
}  // namespace sigbridge
#endif
