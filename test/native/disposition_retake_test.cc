// When somebody calls sigaction over ours: we take the place again, and what was found is called and kept.
#include "disposition.h"

#include <sys/ucontext.h>

#include "handler_rig.h"
#include "process_state.h"
#include "signal_handler.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::HandlerRig;
using test::raise_here;
using test::replace;
using test::same;
using test::Standing;
using test::standing;
namespace foreign = test::foreign;

std::atomic<int> g_first_calls{0};
void first_library(int) {
  g_first_calls.fetch_add(1);
}

class DispositionRetakeTest : public test::CleanTest {
 protected:
  DispositionRetakeTest() { g_first_calls.store(0); }
  void be_the_runtime() {
    rig_.dispositions.runtime().set_anchor(reinterpret_cast<const void*>(&foreign::plain));
  }
  bool ours_stands() { return standing(SIGUSR1).sa_sigaction == &signal_handler; }

  const Standing whatever_{SIGUSR1, action_of(SIG_DFL)};
  HandlerRig rig_;
};

TEST_F(DispositionRetakeTest, NothingToDoWhileOursStands) {
  rig_.watch(SIGUSR1);
  EXPECT_FALSE(rig_.dispositions.look(SIGUSR1).displaced);
  EXPECT_FALSE(rig_.dispositions.look(SIGUSR2).displaced) << "not even watched";
  EXPECT_TRUE(ours_stands());
  EXPECT_EQ(standing(SIGUSR2).sa_handler, SIG_DFL);
}

TEST_F(DispositionRetakeTest, TakesThePlaceAndKeepsWhatItFound) {
  rig_.watch(SIGUSR1);
  const struct sigaction theirs = action_of(&foreign::with_info, SA_RESTART | SA_NODEFER, {SIGUSR2});
  replace(SIGUSR1, theirs);
  EXPECT_TRUE(rig_.dispositions.look(SIGUSR1).displaced);
  EXPECT_TRUE(ours_stands());
  EXPECT_FALSE(rig_.dispositions.look(SIGUSR1).displaced);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1);
  EXPECT_EQ(rig_.take().size(), 1U);
  rig_.close(SIGUSR1);
  EXPECT_TRUE(same(standing(SIGUSR1), theirs));
}

TEST_F(DispositionRetakeTest, TheDefaultOverOursIsKeptToo) {
  const Standing foreign_first(SIGUSR1, action_of(&first_library));
  rig_.watch(SIGUSR1);
  replace(SIGUSR1, action_of(SIG_DFL));
  EXPECT_TRUE(rig_.dispositions.look(SIGUSR1).displaced);
  raise_here(SIGUSR1);
  EXPECT_EQ(g_first_calls.load(), 0) << "whoever wanted the default wants no handler";
  EXPECT_EQ(rig_.take().size(), 1U);
  rig_.close(SIGUSR1);
  EXPECT_EQ(standing(SIGUSR1).sa_handler, SIG_DFL);
}

TEST_F(DispositionRetakeTest, OneThatPassesOnToUsGivesOneRecord) {
  rig_.watch(SIGUSR1);
  foreign::previous = replace(SIGUSR1, action_of(&foreign::passing_on));
  // Before the look it is theirs that stands, and ours is called by it.
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1);
  EXPECT_EQ(rig_.take().size(), 1U);
  EXPECT_TRUE(rig_.dispositions.look(SIGUSR1).displaced);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 2);
  EXPECT_EQ(rig_.take().size(), 1U);
  rig_.close(SIGUSR1);
}

TEST_F(DispositionRetakeTest, OneThatPassesOnIsCalledOnceWhenWeAreGone) {
  rig_.watch(SIGUSR1);
  foreign::previous = replace(SIGUSR1, action_of(&foreign::passing_on));
  EXPECT_TRUE(rig_.dispositions.look(SIGUSR1).displaced);
  rig_.close(SIGUSR1);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1);
  EXPECT_TRUE(rig_.take().empty());
}

TEST_F(DispositionRetakeTest, WhatStoodBeforeUsIsStillCalledThroughIt) {
  const Standing foreign_first(SIGUSR1, action_of(&first_library));
  rig_.watch(SIGUSR1);
  foreign::previous = replace(SIGUSR1, action_of(&foreign::passing_on));
  raise_here(SIGUSR1);
  EXPECT_EQ(g_first_calls.load(), 1);
  EXPECT_TRUE(rig_.dispositions.look(SIGUSR1).displaced);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 2);
  EXPECT_EQ(g_first_calls.load(), 2) << "their handler passes on, as it did before our look";
  EXPECT_EQ(rig_.take().size(), 2U);
  rig_.close(SIGUSR1);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 3);
  EXPECT_EQ(g_first_calls.load(), 3);
}

TEST_F(DispositionRetakeTest, RepairsDamagedFlags) {
  const Standing foreign_first(SIGUSR1, action_of(&foreign::plain));
  rig_.watch(SIGUSR1);
  const struct sigaction intact = standing(SIGUSR1);
  // As Bun leaves it: our address through signal().
  struct sigaction damaged = intact;
  damaged.sa_flags = SA_RESTART;
  sigemptyset(&damaged.sa_mask);
  replace(SIGUSR1, damaged);
  raise_here(SIGUSR1);
  EXPECT_EQ(rig_.take().size(), 1U);
  EXPECT_TRUE(rig_.dispositions.look(SIGUSR1).displaced);
  EXPECT_TRUE(same(standing(SIGUSR1), intact));
  raise_here(SIGUSR1);
  EXPECT_EQ(rig_.take().size(), 1U);
  EXPECT_EQ(foreign::calls.load(), 2) << "what stood before us is called before and after the repair";
  rig_.close(SIGUSR1);
  EXPECT_TRUE(same(standing(SIGUSR1), action_of(&foreign::plain)));
}

TEST_F(DispositionRetakeTest, ProcessOnAndOffWhileWeAreThere) {
  be_the_runtime();
  // Node's own SIGTERM-like exit stands first.
  const struct sigaction exits = action_of(&first_library, SA_RESTART | SA_RESETHAND);
  const struct sigaction serving = action_of(&foreign::plain, SA_RESTART);
  const Standing before(SIGUSR1, exits);
  rig_.watch(SIGUSR1, Listeners::kNone);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load() + g_first_calls.load(), 0);

  replace(SIGUSR1, serving);
  EXPECT_TRUE(rig_.dispositions.retake(SIGUSR1, Listeners::kLive).displaced);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1);

  // The last listener goes: the runtime leaves the default, which destroys what it had at the start. We do
  // not.
  replace(SIGUSR1, action_of(SIG_DFL));
  EXPECT_TRUE(rig_.dispositions.retake(SIGUSR1, Listeners::kNone).displaced);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1);
  EXPECT_EQ(rig_.take().size(), 3U);
  rig_.close(SIGUSR1);
  EXPECT_TRUE(same(standing(SIGUSR1), exits));
  EXPECT_EQ(g_first_calls.load(), 0);
}

TEST_F(DispositionRetakeTest, LiveListenersKeepTheirHandlerWhenWeGo) {
  be_the_runtime();
  const struct sigaction serving = action_of(&foreign::plain, SA_RESTART);
  replace(SIGUSR1, serving);
  rig_.watch(SIGUSR1, Listeners::kLive);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1);
  rig_.close(SIGUSR1);
  EXPECT_TRUE(same(standing(SIGUSR1), serving));
}

TEST_F(DispositionRetakeTest, ListenersThatCameBeforeUsAndWentLeaveTheDefault) {
  be_the_runtime();
  replace(SIGUSR1, action_of(&foreign::plain, SA_RESTART));
  rig_.watch(SIGUSR1, Listeners::kLive);
  replace(SIGUSR1, action_of(SIG_DFL));
  EXPECT_TRUE(rig_.dispositions.retake(SIGUSR1, Listeners::kNone).displaced);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 0);
  rig_.close(SIGUSR1);
  EXPECT_EQ(standing(SIGUSR1).sa_handler, SIG_DFL);
}

// A thread may have been on its way into our handler while the last user of the signal left.
void run_late(int signo) {
  siginfo_t info{};
  info.si_signo = signo;
  ucontext_t frame{};
  signal_handler(signo, &info, &frame);
}

TEST_F(DispositionRetakeTest, TheRuntimesHandlerIsCalledByALateRunOfOurs) {
  be_the_runtime();
  const Standing winch(SIGWINCH, action_of(SIG_DFL));
  rig_.watch(SIGWINCH);
  replace(SIGWINCH, action_of(&foreign::plain, SA_RESTART));
  EXPECT_TRUE(rig_.dispositions.look(SIGWINCH).displaced);
  rig_.close(SIGWINCH);
  // As it was found over ours before: but it never calls us.
  rig_.watch(SIGWINCH);
  rig_.close(SIGWINCH);
  run_late(SIGWINCH);
  EXPECT_EQ(foreign::calls.load(), 1);
}

TEST_F(DispositionRetakeTest, ALateRunCallsWhatStoodAlthoughAHoldIsEnding) {
  const Standing foreign_first(SIGUSR1, action_of(&foreign::plain));
  rig_.watch(SIGUSR1);
  handler_state().held.add(SIGUSR1);
  rig_.close(SIGUSR1);
  run_late(SIGUSR1);
  handler_state().held.remove(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1);
}

TEST_F(DispositionRetakeTest, TellsAStrangerFromTheRuntime) {
  be_the_runtime();
  rig_.watch(SIGUSR1, Listeners::kLive);
  replace(SIGUSR1, action_of(&foreign::plain, SA_RESTART));
  EXPECT_FALSE(rig_.dispositions.look(SIGUSR1).by_stranger);
  replace(SIGUSR1, action_of(SIG_DFL));
  EXPECT_FALSE(rig_.dispositions.look(SIGUSR1).by_stranger) << "process.off";
  replace(SIGUSR1, action_of(SIG_IGN));
  const Retaken retaken = rig_.dispositions.look(SIGUSR1);
  EXPECT_TRUE(retaken.displaced && retaken.by_stranger);
  EXPECT_EQ(retaken.found.sa_handler, SIG_IGN);
}

TEST_F(DispositionRetakeTest, AScriptIsInterruptedWithAndWithoutListeners) {
  be_the_runtime();
  for (const Listeners listeners : {Listeners::kNone, Listeners::kLive}) {
    const Standing before(SIGINT, action_of(&first_library, SA_RESTART | SA_RESETHAND));
    rig_.watch(SIGINT, listeners);
    replace(SIGINT, action_of(&foreign::plain));
    EXPECT_TRUE(rig_.dispositions.look(SIGINT).displaced);
    foreign::calls.store(0);
    raise_here(SIGINT);
    EXPECT_EQ(foreign::calls.load(), 1);
    rig_.close(SIGINT);
  }
}

}  // namespace
}  // namespace sigbridge
