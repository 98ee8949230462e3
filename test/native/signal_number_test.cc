// Names, numbers, codes and default actions: the tables against libc and against the kernel itself.
#include "signal_number.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <set>

#include "process_state.h"

namespace sigbridge {
namespace {

using SignalNumberTest = test::CleanTest;

TEST_F(SignalNumberTest, EveryStandardNameBothWays) {
  std::set<int> numbers;
  for (const NamedSignal& signal : standard_signals()) {
    EXPECT_EQ(signal_number(signal.name), signal.number) << signal.name;
    EXPECT_EQ(signal_name(signal.number), signal.name);
    EXPECT_TRUE(numbers.insert(signal.number).second) << signal.name << " shares its number";
  }
#ifdef __linux__
  for (int signo = 1; signo <= 31; ++signo) EXPECT_TRUE(numbers.contains(signo)) << signo;
  EXPECT_EQ(numbers.size(), 31U);
#endif
}

#ifdef __GLIBC__
TEST_F(SignalNumberTest, AgreesWithLibc) {
  for (int signo = 1; signo <= 31; ++signo) {
    EXPECT_EQ(signal_number(std::string("SIG") + ::sigabbrev_np(signo)), signo);
  }
}
#endif

TEST_F(SignalNumberTest, Aliases) {
  EXPECT_EQ(signal_number("SIGIOT"), SIGABRT);
  EXPECT_EQ(signal_number("SIGCLD"), SIGCHLD);
  EXPECT_EQ(signal_number("SIGPOLL"), SIGIO);
  for (const SignalAlias& alias : signal_aliases()) {
    EXPECT_EQ(signal_number(alias.name), alias.number);
    EXPECT_NE(signal_name(alias.number), alias.name) << "the first name is the one told";
    EXPECT_NE(signal_name(alias.number), "") << alias.name;
  }
}

TEST_F(SignalNumberTest, EveryRealTimeSignalBothWays) {
  ASSERT_GE(realtime_max() - realtime_min(), 7) << "POSIX asks for 8";
  EXPECT_EQ(signal_number("SIGRTMIN"), realtime_min());
  EXPECT_EQ(signal_number("SIGRTMAX"), realtime_max());
  EXPECT_EQ(signal_name(realtime_min()), "SIGRTMIN");
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    EXPECT_TRUE(is_realtime(signo));
    EXPECT_EQ(signal_number(signal_name(signo)), signo);
    if (signo > realtime_min()) {
      EXPECT_EQ(signal_name(signo), "SIGRTMIN+" + std::to_string(signo - realtime_min()));
    }
    if (signo < realtime_max()) {
      EXPECT_EQ(signal_number("SIGRTMAX-" + std::to_string(realtime_max() - signo)), signo);
    }
  }
  EXPECT_FALSE(is_realtime(realtime_min() - 1));
  EXPECT_FALSE(is_realtime(realtime_max() + 1));
}

TEST_F(SignalNumberTest, NoSuchName) {
  const std::string beyond = std::to_string(realtime_max() - realtime_min() + 1);
  const std::string names[] = {"",
                               "SIG",
                               "TERM",
                               "sigterm",
                               "SIGTERM ",
                               " SIGTERM",
                               "SIGFOO",
                               "15",
                               "SIGRT",
                               "SIGRTMIN+",
                               "SIGRTMIN-",
                               "SIGRTMIN-1",
                               "SIGRTMIN+0",
                               "SIGRTMIN+01",
                               "SIGRTMIN+x",
                               "SIGRTMIN+1x",
                               "SIGRTMIN+ 1",
                               "SIGRTMIN+1 ",
                               "SIGRTMIN+-1",
                               "SIGRTMIN++1",
                               "SIGRTMIN1",
                               "SIGRTMIN+99",
                               "SIGRTMAX-",
                               "SIGRTMAX+1",
                               "SIGRTMAX-0",
                               "SIGRTMAX-01",
                               "SIGRTMAX-99",
                               "SIGRTMAXI",
                               "SIGRTMIN+4294967297",
                               "SIGRTMIN+99999999999999999999",
                               "SIGRTMIN+" + beyond,
                               "SIGRTMAX-" + beyond,
                               std::string("SIGTERM\0", 8),
                               std::string("SIGRTMIN+1\0", 11)};
  for (const std::string& name : names) EXPECT_EQ(signal_number(name), 0) << '"' << name << '"';
}

TEST_F(SignalNumberTest, NoSuchNumber) {
  for (int signo : {0, -1, kMaxSignal + 1, 1'000'000, -2'147'483'647})
    EXPECT_EQ(signal_name(signo), "") << signo;
  // What libc keeps for itself.
  for (int signo = 32; signo < realtime_min(); ++signo) EXPECT_EQ(signal_name(signo), "") << signo;
}

TEST_F(SignalNumberTest, CodeNames) {
  EXPECT_EQ(code_name(SIGUSR1, SI_USER), "SI_USER");
  EXPECT_EQ(code_name(SIGUSR1, SI_QUEUE), "SI_QUEUE");
  EXPECT_EQ(code_name(SIGUSR1, SI_TIMER), "SI_TIMER");
  EXPECT_EQ(code_name(SIGUSR1, SI_MESGQ), "SI_MESGQ");
  EXPECT_EQ(code_name(SIGIO, SI_ASYNCIO), "SI_ASYNCIO");
#ifdef __linux__
  EXPECT_EQ(code_name(SIGALRM, SI_KERNEL), "SI_KERNEL");
  EXPECT_EQ(code_name(SIGUSR1, SI_TKILL), "SI_TKILL");
  EXPECT_EQ(code_name(SIGIO, POLL_IN), "POLL_IN");
#endif
  EXPECT_EQ(code_name(SIGCHLD, CLD_EXITED), "CLD_EXITED");
  EXPECT_EQ(code_name(SIGCHLD, CLD_CONTINUED), "CLD_CONTINUED");
  EXPECT_EQ(code_name(SIGSEGV, SEGV_MAPERR), "SEGV_MAPERR");
}

TEST_F(SignalNumberTest, ACodeWithoutANameIsItsNumber) {
  // The small numbers mean something for the signal they belong to alone.
  EXPECT_EQ(code_name(SIGUSR1, CLD_EXITED), std::to_string(CLD_EXITED));
  EXPECT_EQ(code_name(SIGUSR1, -1234), "-1234");
  EXPECT_EQ(code_name(SIGCHLD, 99), "99");
}

TEST_F(SignalNumberTest, DescriptionsAreLibcs) {
  for (const NamedSignal& signal : standard_signals()) {
    EXPECT_EQ(signal_description(signal.number), ::strsignal(signal.number)) << signal.name;
  }
  EXPECT_NE(signal_description(realtime_min() + 1), "");
}

// What the kernel does to a child that has the default disposition.
DefaultAction measured_action(int signo) {
  const pid_t child = ::fork();
  if (child == 0) {
    // A group of its own, with a parent outside of it: the kernel does not stop orphaned groups, and CI's is
    // one.
    static_cast<void>(::setpgid(0, 0));
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::signal(signo, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, nullptr);
    ::kill(::getpid(), signo);
    ::_exit(0);
  }
  // Without this a fork that fails would have kill(-1, SIGKILL) below: every process of the user.
  if (child < 0) {
    ADD_FAILURE() << "fork: " << std::strerror(errno);
    return DefaultAction::kTerminate;
  }
  int status = 0;
  ::waitpid(child, &status, WUNTRACED);
  if (!WIFSTOPPED(status)) return WIFSIGNALED(status) ? DefaultAction::kTerminate : DefaultAction::kIgnore;
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return DefaultAction::kStop;
}

TEST_F(SignalNumberTest, DefaultActionsAreTheKernels) {
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind acts out fatal signals itself";
  for (const NamedSignal& signal : standard_signals()) {
    // From outside a continued process looks like one that ignored it, and a core like any other end.
    DefaultAction expected = default_action(signal.number);
    if (expected == DefaultAction::kContinue) expected = DefaultAction::kIgnore;
    if (expected == DefaultAction::kCore) expected = DefaultAction::kTerminate;
    EXPECT_EQ(measured_action(signal.number), expected) << signal.name;
  }
  EXPECT_EQ(measured_action(realtime_min()), default_action(realtime_min()));
}

}  // namespace
}  // namespace sigbridge
