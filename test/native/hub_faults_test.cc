// System calls that fail under the hub: each the right error, nothing half-installed, and the next try works.
#include <unistd.h>

#include "faults.h"
#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "signal_handler.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::describe_process;
using test::Faults;
using test::Inbox;
using test::raise_here;
using test::Standing;
using test::standing;

class HubFaultsTest : public test::CleanTest {
 protected:
  // A subscription that has just failed; then the same again without the fault.
  void expect_nothing_left_and_a_second_try(Inbox& inbox, const std::vector<std::string>& before) {
    EXPECT_TRUE(test::eventually([&before] { return describe_process() == before; }));
    EXPECT_FALSE(Hub::instance().stats().running);
    EXPECT_EQ(Hub::instance().stats().environments, 0U);
    EXPECT_FALSE(inbox.subscriber().is_open(SIGUSR1));
    EXPECT_FALSE(inbox.subscribe({SIGUSR1}));
    raise_here(SIGUSR1);
    EXPECT_EQ(inbox.wait_for(1).size(), 1U);
  }
};

TEST_F(HubFaultsTest, NoPipe) {
  const std::vector<std::string> before = describe_process();
  Faults faults;
  faults.fail("pipe2", EMFILE);
  Inbox inbox;
  const PosixError failure = inbox.subscribe({SIGUSR1});
  EXPECT_EQ(failure.number, EMFILE);
  EXPECT_STREQ(failure.syscall, "pipe2");
  expect_nothing_left_and_a_second_try(inbox, before);
}

TEST_F(HubFaultsTest, NoThread) {
  const std::vector<std::string> before = describe_process();
  Faults faults;
  faults.fail("pthread_create", EAGAIN);
  Inbox inbox;
  const PosixError failure = inbox.subscribe({SIGUSR1});
  EXPECT_EQ(failure.number, EAGAIN);
  EXPECT_STREQ(failure.syscall, "pthread_create");
  expect_nothing_left_and_a_second_try(inbox, before);
}

TEST_F(HubFaultsTest, ASignalThatCannotBeHadIsNoneHad) {
  const Standing ignored(SIGUSR2, action_of(SIG_IGN));
  const Standing handler(SIGTERM, action_of(&test::foreign::with_info, SA_NODEFER, {SIGHUP}));
  const std::vector<std::string> before = describe_process();
  // The kernel itself refuses the last one.
  Inbox inbox;
  const PosixError failure = inbox.subscribe({SIGUSR1, SIGUSR2, SIGTERM, SIGKILL});
  EXPECT_EQ(failure.number, EINVAL);
  EXPECT_STREQ(failure.syscall, "sigaction");
  expect_nothing_left_and_a_second_try(inbox, before);
}

TEST_F(HubFaultsTest, SigactionFailsAnywhereAmongSeveralSignals) {
  const Standing ignored(SIGUSR2, action_of(SIG_IGN));
  const Standing handler(SIGTERM, action_of(&test::foreign::with_info, SA_NODEFER, {SIGHUP}));
  const std::vector<std::string> before = describe_process();
  int failures = 0;
  for (int after = 0; after < 100; ++after) {
    Inbox inbox;
    Faults faults;
    faults.fail("sigaction", EINVAL, after);
    const PosixError failure = inbox.subscribe({SIGUSR1, SIGUSR2, SIGTERM, realtime_min() + 2});
    if (!failure) break;
    ++failures;
    EXPECT_EQ(failure.number, EINVAL);
    EXPECT_STREQ(failure.syscall, "sigaction");
    for (int signo : {SIGUSR1, SIGUSR2, SIGTERM, realtime_min() + 2}) {
      EXPECT_FALSE(inbox.subscriber().is_open(signo)) << after;
    }
    ASSERT_TRUE(test::eventually([&before] { return describe_process() == before; })) << after;
    EXPECT_FALSE(Hub::instance().stats().running);
  }
  // A look and a change for each signal.
  EXPECT_GE(failures, 8);
  EXPECT_LT(failures, 100);
}

TEST_F(HubFaultsTest, AFailureLeavesTheOthersSubscriptionsAlone) {
  Inbox other;
  ASSERT_FALSE(other.subscribe({SIGUSR1}));
  {
    Inbox inbox;
    EXPECT_EQ(inbox.subscribe({SIGUSR1, SIGUSR2, SIGSTOP}).number, EINVAL);
    EXPECT_FALSE(inbox.subscriber().is_open(SIGUSR1));
    EXPECT_EQ(standing(SIGUSR2).sa_handler, SIG_DFL);
    raise_here(SIGUSR1);
    EXPECT_EQ(other.wait_for(1).size(), 1U);
    EXPECT_EQ(inbox.subscriber().waiting(), 0U);
  }
  EXPECT_EQ(standing(SIGUSR1).sa_sigaction, &signal_handler);
  EXPECT_TRUE(Hub::instance().stats().running);
}

TEST_F(HubFaultsTest, TheBellIsInterruptedOrFull) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  Faults faults;
  faults.fail("write", EINTR, 0, 3);
  raise_here(SIGUSR1);
  EXPECT_EQ(faults.failed("write"), 3);
  EXPECT_EQ(inbox.wait_for(1).size(), 1U);
  // Told that the pipe is full, with nothing in it: only the next look finds the record.
  faults.fail("write", EAGAIN);
  raise_here(SIGUSR1);
  EXPECT_EQ(inbox.wait_for(2).size(), 2U);
}

TEST_F(HubFaultsTest, ABellThatFailsDelaysAndLosesNothing) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  Faults faults;
  faults.fail("write", EIO);
  for (int i = 0; i < 10; ++i) raise_here(SIGUSR1);
  EXPECT_EQ(inbox.wait_for(10).size(), 10U);
  raise_here(SIGUSR1);
  EXPECT_EQ(inbox.wait_for(11).size(), 11U);
}

TEST_F(HubFaultsTest, TheWaitIsInterrupted) {
  Faults faults;
  faults.fail("ppoll", EINTR, 1, 50);
  faults.fail("read", EINTR, 0, 5);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  for (int i = 0; i < 20; ++i) {
    raise_here(SIGUSR1);
    ASSERT_EQ(inbox.wait_for(static_cast<size_t>(i) + 1).size(), static_cast<size_t>(i) + 1);
  }
  EXPECT_EQ(faults.failed("ppoll"), 50);
  EXPECT_EQ(faults.failed("read"), 5);
}

}  // namespace
}  // namespace sigbridge
