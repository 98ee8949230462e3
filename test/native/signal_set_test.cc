// SignalSet, the scoped mask, and the thread that is born with everything blocked.
#include "signal_set.h"

#include <atomic>
#include <cstring>

#include "faults.h"
#include "masked_thread.h"
#include "process_state.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::bits_of;

using SignalSetTest = test::CleanTest;
using ThreadMaskTest = test::CleanTest;
using MaskedThreadTest = test::CleanTest;

TEST_F(SignalSetTest, AddsAndRemoves) {
  SignalSet set;
  EXPECT_EQ(bits_of(set), 0U);
  set.add(SIGUSR1).add(realtime_max()).add(SIGTERM).remove(SIGTERM);
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    EXPECT_EQ(set.contains(signo), signo == SIGUSR1 || signo == realtime_max()) << signo;
  }
  EXPECT_EQ(bits_of(SignalSet::of(SIGHUP)), uint64_t{1} << (SIGHUP - 1));
}

TEST_F(SignalSetTest, WhatIsNoSignalIsNeverIn) {
  SignalSet set = SignalSet::full();
  EXPECT_FALSE(set.contains(0));
  EXPECT_FALSE(set.contains(-1));
  EXPECT_FALSE(set.contains(kMaxSignal + 1));
  set.add(0).add(-1).add(kMaxSignal + 1);
  EXPECT_EQ(bits_of(set), bits_of(SignalSet::full()));
}

TEST_F(SignalSetTest, BlockableIsEverythingButTheFaults) {
  const SignalSet blockable = SignalSet::blockable();
  for (int signo : kSynchronousFaults) EXPECT_FALSE(blockable.contains(signo)) << signal_name(signo);
  for (int signo : {SIGHUP, SIGINT, SIGTERM, SIGCHLD, SIGURG, SIGPIPE, realtime_min(), realtime_max()}) {
    EXPECT_TRUE(blockable.contains(signo)) << signal_name(signo);
  }
}

TEST_F(ThreadMaskTest, ScopedBlockPutsBackExactlyWhatWas) {
  const SignalSet own = SignalSet::of(SIGUSR2).add(realtime_min() + 3);
  sigset_t outside;
  pthread_sigmask(SIG_BLOCK, &own.native(), &outside);
  const uint64_t before = bits_of(current_mask());
  {
    // One of the two was blocked already: it must stay so afterwards.
    const ScopedBlock block(SignalSet::of(SIGUSR1).add(SIGUSR2));
    EXPECT_EQ(bits_of(current_mask()), before | bits_of(SignalSet::of(SIGUSR1)));
    {
      const ScopedBlock inner(SignalSet::blockable());
      EXPECT_EQ(bits_of(current_mask()) & bits_of(SignalSet::of(SIGTERM)), bits_of(SignalSet::of(SIGTERM)));
    }
    EXPECT_EQ(bits_of(current_mask()), before | bits_of(SignalSet::of(SIGUSR1)));
  }
  EXPECT_EQ(bits_of(current_mask()), before);
  pthread_sigmask(SIG_SETMASK, &outside, nullptr);
}

TEST_F(ThreadMaskTest, ScopedBlockUndoesWhatHappenedInside) {
  const uint64_t before = bits_of(current_mask());
  {
    const ScopedBlock block(SignalSet::of(SIGUSR1));
    const SignalSet more = SignalSet::of(SIGWINCH);
    pthread_sigmask(SIG_BLOCK, &more.native(), nullptr);
  }
  EXPECT_EQ(bits_of(current_mask()), before);
}

struct Seen {
  std::atomic<uint64_t> mask{0};
  char name[16] = {};
};

void* look_at_thread(void* data) {
  auto* seen = static_cast<Seen*>(data);
  seen->mask.store(bits_of(current_mask()));
  // The name is given by the creator, in its own time.
  static_cast<void>(test::eventually([seen] {
    return ::pthread_getname_np(::pthread_self(), seen->name, sizeof seen->name) == 0 &&
           std::strcmp(seen->name, "sigbridge-test") == 0;
  }));
  return nullptr;
}

TEST_F(MaskedThreadTest, IsBornWithEverythingBlocked) {
  const uint64_t before = bits_of(current_mask());
  Seen seen;
  MaskedThread thread;
  EXPECT_FALSE(thread.running());
  ASSERT_FALSE(thread.start("sigbridge-test", &look_at_thread, &seen));
  EXPECT_TRUE(thread.running());
  EXPECT_EQ(bits_of(current_mask()), before);
  thread.join();
  EXPECT_FALSE(thread.running());
  thread.join();
  for (const NamedSignal& signal : standard_signals()) {
    const bool blocked = (seen.mask.load() & bits_of(SignalSet::of(signal.number))) != 0;
    const bool can_be = signal.number != SIGKILL && signal.number != SIGSTOP;
    EXPECT_EQ(blocked, can_be && SignalSet::blockable().contains(signal.number)) << signal.name;
  }
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    // valgrind keeps the last one for itself.
    if (signo == realtime_max() && test::under_valgrind()) continue;
    EXPECT_NE(seen.mask.load() & bits_of(SignalSet::of(signo)), 0U) << signal_name(signo);
  }
  EXPECT_STREQ(seen.name, "sigbridge-test");
}

TEST_F(MaskedThreadTest, CanBeStartedAgain) {
  MaskedThread thread;
  for (int round = 0; round < 3; ++round) {
    Seen seen;
    ASSERT_FALSE(thread.start("sigbridge-test", &look_at_thread, &seen));
    thread.join();
    EXPECT_NE(seen.mask.load(), 0U);
  }
}

TEST_F(MaskedThreadTest, NoThreadNoTrace) {
  test::Faults faults;
  faults.fail("pthread_create", EAGAIN);
  const uint64_t before = bits_of(current_mask());
  MaskedThread thread;
  const PosixError failure = thread.start("sigbridge-test", &look_at_thread, nullptr);
  EXPECT_EQ(failure.number, EAGAIN);
  EXPECT_STREQ(failure.syscall, "pthread_create");
  EXPECT_FALSE(thread.running());
  EXPECT_EQ(bits_of(current_mask()), before);
  thread.join();
}

}  // namespace
}  // namespace sigbridge
