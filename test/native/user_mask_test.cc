// The program's mask as we show it: our own real-time bits are invisible and stay, the rest is the kernel's.
// And the mask of the whole process.
#include "user_mask.h"

#include <unistd.h>

#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "signal_handler.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::bits_of;
using test::eventually;
using test::Inbox;
using test::Taker;

class UserMaskTest : public test::CleanTest {
 protected:
  UserMaskTest() : before_(current_mask()) {}
  ~UserMaskTest() override { ::pthread_sigmask(SIG_SETMASK, &before_.native(), nullptr); }

  const int realtime_ = realtime_min() + 4;
  const SignalSet before_;
  Hub& hub_ = Hub::instance();
};

TEST_F(UserMaskTest, BlocksUnblocksAndSets) {
  EXPECT_EQ(bits_of(block_for_user(SignalSet::of(SIGUSR1))), bits_of(before_));
  EXPECT_TRUE(block_for_user(SignalSet::of(SIGUSR2)).contains(SIGUSR1));
  EXPECT_EQ(bits_of(user_mask()), bits_of(SignalSet(before_).add(SIGUSR1).add(SIGUSR2)));
  EXPECT_TRUE(unblock_for_user(SignalSet::of(SIGUSR1).add(SIGWINCH)).contains(SIGUSR1));
  EXPECT_FALSE(current_mask().contains(SIGUSR1));
  EXPECT_TRUE(set_for_user(before_).contains(SIGUSR2));
  EXPECT_EQ(bits_of(current_mask()), bits_of(before_));
}

TEST_F(UserMaskTest, TheStackGivesBackWhatWas) {
  MaskStack stack;
  stack.push(SignalSet::of(SIGUSR1));
  stack.push(SignalSet::of(SIGUSR2));
  EXPECT_EQ(stack.depth(), 2U);
  stack.pop();
  EXPECT_TRUE(current_mask().contains(SIGUSR1));
  EXPECT_FALSE(current_mask().contains(SIGUSR2));
  stack.pop();
  EXPECT_EQ(bits_of(current_mask()), bits_of(before_));
  while (!stack.full()) stack.push(SignalSet::of(SIGUSR2));
  EXPECT_EQ(stack.depth(), MaskStack::kDepth);
  stack.forget(1);
  EXPECT_EQ(stack.depth(), 1U);
  EXPECT_TRUE(current_mask().contains(SIGUSR2));
  stack.forget(5);
  EXPECT_EQ(stack.depth(), 1U) << "nothing to forget";
  stack.pop();
  EXPECT_EQ(bits_of(current_mask()), bits_of(before_));
}

TEST_F(UserMaskTest, WhatWeBlockIsNotShownAndStays) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  ASSERT_TRUE(eventually([this] { return current_mask().contains(realtime_); }));
  EXPECT_FALSE(user_mask().contains(realtime_));
  EXPECT_FALSE(set_for_user(SignalSet()).contains(realtime_));
  EXPECT_FALSE(unblock_for_user(SignalSet::of(realtime_)).contains(realtime_));
  EXPECT_TRUE(current_mask().contains(realtime_));
  inbox.unsubscribe(realtime_);
  EXPECT_FALSE(current_mask().contains(realtime_));
}

TEST_F(UserMaskTest, WhatTheProgramBlocksTooStaysInTheEnd) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  ASSERT_TRUE(eventually([this] { return current_mask().contains(realtime_); }));
  EXPECT_FALSE(block_for_user(SignalSet::of(realtime_)).contains(realtime_));
  EXPECT_TRUE(user_mask().contains(realtime_));
  inbox.unsubscribe(realtime_);
  EXPECT_TRUE(current_mask().contains(realtime_));
}

TEST_F(UserMaskTest, AForkedChildHasNotWhatASectionBlocks) {
  ::pthread_sigmask(SIG_BLOCK, &SignalSet::of(SIGWINCH).native(), nullptr);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  const SignalSet before = enter_section_mask(SignalSet::of(SIGUSR1).add(SIGWINCH));
  const int status = test::run_in_child([] {
    EXPECT_FALSE(current_mask().contains(SIGUSR1));
    EXPECT_TRUE(current_mask().contains(SIGWINCH)) << "the program's own";
  });
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(current_mask().contains(SIGUSR1));
  leave_section_mask(before);
  EXPECT_FALSE(current_mask().contains(SIGUSR1));
}

TEST_F(UserMaskTest, PendingSignalsAreTold) {
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind keeps the threads' masks to itself";
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  const ScopedBlock block(SignalSet::of(SIGUSR1));
  test::raise_here(SIGUSR1);
  PendingSignals pending = pending_signals();
#ifdef __linux__
  EXPECT_TRUE(pending.thread.contains(SIGUSR1));
  EXPECT_FALSE(pending.process.contains(SIGUSR1));
#else
  EXPECT_TRUE(pending.process.contains(SIGUSR1));
#endif
}

#ifdef __linux__
class ProcessMaskTest : public UserMaskTest {
 protected:
  void change(Hub::MaskChange change, std::initializer_list<int> signals) {
    SignalSet set;
    for (int signo : signals) set.add(signo);
    Result<SignalSet> before = hub_.change_mask_everywhere(change, set);
    EXPECT_TRUE(before.ok()) << before.error().syscall;
  }
};

TEST_F(ProcessMaskTest, ReachesEveryThread) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const test::OpenThreads threads(4);
  change(Hub::MaskChange::kBlock, {SIGUSR1, realtime_});
  EXPECT_EQ(threads.blocking(SIGUSR1), threads.count());
  EXPECT_EQ(threads.blocking(realtime_), threads.count());
  EXPECT_TRUE(current_mask().contains(SIGUSR1));
  change(Hub::MaskChange::kUnblock, {SIGUSR1, realtime_});
  EXPECT_EQ(threads.blocking(SIGUSR1), 0U);
  EXPECT_EQ(threads.blocking(realtime_), 0U);
}

TEST_F(ProcessMaskTest, TheWaitThreadFollows) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  const test::OpenThreads threads(2);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  change(Hub::MaskChange::kBlock, {realtime_});
  test::queue_here(realtime_, 5);
  ::usleep(20'000);
  EXPECT_TRUE(pending_signals().process.contains(realtime_));
  Result<std::optional<SignalRecord>> found = hub_.wait_for(SignalSet::of(realtime_), 0);
  ASSERT_TRUE(found.ok() && found.value().has_value());
  EXPECT_EQ(found.value()->value_bits & 0xffffffff, 5);
  test::queue_here(realtime_, 6);
  change(Hub::MaskChange::kUnblock, {realtime_});
  EXPECT_EQ(inbox.wait_for(1).at(0).value_bits & 0xffffffff, 6);
  inbox.unsubscribe(realtime_);
  EXPECT_EQ(threads.blocking(realtime_), 0U);
}

TEST_F(ProcessMaskTest, OutlastsASubscription) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  const test::OpenThreads threads(2);
  {
    Inbox inbox;
    ASSERT_FALSE(inbox.subscribe({realtime_}));
    change(Hub::MaskChange::kBlock, {realtime_});
    test::queue_here(realtime_, 5);
  }
  EXPECT_EQ(threads.blocking(realtime_), threads.count());
  EXPECT_TRUE(pending_signals().process.contains(realtime_)) << "the program's to take";
  Result<std::optional<SignalRecord>> found = hub_.wait_for(SignalSet::of(realtime_), 0);
  EXPECT_TRUE(found.ok() && found.value().has_value());
  change(Hub::MaskChange::kUnblock, {realtime_});
  EXPECT_EQ(threads.blocking(realtime_), 0U);
}
#endif

}  // namespace
}  // namespace sigbridge
