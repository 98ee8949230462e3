// Children of fork() and vfork() while the hub runs: they keep nothing of ours, and cannot touch the parent's
// side.
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "signal_handler.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::Inbox;
using test::raise_here;
using test::Standing;
using test::standing;
using test::Taker;

class HubForkTest : public test::CleanTest {
 protected:
  // What a child gets from its parent: descriptors, dispositions, mask. Not the threads, nor /proc's view of
  // them.
  static std::vector<std::string> inherited() {
    std::vector<std::string> lines = test::describe_process();
    std::erase_if(lines, [](const std::string& line) {
      return !line.starts_with("descriptor") && !line.starts_with("signal") && !line.starts_with("mask");
    });
    return lines;
  }

  const int realtime_ = realtime_min() + 4;
  Hub& hub_ = Hub::instance();
};

TEST_F(HubForkTest, AChildHasNothingOfOurs) {
  const std::vector<std::string> before = inherited();
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1, SIGWINCH, SIGCHLD}));
  EXPECT_NE(inherited(), before);
  const int status = test::run_in_child([&before] {
    EXPECT_EQ(inherited(), before);
    EXPECT_EQ(handler_state().owner.load(), 0);
    EXPECT_EQ(handler_state().bell_fd.load(), -1);
  });
  EXPECT_EQ(status, 0) << "wait status " << status;
}

TEST_F(HubForkTest, AChildHasNoDescriptorOfAThreadThatWaits) {
  const std::vector<std::string> before = inherited();
  // No std::thread: valgrind finds what that one allocates lost in the child, where only its owner is
  // missing.
  pthread_t waiter;
  const auto wait = [](void* hub) -> void* {
    auto found = static_cast<Hub*>(hub)->wait_for(SignalSet::of(SIGUSR2), 60'000'000'000);
    EXPECT_TRUE(found.ok() && found.value().has_value());
    return nullptr;
  };
  ASSERT_EQ(::pthread_create(&waiter, nullptr, wait, &hub_), 0);
  EXPECT_TRUE(test::eventually([] { return standing(SIGUSR2).sa_sigaction == &signal_handler; }));
  // Takes the table's lock: the wait is not in the middle of taking the signal any more.
  static_cast<void>(hub_.stats());
  // The hub's pipe and the waiter's own.
  EXPECT_GE(inherited().size(), before.size() + 4);
  const int status = test::run_in_child([&before] { EXPECT_EQ(inherited(), before); });
  EXPECT_EQ(status, 0) << "wait status " << status;
  ::kill(::getpid(), SIGUSR2);
  ::pthread_join(waiter, nullptr);
}

TEST_F(HubForkTest, AChildDoesNotReachTheParent) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGWINCH}));
  const uint64_t received = hub_.stats().received;
  const int status = test::run_in_child([] {
    for (int i = 0; i < 10; ++i) raise_here(SIGWINCH);
    // Ours called by its address, as a library that saved it would.
    siginfo_t info{};
    info.si_signo = SIGWINCH;
    ucontext_t frame{};
    signal_handler(SIGWINCH, &info, &frame);
  });
  EXPECT_EQ(status, 0) << "wait status " << status;
  raise_here(SIGWINCH);
  EXPECT_EQ(inbox.wait_for(1).size(), 1U);
  EXPECT_EQ(hub_.stats().received, received + 1);
  EXPECT_EQ(standing(SIGWINCH).sa_sigaction, &signal_handler);
}

TEST_F(HubForkTest, AChildOfAnIdleProcessIsLeftAlone) {
  {
    Inbox inbox;
    ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  }
  const Standing handler(SIGUSR1, action_of(&test::foreign::plain));
  const std::vector<std::string> before = inherited();
  const int status = test::run_in_child([&before] { EXPECT_EQ(inherited(), before); });
  EXPECT_EQ(status, 0) << "wait status " << status;
}

TEST_F(HubForkTest, AMaskOfOursIsNotInherited) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  EXPECT_TRUE(test::eventually([this] { return current_mask().contains(realtime_); }));
  const int status = test::run_in_child([this] { EXPECT_FALSE(current_mask().contains(realtime_)); });
  EXPECT_EQ(status, 0) << "wait status " << status;
  EXPECT_TRUE(current_mask().contains(realtime_)) << "the parent's is as it was";
}

TEST_F(HubForkTest, NorFromAThreadThatInheritedItItself) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  EXPECT_TRUE(test::eventually([this] { return current_mask().contains(realtime_); }));
  int status = -1;
  std::thread born([this, &status] {
    status = test::run_in_child([this] { EXPECT_FALSE(current_mask().contains(realtime_)); });
  });
  born.join();
  EXPECT_EQ(status, 0) << "wait status " << status;
}

TEST_F(HubForkTest, AMaskOfTheProgramsOwnIs) {
  const Taker taker(Taker::Kind::kWaitThread);
  const ScopedBlock block(SignalSet::of(realtime_).add(SIGUSR2));
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  const int status = test::run_in_child([this] {
    EXPECT_TRUE(current_mask().contains(realtime_));
    EXPECT_TRUE(current_mask().contains(SIGUSR2));
  });
  EXPECT_EQ(status, 0) << "wait status " << status;
}

TEST_F(HubForkTest, AVforkChildRecordsNothing) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  const uint64_t received = hub_.stats().received;
  const pid_t child = ::vfork();
  if (child == 0) {
    // Our handler, in the parent's memory. With the default action the child would be killed.
    ::kill(::getpid(), SIGUSR1);
    ::_exit(0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  raise_here(SIGUSR1);
  EXPECT_EQ(inbox.wait_for(1).size(), 1U);
  EXPECT_EQ(hub_.stats().received, received + 1);
  EXPECT_EQ(inbox.wait_for(1)[0].pid, ::getpid());
}

}  // namespace
}  // namespace sigbridge
