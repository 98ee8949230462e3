// Hardening: handlers gain SA_ONSTACK and a full mask, and get back exactly what they had.
#include "hardening.h"

#include <algorithm>

#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::raise_here;
using test::replace;
using test::same;
using test::Standing;
using test::standing;
namespace foreign = test::foreign;

bool has(const std::vector<int>& signals, int signo) {
  return std::find(signals.begin(), signals.end(), signo) != signals.end();
}

class HardeningTest : public test::CleanTest {
 protected:
  HardeningTest() { foreign::reset(); }
  ~HardeningTest() override { hardening_.undo(dispositions_); }

  static bool is_hard(int signo) {
    const struct sigaction action = standing(signo);
    const SignalSet mask(action.sa_mask);
    return (action.sa_flags & SA_ONSTACK) != 0 && mask.contains(SIGTERM) && mask.contains(realtime_min()) &&
           mask.contains(SIGURG);
  }

  Dispositions dispositions_;
  Hardening hardening_;
};

TEST_F(HardeningTest, TellsBeforehandWhatItWouldRepair) {
  const Standing handler(SIGUSR1, action_of(&foreign::with_info, SA_RESTART, {}));
  const Standing on_stack(SIGUSR2, action_of(&foreign::with_info, SA_ONSTACK, {}));
  const Standing ignored(SIGALRM, action_of(SIG_IGN));
  const std::vector<int> unhardened = unhardened_signals(SIGUSR2);
  EXPECT_TRUE(has(unhardened, SIGUSR1));
  EXPECT_FALSE(has(unhardened, SIGUSR2)) << "the suspend signal";
  EXPECT_TRUE(has(unhardened_signals(0), SIGUSR2)) << "an open mask is reason enough";
  EXPECT_FALSE(has(unhardened, SIGALRM));
  EXPECT_FALSE(has(unhardened, SIGTERM));
  EXPECT_EQ(hardening_.repair_all(SIGUSR2), unhardened);
  EXPECT_FALSE(has(unhardened_signals(SIGUSR2), SIGUSR1));
}

TEST_F(HardeningTest, RepairsEveryHandlerAndNothingElse) {
  const struct sigaction original =
      action_of(&foreign::with_info, SA_RESTART | SA_NODEFER, {SIGSEGV, SIGUSR2});
  const Standing handler(SIGUSR1, original);
  const Standing ignored(SIGUSR2, action_of(SIG_IGN));
  const std::vector<int> repaired = hardening_.repair_all(0);
  EXPECT_TRUE(has(repaired, SIGUSR1));
  EXPECT_FALSE(has(repaired, SIGUSR2));
  EXPECT_FALSE(has(repaired, SIGTERM));
  EXPECT_TRUE(is_hard(SIGUSR1));
  const struct sigaction now = standing(SIGUSR1);
  EXPECT_EQ(now.sa_sigaction, &foreign::with_info);
  EXPECT_NE(now.sa_flags & SA_RESTART, 0);
  EXPECT_NE(now.sa_flags & SA_NODEFER, 0);
  EXPECT_TRUE(SignalSet(now.sa_mask).contains(SIGSEGV)) << "asked for by its owner";
  EXPECT_FALSE(SignalSet(now.sa_mask).contains(SIGBUS));
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1);
  EXPECT_TRUE(hardening_.repair_all(0).empty()) << "nothing left to do";
  hardening_.undo(dispositions_);
  EXPECT_TRUE(same(standing(SIGUSR1), original));
}

TEST_F(HardeningTest, TheSuspendSignalIsLeftAloneAndOpen) {
  const struct sigaction suspend = action_of(&foreign::with_info, SA_RESTART);
  const Standing one(SIGPWR, suspend);
  const Standing two(SIGUSR1, action_of(&foreign::plain));
  EXPECT_FALSE(has(hardening_.repair_all(SIGPWR), SIGPWR));
  EXPECT_TRUE(same(standing(SIGPWR), suspend));
  EXPECT_TRUE(is_hard(SIGUSR1));
  EXPECT_FALSE(SignalSet(standing(SIGUSR1).sa_mask).contains(SIGPWR));
  hardening_.undo(dispositions_);
}

TEST_F(HardeningTest, WhoeverCameLaterStays) {
  const Standing handler(SIGUSR1, action_of(&foreign::plain));
  hardening_.repair_all(0);
  const struct sigaction later = action_of(&foreign::with_info, SA_RESTART);
  replace(SIGUSR1, later);
  hardening_.undo(dispositions_);
  EXPECT_TRUE(same(standing(SIGUSR1), later));
}

TEST_F(HardeningTest, ASubscriptionInBetweenPutsTheOriginalBack) {
  const struct sigaction original = action_of(&foreign::plain, SA_RESTART, {SIGUSR2});
  const Standing handler(SIGUSR1, original);
  hardening_.repair_all(0);
  ASSERT_FALSE(dispositions_.install(SIGUSR1, Listeners::kUnknown));
  EXPECT_FALSE(has(hardening_.repair_all(0), SIGUSR1)) << "ours needs no repair";
  hardening_.undo(dispositions_);
  dispositions_.put_back(SIGUSR1);
  EXPECT_TRUE(same(standing(SIGUSR1), original));
}

TEST_F(HardeningTest, TheHubKeepsLookingUntilReleased) {
  Hub& hub = Hub::instance();
  const struct sigaction original = action_of(&foreign::plain);
  const Standing handler(SIGUSR1, original);
  const Standing none_yet(SIGUSR2);
  EXPECT_TRUE(has(hub.harden(true), SIGUSR1));
  hub.harden(false);
  replace(SIGUSR2, original);
  EXPECT_TRUE(test::eventually([] { return is_hard(SIGUSR2); })) << "the wait thread looks";
  hub.release_hardening();
  EXPECT_TRUE(is_hard(SIGUSR1)) << "one is left";
  hub.release_hardening();
  EXPECT_TRUE(same(standing(SIGUSR1), original));
  EXPECT_TRUE(same(standing(SIGUSR2), original));
  EXPECT_TRUE(hub.harden_again().empty());
}

TEST_F(HardeningTest, WhatASubscriptionPutsBackIsHardenedAgain) {
  Hub& hub = Hub::instance();
  const struct sigaction original = action_of(&foreign::plain);
  const Standing handler(SIGUSR1, original);
  {
    test::Inbox inbox;
    ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
    hub.harden(false);
    inbox.unsubscribe(SIGUSR1);
    EXPECT_TRUE(is_hard(SIGUSR1));
  }
  hub.release_hardening();
  EXPECT_TRUE(same(standing(SIGUSR1), original));
}

}  // namespace
}  // namespace sigbridge
