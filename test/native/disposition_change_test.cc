// What a program chooses: the flags of our handler, the default or SIG_IGN; who is in its way; and what
// stands beneath ours.
#include <thread>

#include "disposition.h"
#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "signal_handler.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::HandlerRig;
using test::Inbox;
using test::replace;
using test::same;
using test::Standing;
using test::standing;
namespace foreign = test::foreign;

constexpr ActionFlags kNoRestart{0, SA_RESTART};
constexpr ActionFlags kChildren{SA_RESTART | SA_NOCLDSTOP | SA_NOCLDWAIT, SA_NOCLDSTOP | SA_NOCLDWAIT};

unsigned chosen(int signo) {
  return static_cast<unsigned>(standing(signo).sa_flags) & ActionFlags::kChoosable;
}

class DispositionChangeTest : public test::CleanTest {
 protected:
  void install(int signo, ActionFlags flags) {
    handler_state().watched.add(signo);
    ASSERT_FALSE(rig_.dispositions.install(signo, Listeners::kNone, flags));
  }
  bool is_conflict(PosixError failure) { return failure.number == EBUSY; }

  const Standing usr1_{SIGUSR1, action_of(SIG_DFL)};
  const Standing chld_{SIGCHLD, action_of(SIG_DFL)};
  HandlerRig rig_;
};

TEST_F(DispositionChangeTest, FlagsAreInstalledAndInstalledAgain) {
  const struct {
    int signo;
    ActionFlags flags;
  } cases[] = {{SIGUSR1, {}}, {SIGUSR1, kNoRestart}, {SIGCHLD, kChildren}};
  for (const auto& [signo, flags] : cases) {
    install(signo, flags);
    const struct sigaction intact = standing(signo);
    EXPECT_EQ(chosen(signo), flags.set);
    EXPECT_EQ(rig_.dispositions.flags(signo), flags.set);
    EXPECT_FALSE(rig_.dispositions.look(signo).displaced) << "nothing to repair";
    replace(signo, action_of(SIG_DFL));
    EXPECT_TRUE(rig_.dispositions.look(signo).displaced);
    EXPECT_TRUE(same(standing(signo), intact));
    // Ours, with a flag more or less than was chosen (Bun's signal() leaves SA_RESTART).
    struct sigaction damaged = intact;
    damaged.sa_flags ^= SA_RESTART;
    replace(signo, damaged);
    EXPECT_TRUE(rig_.dispositions.look(signo).displaced);
    EXPECT_TRUE(same(standing(signo), intact));
    rig_.close(signo);
    EXPECT_EQ(rig_.dispositions.flags(signo), 0U);
  }
}

TEST_F(DispositionChangeTest, OnlyWhatWasAskedForCanDisagree) {
  EXPECT_TRUE(rig_.dispositions.agrees(SIGCHLD, kNoRestart)) << "nobody is there";
  install(SIGCHLD, kChildren);
  EXPECT_TRUE(rig_.dispositions.agrees(SIGCHLD, {})) << "takes what stands";
  EXPECT_TRUE(rig_.dispositions.agrees(SIGCHLD, kChildren));
  EXPECT_TRUE(rig_.dispositions.agrees(SIGCHLD, {SA_RESTART, SA_RESTART}));
  EXPECT_FALSE(rig_.dispositions.agrees(SIGCHLD, kNoRestart));
  EXPECT_FALSE(rig_.dispositions.agrees(SIGCHLD, {SA_RESTART, SA_NOCLDWAIT}));
  rig_.close(SIGCHLD);
}

TEST_F(DispositionChangeTest, TheHubRefusesAllOfThem) {
  Inbox first;
  Inbox later;
  ASSERT_FALSE(first.subscribe({SIGUSR1}, Listeners::kNone, kNoRestart));
  const HubStats before = Hub::instance().stats();
  EXPECT_TRUE(is_conflict(later.subscribe({SIGUSR2, SIGUSR1}, Listeners::kNone, {SA_RESTART, SA_RESTART})));
  EXPECT_EQ(standing(SIGUSR2).sa_handler, SIG_DFL) << "all or nothing";
  EXPECT_EQ(Hub::instance().stats().environments, before.environments);
  EXPECT_EQ(Hub::instance().flags(SIGUSR1), 0U);
  ASSERT_FALSE(later.subscribe({SIGUSR1}, Listeners::kNone));
  first.unsubscribe(SIGUSR1);
  EXPECT_EQ(chosen(SIGUSR1), 0U) << "the first one's flags outlive it";
  later.unsubscribe(SIGUSR1);
  // Nobody is left: the next one chooses.
  ASSERT_FALSE(later.subscribe({SIGUSR1}, Listeners::kNone, {SA_RESTART, SA_RESTART}));
  EXPECT_EQ(chosen(SIGUSR1), static_cast<unsigned>(SA_RESTART));
}

TEST_F(DispositionChangeTest, DefaultAndIgnoreAreTheUsersOwn) {
  ASSERT_FALSE(rig_.dispositions.change(SIGUSR1, ignore_disposition()));
  EXPECT_EQ(standing(SIGUSR1).sa_handler, SIG_IGN);
  install(SIGUSR1, {});
  rig_.close(SIGUSR1);
  EXPECT_EQ(standing(SIGUSR1).sa_handler, SIG_IGN);
  ASSERT_FALSE(rig_.dispositions.change(SIGUSR1, default_disposition()));
  EXPECT_EQ(standing(SIGUSR1).sa_handler, SIG_DFL);
  EXPECT_EQ(rig_.dispositions.change(SIGKILL, ignore_disposition()).number, EINVAL);
}

TEST_F(DispositionChangeTest, HoldersAreInTheWay) {
  install(SIGUSR1, {});
  EXPECT_TRUE(is_conflict(rig_.dispositions.change(SIGUSR1, ignore_disposition())));
  EXPECT_TRUE(is_ours(standing(SIGUSR1)));
  rig_.close(SIGUSR1);

  // Another library's handler is the user's to remove.
  replace(SIGUSR1, action_of(&foreign::plain, SA_RESTART));
  ASSERT_FALSE(rig_.dispositions.change(SIGUSR1, default_disposition()));

  // The runtime's: while it serves somebody it is in the way, in the default action's place it is not, nor
  // where it stays when nobody is served.
  RuntimeHandlers& runtime = rig_.dispositions.runtime();
  runtime.set_anchor(reinterpret_cast<const void*>(&foreign::plain));
  for (const int signo : {SIGUSR1, SIGCHLD}) {
    replace(signo, action_of(&foreign::plain, SA_RESTART));
    EXPECT_TRUE(is_conflict(rig_.dispositions.change(signo, ignore_disposition())));
    EXPECT_EQ(standing(signo).sa_handler, &foreign::plain);
  }
  replace(SIGUSR1, action_of(&foreign::plain, SA_RESETHAND));
  EXPECT_FALSE(rig_.dispositions.change(SIGUSR1, ignore_disposition()));
  runtime.set_stay(true);
  replace(SIGUSR1, action_of(&foreign::plain, SA_RESTART));
  EXPECT_FALSE(rig_.dispositions.change(SIGUSR1, ignore_disposition()));
  EXPECT_EQ(standing(SIGUSR1).sa_handler, SIG_IGN);
}

TEST_F(DispositionChangeTest, WhatIsBeneathIsToldWhileOursStands) {
  using Kind = DispositionInfo::Kind;
  const auto beneath = [&](int signo) { return rig_.dispositions.query(signo).value().beneath; };
  replace(SIGUSR1, action_of(SIG_IGN));
  EXPECT_EQ(beneath(SIGUSR1), nullptr);
  install(SIGUSR1, {});
  ASSERT_NE(beneath(SIGUSR1), nullptr);
  EXPECT_EQ(beneath(SIGUSR1)->kind, Kind::kIgnore);
  EXPECT_EQ(beneath(SIGUSR1)->beneath, nullptr);
  // Displaced: what stands is all there is to say, until the next look.
  replace(SIGUSR1, action_of(&foreign::with_info, SA_NODEFER));
  EXPECT_EQ(beneath(SIGUSR1), nullptr);
  EXPECT_TRUE(rig_.dispositions.look(SIGUSR1).displaced);
  ASSERT_NE(beneath(SIGUSR1), nullptr);
  EXPECT_EQ(beneath(SIGUSR1)->kind, Kind::kHandler);
  EXPECT_EQ(beneath(SIGUSR1)->flags.size(), 2U);
  rig_.close(SIGUSR1);
  EXPECT_EQ(beneath(SIGUSR1), nullptr);
}

TEST_F(DispositionChangeTest, ASpentHandlerIsNoLongerBeneath) {
  replace(SIGUSR1, action_of(&foreign::plain, SA_RESETHAND));
  install(SIGUSR1, {});
  test::raise_here(SIGUSR1);
  EXPECT_EQ(rig_.dispositions.query(SIGUSR1).value().beneath->kind, DispositionInfo::Kind::kDefault);
  rig_.take();
  rig_.close(SIGUSR1);
  EXPECT_EQ(standing(SIGUSR1).sa_handler, SIG_DFL);
}

}  // namespace
}  // namespace sigbridge
