// Dispositions: what stood comes back exactly, what we install is exact too, and a failure changes nothing.
#include "disposition.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "faults.h"
#include "handler_rig.h"
#include "process_state.h"
#include "signal_handler.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::HandlerRig;
using test::raise_here;
using test::same;
using test::Standing;
using test::standing;

class DispositionTest : public test::CleanTest {
 protected:
  // What stands after our coming and going, as the kernel has it.
  void expect_round_trip(int signo, const struct sigaction& action, const char* what) {
    const Standing before(signo, action);
    const struct sigaction exactly = standing(signo);
    rig_.watch(signo);
    EXPECT_FALSE(same(standing(signo), exactly)) << what;
    rig_.close(signo);
    EXPECT_TRUE(same(standing(signo), exactly)) << what;
  }

  HandlerRig rig_;
};

TEST_F(DispositionTest, WhatWeInstall) {
  rig_.watch(SIGUSR1);
  const struct sigaction ours = standing(SIGUSR1);
  EXPECT_EQ(ours.sa_sigaction, &signal_handler);
  const int posix_flags =
      SA_SIGINFO | SA_RESTART | SA_ONSTACK | SA_NODEFER | SA_RESETHAND | SA_NOCLDSTOP | SA_NOCLDWAIT;
  EXPECT_EQ(ours.sa_flags & posix_flags, SA_SIGINFO | SA_RESTART | SA_ONSTACK);
  SignalSet expected = SignalSet::blockable().remove(SIGKILL).remove(SIGSTOP);
  const SignalSet mask = SignalSet(ours.sa_mask).remove(SIGKILL).remove(SIGSTOP);
  EXPECT_EQ(test::bits_of(mask), test::bits_of(expected));
}

TEST_F(DispositionTest, TheSuspendSignalStaysOpen) {
  rig_.dispositions.set_suspend_signal(SIGUSR2);
  rig_.watch(SIGUSR1);
  const SignalSet mask(standing(SIGUSR1).sa_mask);
  EXPECT_FALSE(mask.contains(SIGUSR2));
  EXPECT_TRUE(mask.contains(SIGTERM));
}

TEST_F(DispositionTest, DefaultAndIgnoreComeBack) {
  for (int signo : {SIGHUP, SIGTERM, SIGCHLD, SIGWINCH, realtime_min(), realtime_max() - 1}) {
    expect_round_trip(signo, action_of(SIG_DFL), "default");
    expect_round_trip(signo, action_of(SIG_IGN), "ignore");
    expect_round_trip(signo, action_of(SIG_IGN, SA_RESTART, {SIGUSR2}), "ignore with flags");
  }
}

TEST_F(DispositionTest, HandlersComeBackWithFlagsAndMask) {
  const unsigned combinations[] = {0,
                                   SA_RESTART,
                                   SA_ONSTACK,
                                   SA_NODEFER,
                                   SA_RESETHAND,
                                   SA_NOCLDSTOP,
                                   SA_NOCLDSTOP | SA_NOCLDWAIT,
                                   SA_RESTART | SA_ONSTACK | SA_NODEFER | SA_RESETHAND};
  for (const unsigned flags : combinations) {
    const std::string what = "flags " + std::to_string(flags);
    expect_round_trip(SIGUSR1, action_of(&test::foreign::plain, flags), what.c_str());
    expect_round_trip(SIGUSR1, action_of(&test::foreign::with_info, flags), what.c_str());
    expect_round_trip(SIGCHLD,
                      action_of(&test::foreign::with_info, flags, {SIGUSR2, SIGTERM, realtime_min() + 1}),
                      what.c_str());
  }
}

TEST_F(DispositionTest, AnIgnoredSignalIsRecordedAndIgnoredAgain) {
  const Standing ignored(SIGHUP, action_of(SIG_IGN));
  rig_.watch(SIGHUP);
  raise_here(SIGHUP);
  EXPECT_EQ(rig_.take().size(), 1U);
  rig_.close(SIGHUP);
  raise_here(SIGHUP);
  EXPECT_TRUE(rig_.take().empty());
}

TEST_F(DispositionTest, WhoeverCameLaterStays) {
  const Standing whatever(SIGUSR1);
  rig_.watch(SIGUSR1);
  test::replace(SIGUSR1, action_of(&test::foreign::plain, SA_NODEFER));
  rig_.close(SIGUSR1);
  EXPECT_TRUE(same(standing(SIGUSR1), action_of(&test::foreign::plain, SA_NODEFER)));
}

TEST_F(DispositionTest, InstallFailsWithoutATrace) {
  const Standing foreign(SIGUSR1, action_of(&test::foreign::plain, SA_RESTART));
  const struct sigaction exactly = standing(SIGUSR1);
  handler_state().chain[SIGUSR1].entry.store(0);
  // The look, then the change.
  for (int after : {0, 1}) {
    test::Faults faults;
    faults.fail("sigaction", EINVAL, after);
    const PosixError failure = rig_.dispositions.install(SIGUSR1, Listeners::kUnknown);
    EXPECT_EQ(failure.number, EINVAL) << after;
    EXPECT_STREQ(failure.syscall, "sigaction");
    EXPECT_TRUE(same(standing(SIGUSR1), exactly));
    EXPECT_EQ(handler_state().chain[SIGUSR1].entry.load(), 0U);
  }
  // Nothing is remembered that a later put_back would act on.
  test::replace(SIGUSR1, action_of(SIG_IGN));
  rig_.dispositions.put_back(SIGUSR1);
  EXPECT_TRUE(same(standing(SIGUSR1), action_of(SIG_IGN)));
}

TEST_F(DispositionTest, WhatCannotBeCaught) {
  EXPECT_EQ(rig_.dispositions.install(SIGKILL, Listeners::kUnknown).number, EINVAL);
  EXPECT_EQ(rig_.dispositions.install(SIGSTOP, Listeners::kUnknown).number, EINVAL);
}

TEST_F(DispositionTest, BorrowsAPlaceForAMoment) {
  const Standing foreign(SIGURG, action_of(&test::foreign::plain, SA_RESTART));
  const struct sigaction exactly = standing(SIGURG);
  ASSERT_TRUE(rig_.dispositions.borrow(SIGURG));
  EXPECT_EQ(standing(SIGURG).sa_sigaction, &signal_handler);
  raise_here(SIGURG);
  EXPECT_EQ(test::foreign::calls.load(), 1);
  rig_.dispositions.give_back_borrowed(SIGURG);
  EXPECT_TRUE(same(standing(SIGURG), exactly));
  // Where we stand anyhow there is nothing to borrow.
  rig_.watch(SIGURG);
  EXPECT_FALSE(rig_.dispositions.borrow(SIGURG));
  rig_.close(SIGURG);
}

// The mark stays after the hold for a handler that is late.
TEST_F(DispositionTest, BorrowsAPlaceAfterAHoldHasEnded) {
  const int status = test::run_in_child([this] {
    ::alarm(10);
    handler_state().owner.store(::getpid());
    const Standing foreign(SIGURG, action_of(&test::foreign::plain));
    handler_state().resend.add(SIGURG);
    ASSERT_TRUE(rig_.dispositions.borrow(SIGURG));
    raise_here(SIGURG);
    EXPECT_EQ(test::foreign::calls.load(), 1);
    rig_.dispositions.give_back_borrowed(SIGURG);
  });
  EXPECT_EQ(status, 0);
}

TEST_F(DispositionTest, QueryTellsWhatStands) {
  const Standing whatever(SIGUSR1, action_of(SIG_DFL));
  Result<DispositionInfo> info = rig_.dispositions.query(SIGUSR1);
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info.value().kind, DispositionInfo::Kind::kDefault);
  EXPECT_FALSE(info.value().ours);
  EXPECT_TRUE(info.value().flags.empty());

  test::replace(SIGUSR1, action_of(SIG_IGN));
  info = rig_.dispositions.query(SIGUSR1);
  EXPECT_EQ(info.value().kind, DispositionInfo::Kind::kIgnore);

  test::replace(SIGUSR1, action_of(&test::foreign::with_info, SA_NODEFER | SA_RESETHAND));
  info = rig_.dispositions.query(SIGUSR1);
  EXPECT_EQ(info.value().kind, DispositionInfo::Kind::kHandler);
  EXPECT_FALSE(info.value().ours);
  EXPECT_EQ(std::vector<std::string>(info.value().flags.begin(), info.value().flags.end()),
            (std::vector<std::string>{"SA_SIGINFO", "SA_NODEFER", "SA_RESETHAND"}));
  EXPECT_NE(info.value().library.find("sigbridge_tests"), std::string::npos) << info.value().library;

  rig_.watch(SIGUSR1);
  info = rig_.dispositions.query(SIGUSR1);
  EXPECT_TRUE(info.value().ours);
  EXPECT_EQ(info.value().flags.size(), 3U);
}

TEST_F(DispositionTest, QueryNamesTheLibraryAndTheSymbol) {
  const Standing in_libc(SIGUSR1, action_of(&::_exit));
  Result<DispositionInfo> info = rig_.dispositions.query(SIGUSR1);
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info.value().kind, DispositionInfo::Kind::kHandler);
  if (test::kSanitizer) return;  // A sanitizer's runtime may put its own _exit before libc's.
  EXPECT_NE(info.value().library.find("libc"), std::string::npos) << info.value().library;
  EXPECT_EQ(info.value().symbol.find("_"), 0U) << info.value().symbol;
}

TEST_F(DispositionTest, QueryFailsByName) {
  for (int signo : {0, -1, kMaxSignal + 1}) {
    Result<DispositionInfo> info = rig_.dispositions.query(signo);
    ASSERT_FALSE(info.ok()) << signo;
    EXPECT_EQ(info.error().number, EINVAL);
    EXPECT_STREQ(info.error().syscall, "sigaction");
  }
}

TEST_F(DispositionTest, FindsTheSuspendSignalByWhatItIs) {
  rig_.dispositions.runtime().set_anchor(reinterpret_cast<const void*>(&test::foreign::plain));
  const Standing pwr(SIGPWR, action_of(&test::foreign::plain));
  const Standing usr1(SIGUSR1, action_of(SIG_DFL));
  const Standing usr2(SIGUSR2, action_of(SIG_DFL));
  EXPECT_EQ(rig_.dispositions.runtime().find_suspend_signal(), 0) << "a handler without SA_SIGINFO";
  test::replace(SIGUSR1, action_of(&test::foreign::with_info));
  EXPECT_EQ(rig_.dispositions.runtime().find_suspend_signal(), SIGUSR1);
  test::replace(SIGPWR, action_of(&test::foreign::with_info));
  EXPECT_EQ(rig_.dispositions.runtime().find_suspend_signal(), SIGPWR);
  test::replace(SIGUSR2, action_of(&test::foreign::with_info));
  ::setenv("JSC_SIGNAL_FOR_GC", "12", 1);
  EXPECT_EQ(rig_.dispositions.runtime().find_suspend_signal(), SIGUSR2);
  ::setenv("JSC_SIGNAL_FOR_GC", "rubbish", 1);
  EXPECT_EQ(rig_.dispositions.runtime().find_suspend_signal(), SIGPWR);
  ::unsetenv("JSC_SIGNAL_FOR_GC");
  // Another library's, when no runtime is known.
  rig_.dispositions.runtime().set_anchor(nullptr);
  EXPECT_EQ(rig_.dispositions.runtime().find_suspend_signal(), 0);
}

TEST_F(DispositionTest, AChildGetsTheDefault) {
  const Standing ignored(SIGUSR2, action_of(SIG_IGN));
  rig_.watch(SIGUSR1);
  const int status = test::run_in_child([] {
    reset_handlers_in_child();
    EXPECT_TRUE(same(standing(SIGUSR1), action_of(SIG_DFL)));
    EXPECT_TRUE(same(standing(SIGUSR2), action_of(SIG_IGN)));
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(standing(SIGUSR1).sa_sigaction, &signal_handler);
}

TEST_F(DispositionTest, AChildGoesOnIgnoringWhatWasIgnored) {
  const Standing ignored(SIGPIPE, action_of(SIG_IGN));
  rig_.watch(SIGPIPE);
  EXPECT_EQ(test::run_in_child([] {
              reset_handlers_in_child();
              EXPECT_TRUE(same(standing(SIGPIPE), action_of(SIG_IGN)));
            }),
            0);
  // Another library has come since: it is not ignored any more.
  test::replace(SIGPIPE, action_of(&test::foreign::plain));
  EXPECT_TRUE(rig_.dispositions.look(SIGPIPE).displaced);
  EXPECT_EQ(test::run_in_child([] {
              reset_handlers_in_child();
              EXPECT_TRUE(same(standing(SIGPIPE), action_of(SIG_DFL)));
            }),
            0);
}

}  // namespace
}  // namespace sigbridge
