// Ending the process by a signal's default action, as its parent sees it.
#include "exit_by_signal.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::Inbox;
using test::run_in_child;

using ExitBySignalTest = test::CleanTest;

TEST_F(ExitBySignalTest, TheParentSeesTheSignal) {
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind acts out fatal signals itself";
  for (int signo : {SIGTERM, SIGINT, SIGHUP, SIGKILL, SIGUSR1, realtime_max() - 1}) {
    const int status = run_in_child([signo] {
      Inbox inbox;
      EXPECT_EQ(inbox.subscribe({signo}).number, signo == SIGKILL ? EINVAL : 0);
      const ScopedBlock block(SignalSet::blockable());
      exit_by_signal(signo);
    });
    ASSERT_TRUE(WIFSIGNALED(status)) << signal_name(signo) << ", wait status " << status;
    EXPECT_EQ(WTERMSIG(status), signo);
  }
}

TEST_F(ExitBySignalTest, WhereNoSignalEndsItTheExitCodeSaysSo) {
  const int status = run_in_child([] { exit_by_signal(SIGWINCH); });
  ASSERT_TRUE(WIFEXITED(status)) << "wait status " << status;
  EXPECT_EQ(WEXITSTATUS(status), 128 + SIGWINCH);
}

void runtimes_own_end(int) {
  ::_exit(77);
}

TEST_F(ExitBySignalTest, TheRuntimesOwnEndComesFirst) {
  const int status = run_in_child([] {
    Hub::instance().set_runtime(reinterpret_cast<const void*>(&runtimes_own_end), false, false, true);
    test::replace(SIGTERM, action_of(&runtimes_own_end, SA_RESTART | SA_RESETHAND));
    Inbox inbox;
    EXPECT_FALSE(inbox.subscribe({SIGTERM}, Listeners::kNone));
    exit_by_signal(SIGTERM);
  });
  ASSERT_TRUE(WIFEXITED(status)) << "wait status " << status;
  EXPECT_EQ(WEXITSTATUS(status), 77);
}

// Stops in a process group that has somebody outside, in the same session, to wake it: else the kernel throws
// the terminal's stops away.
pid_t ending_by(int signo) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  static_cast<void>(::setpgid(0, 0));
  const ScopedBlock block(SignalSet::blockable());
  exit_by_signal(signo);
}

TEST_F(ExitBySignalTest, AStopStopsAndThenEnds) {
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind acts out stops itself";
  for (int signo : {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU}) {
    const pid_t child = ending_by(signo);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
    ASSERT_TRUE(WIFSTOPPED(status)) << signal_name(signo) << ", wait status " << status;
    EXPECT_EQ(WSTOPSIG(status), signo);
    EXPECT_EQ(::kill(child, SIGCONT), 0);
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status)) << signal_name(signo) << ", wait status " << status;
    EXPECT_EQ(WEXITSTATUS(status), 128 + signo);
  }
}

TEST_F(ExitBySignalTest, ContinueAndIgnoreEndWithTheExitCode) {
  for (int signo : {SIGCONT, SIGCHLD, SIGURG}) {
    const int status = run_in_child([signo] { exit_by_signal(signo); });
    ASSERT_TRUE(WIFEXITED(status)) << signal_name(signo) << ", wait status " << status;
    EXPECT_EQ(WEXITSTATUS(status), 128 + signo);
  }
}

TEST_F(ExitBySignalTest, NobodyTakesThePlaceBetweenTheChangeAndTheSignal) {
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind acts out fatal signals itself";
  for (int i = 0; i < 30; ++i) {
    const int status = run_in_child([] {
      Inbox inbox;
      EXPECT_FALSE(inbox.subscribe({SIGTERM}, Listeners::kNone));
      // As the wait thread's looks, without a pause.
      std::thread([] {
        for (;;) Hub::instance().listeners_changed(SIGTERM, Listeners::kNone);
      }).detach();
      exit_by_signal(SIGTERM);
    });
    ASSERT_TRUE(WIFSIGNALED(status)) << "wait status " << status;
  }
}

}  // namespace
}  // namespace sigbridge
