// Handlers that stood before ours: which are called too, how often, and with what.
#include <pthread.h>

#include <csetjmp>

#include "disposition.h"
#include "handler_rig.h"
#include "process_state.h"
#include "signal_handler.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::HandlerRig;
using test::queue_here;
using test::raise_here;
using test::same;
using test::Standing;
using test::standing;
namespace foreign = test::foreign;

class DispositionChainTest : public test::CleanTest {
 protected:
  // The test program's own functions are the runtime's from now on.
  void be_the_runtime() {
    rig_.dispositions.runtime().set_anchor(reinterpret_cast<const void*>(&foreign::plain));
  }
  // Calls that one raise makes while `action` stands beneath ours.
  int calls_with(int signo, const struct sigaction& action, Listeners listeners) {
    const Standing before(signo, action);
    foreign::calls.store(0);
    rig_.watch(signo, listeners);
    raise_here(signo);
    EXPECT_EQ(rig_.take().size(), 1U);
    rig_.close(signo);
    EXPECT_TRUE(same(standing(signo), action));
    return foreign::calls.load();
  }

  HandlerRig rig_;
};

TEST_F(DispositionChainTest, WithSiginfo) {
  const Standing before(SIGUSR1, action_of(&foreign::with_info));
  rig_.watch(SIGUSR1);
  queue_here(SIGUSR1, 42);
  EXPECT_EQ(rig_.take(1).size(), 1U);
  EXPECT_EQ(foreign::calls.load(), 1);
  EXPECT_EQ(foreign::signo.load(), SIGUSR1);
  EXPECT_EQ(foreign::value.load(), 42);
  EXPECT_TRUE(foreign::had_context.load());
  rig_.close(SIGUSR1);
}

TEST_F(DispositionChainTest, WithoutSiginfo) {
  const Standing before(SIGUSR1, action_of(&foreign::plain));
  rig_.watch(SIGUSR1);
  raise_here(SIGUSR1);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 2);
  EXPECT_EQ(foreign::signo.load(), SIGUSR1);
  EXPECT_EQ(rig_.take().size(), 2U);
  rig_.close(SIGUSR1);
}

TEST_F(DispositionChainTest, NobodyElseIsCalled) {
  const Standing one(SIGUSR1, action_of(&foreign::plain));
  rig_.watch(SIGUSR1);
  rig_.watch(SIGUSR2);
  raise_here(SIGUSR2);
  EXPECT_EQ(foreign::calls.load(), 0);
  rig_.close(SIGUSR1);
}

TEST_F(DispositionChainTest, ResetHandIsCalledOnce) {
  const Standing before(SIGUSR1, action_of(&foreign::plain, SA_RESETHAND));
  rig_.watch(SIGUSR1);
  for (int i = 0; i < 3; ++i) raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1);
  EXPECT_EQ(rig_.take().size(), 3U);
  // The wait thread looks now and then: no reason to call it again.
  EXPECT_FALSE(rig_.dispositions.look(SIGUSR1).displaced);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 1) << "armed again by a look";
  rig_.close(SIGUSR1);
}

TEST_F(DispositionChainTest, ResetHandThatWasCalledLeavesTheDefault) {
  const Standing before(SIGWINCH, action_of(&foreign::plain, SA_RESETHAND));
  rig_.watch(SIGWINCH);
  raise_here(SIGWINCH);
  EXPECT_EQ(foreign::calls.load(), 1);
  rig_.close(SIGWINCH);
  // As the kernel would have left it.
  EXPECT_EQ(standing(SIGWINCH).sa_handler, SIG_DFL);
  raise_here(SIGWINCH);
  EXPECT_EQ(foreign::calls.load(), 1);
}

TEST_F(DispositionChainTest, OneThatCallsBackGivesOneRecord) {
  const Standing before(SIGUSR1, action_of(&foreign::passing_on));
  rig_.watch(SIGUSR1);
  foreign::previous = standing(SIGUSR1);
  for (int i = 0; i < 3; ++i) raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 3);
  EXPECT_EQ(rig_.take().size(), 3U);
  rig_.close(SIGUSR1);
}

// Of a handler that raises its own signal, once: how deep it was when it returned, and whether SIGHUP, which
// is in its sa_mask, was blocked.
std::atomic<int> g_raises{0};
std::atomic<int> g_depth{0};
std::atomic<int> g_deepest{0};
std::atomic<bool> g_mask_held{true};

void raises_again(int signo) {
  const int depth = g_depth.fetch_add(1) + 1;
  foreign::plain(signo);
  if (!current_mask().contains(SIGHUP)) g_mask_held.store(false);
  if (g_raises.exchange(0) > 0) ::pthread_kill(::pthread_self(), signo);
  if (depth > g_deepest.load()) g_deepest.store(depth);
  g_depth.fetch_sub(1);
}

// Deepest nesting.
int raise_with(HandlerRig& rig, unsigned flags) {
  const Standing before(SIGUSR1, action_of(&raises_again, flags, {SIGHUP}));
  rig.watch(SIGUSR1);
  foreign::calls.store(0);
  g_deepest.store(0);
  g_mask_held.store(true);
  g_raises.store(1);
  raise_here(SIGUSR1);
  EXPECT_EQ(foreign::calls.load(), 2);
  EXPECT_EQ(rig.take(2).size(), 2U);
  EXPECT_TRUE(g_mask_held.load());
  EXPECT_FALSE(current_mask().contains(SIGUSR1));
  rig.close(SIGUSR1);
  return g_deepest.load();
}

TEST_F(DispositionChainTest, ItsOwnSignalWaitsUnlessItHasNodefer) {
  if (test::kThreadSanitizer)
    GTEST_SKIP() << "TSan delivers a signal of the thread's own when the handler is over";
  EXPECT_EQ(raise_with(rig_, 0), 1);
  EXPECT_EQ(raise_with(rig_, SA_NODEFER), 2);
  EXPECT_EQ(raise_with(rig_, SA_NODEFER | SA_ONSTACK | SA_RESTART), 2);
}

TEST_F(DispositionChainTest, NodeferOpensNothingThatTheThreadHadBlocked) {
  const Standing before(SIGUSR1, action_of(&raises_again, SA_NODEFER));
  rig_.watch(SIGUSR1);
  siginfo_t info{};
  info.si_signo = SIGUSR1;
  {
    // As a delivery that the wait thread makes later, and as one that sigsuspend() let in.
    const ScopedBlock block(SignalSet::of(SIGUSR1));
    g_deepest.store(0);
    g_raises.store(1);
    call_chained_later(SIGUSR1, &info);
    EXPECT_EQ(g_deepest.load(), 1);
    EXPECT_TRUE(current_mask().contains(SIGUSR1));
  }
  // The one it raised.
  EXPECT_TRUE(test::eventually([] { return foreign::calls.load() == 2; }));
  rig_.close(SIGUSR1);
}

sigjmp_buf g_landing;

void jump_away(int signo) {
  foreign::plain(signo);
  ::siglongjmp(g_landing, 1);
}

// The same stack frame each time, so that the kernel puts each context where the one before was.
[[gnu::noinline]] void raise_and_land(int signo) {
  if (sigsetjmp(g_landing, 1) == 0) raise_here(signo);
}

TEST_F(DispositionChainTest, OneThatJumpsAwayLosesNoLaterDelivery) {
  if (test::kThreadSanitizer) GTEST_SKIP() << "TSan gives each delivery a frame of its own";
  // In a child: a frame that is never given back would spoil every later test.
  const int status = test::run_in_child([] {
    HandlerRig rig;
    const Standing before(SIGUSR1, action_of(&jump_away));
    rig.watch(SIGUSR1);
    // More often than there are places to note a frame in.
    for (int i = 0; i < 100; ++i) raise_and_land(SIGUSR1);
    EXPECT_EQ(foreign::calls.load(), 100);
    EXPECT_EQ(rig.take().size(), 100U);
    rig.close(SIGUSR1);
  });
  EXPECT_EQ(status, 0) << "wait status " << status;
}

TEST_F(DispositionChainTest, TheRuntimesStandInForTheDefaultIsNotCalled) {
  be_the_runtime();
  for (Listeners listeners : {Listeners::kUnknown, Listeners::kNone, Listeners::kLive}) {
    // Node's SIGINT and SIGTERM exit, Node's inspector.
    EXPECT_EQ(calls_with(SIGTERM, action_of(&foreign::plain, SA_RESTART | SA_RESETHAND), listeners), 0);
    EXPECT_EQ(calls_with(SIGUSR1, action_of(&foreign::plain), listeners), 0);
  }
}

TEST_F(DispositionChainTest, TheStandInIsKnownWhileItIsHidden) {
  be_the_runtime();
  const struct sigaction exits = action_of(&foreign::plain, SA_RESTART | SA_RESETHAND);
  const Standing before(SIGTERM, exits);
  // Standing or beneath ours: it is how the runtime ends by the signal.
  ASSERT_TRUE(rig_.dispositions.stand_in(SIGTERM).has_value());
  rig_.watch(SIGTERM, Listeners::kNone);
  const auto stand_in = rig_.dispositions.stand_in(SIGTERM);
  ASSERT_TRUE(stand_in.has_value());
  EXPECT_TRUE(same(*stand_in, exits));
  rig_.close(SIGTERM);
  // Node's inspector has the default's place too, but ends nothing.
  const Standing inspector(SIGUSR1, action_of(&foreign::plain));
  EXPECT_FALSE(rig_.dispositions.stand_in(SIGUSR1).has_value());
}

TEST_F(DispositionChainTest, TheRuntimesHandlerServesLiveListeners) {
  be_the_runtime();
  const struct sigaction serving = action_of(&foreign::plain, SA_RESTART);
  EXPECT_EQ(calls_with(SIGUSR2, serving, Listeners::kLive), 1);
  EXPECT_EQ(calls_with(SIGUSR2, serving, Listeners::kUnknown), 1);
  EXPECT_EQ(calls_with(SIGUSR2, serving, Listeners::kNone), 0);
}

TEST_F(DispositionChainTest, AHandlerThatStaysServesListenersNotItself) {
  be_the_runtime();
  // Deno's: without listeners it ends the process, for the signals that Deno itself handles.
  rig_.dispositions.runtime().set_stay(true);
  const struct sigaction serving = action_of(&foreign::plain, SA_RESTART);
  for (int signo : {SIGHUP, SIGINT, SIGTERM, SIGUSR1}) {
    EXPECT_EQ(calls_with(signo, serving, Listeners::kUnknown), 0) << signal_name(signo);
    EXPECT_EQ(calls_with(signo, serving, Listeners::kNone), 0) << signal_name(signo);
    EXPECT_EQ(calls_with(signo, serving, Listeners::kLive), 1) << signal_name(signo);
  }
  EXPECT_EQ(calls_with(SIGUSR2, serving, Listeners::kUnknown), 1) << "can only be some listener's";
  EXPECT_EQ(calls_with(SIGUSR2, serving, Listeners::kNone), 0);
  EXPECT_EQ(calls_with(SIGUSR2, serving, Listeners::kLive), 1);
}

TEST_F(DispositionChainTest, TheRuntimesSigchldIsAlwaysServed) {
  be_the_runtime();
  for (Listeners listeners : {Listeners::kUnknown, Listeners::kNone, Listeners::kLive}) {
    EXPECT_EQ(calls_with(SIGCHLD, action_of(&foreign::plain, SA_RESTART | SA_NOCLDSTOP), listeners), 1);
    EXPECT_EQ(calls_with(SIGWINCH, action_of(&foreign::plain), listeners), 1);
  }
}

TEST_F(DispositionChainTest, AnotherLibrarysHandlerIsCalledWhateverItsFlags) {
  for (Listeners listeners : {Listeners::kUnknown, Listeners::kNone, Listeners::kLive}) {
    EXPECT_EQ(calls_with(SIGTERM, action_of(&foreign::plain), listeners), 1);
    EXPECT_EQ(calls_with(SIGTERM, action_of(&foreign::with_info, SA_NODEFER), listeners), 1);
  }
}

}  // namespace
}  // namespace sigbridge
