// The handler, fed with real signals and looked at without a hub: what it records, and what it leaves
// untouched.
#include "signal_handler.h"

#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "faults.h"
#include "handler_rig.h"
#include "process_state.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::HandlerRig;
using test::queue_here;
using test::raise_here;
using test::Standing;

class SignalHandlerTest : public test::CleanTest {
 protected:
  HandlerRig rig_;
};

TEST_F(SignalHandlerTest, RecordsWhatTheKernelSays) {
  rig_.watch(SIGUSR1);
  const int64_t before = monotonic_now();
  queue_here(SIGUSR1, 42);
  const std::vector<SignalRecord> records = rig_.take(1);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].signo, SIGUSR1);
  EXPECT_EQ(records[0].code, SI_QUEUE);
  EXPECT_EQ(records[0].pid, ::getpid());
  EXPECT_EQ(records[0].uid, ::getuid());
  EXPECT_EQ(static_cast<int32_t>(records[0].value_bits), 42);
  EXPECT_GE(records[0].timestamp, before);
  EXPECT_LE(records[0].timestamp, monotonic_now());
}

#ifdef __linux__
TEST_F(SignalHandlerTest, RecordsASignalToOneThread) {
  rig_.watch(SIGUSR1);
  raise_here(SIGUSR1);
  const std::vector<SignalRecord> records = rig_.take();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].code, SI_TKILL);
  EXPECT_EQ(records[0].pid, ::getpid());
}
#endif

TEST_F(SignalHandlerTest, RecordsOnAnyThread) {
  rig_.watch(SIGUSR1);
  std::thread other([] { raise_here(SIGUSR1); });
  other.join();
  EXPECT_EQ(rig_.take().size(), 1U);
}

TEST_F(SignalHandlerTest, RingsOnceUntilAnswered) {
  rig_.watch(SIGUSR1);
  for (int i = 0; i < 100; ++i) raise_here(SIGUSR1);
  EXPECT_EQ(rig_.rings(), 1);
  EXPECT_EQ(rig_.take().size(), 100U);
  rig_.pipe.silence();
  handler_state().bell_rung.store(false);
  raise_here(SIGUSR1);
  EXPECT_EQ(rig_.rings(), 1);
}

TEST_F(SignalHandlerTest, KeepsErrnoWhenThePipeIsFull) {
  rig_.watch(SIGUSR1);
  const char block[4096] = {};
  while (::write(rig_.pipe.write_fd(), block, sizeof block) > 0) {
  }
  ASSERT_EQ(errno, EAGAIN);
  errno = 4242;
  raise_here(SIGUSR1);
  EXPECT_EQ(errno, 4242);
  EXPECT_EQ(rig_.take().size(), 1U);
}

void spoil_errno(int) {
  test::foreign::calls.fetch_add(1);
  errno = EBADF;
}

TEST_F(SignalHandlerTest, KeepsErrnoWhenAChainedHandlerDoesNot) {
  const Standing foreign(SIGUSR1, test::action_of(&spoil_errno));
  rig_.watch(SIGUSR1);
  errno = 4242;
  raise_here(SIGUSR1);
  EXPECT_EQ(errno, 4242);
  EXPECT_EQ(test::foreign::calls.load(), 1);
  rig_.close(SIGUSR1);
}

TEST_F(SignalHandlerTest, AFailedRingKeepsTheRecord) {
  test::Faults faults;
  rig_.watch(SIGUSR1);
  faults.fail("write", EIO);
  raise_here(SIGUSR1);
  EXPECT_EQ(faults.failed("write"), 1);
  EXPECT_EQ(rig_.rings(), 0);
  EXPECT_EQ(rig_.take().size(), 1U);
}

TEST_F(SignalHandlerTest, ABellThatNobodyHearsLeavesNoSigpipeBehind) {
  const Standing foreign(SIGPIPE, test::action_of(&test::foreign::plain));
  rig_.watch(SIGUSR1);
  Result<SelfPipe> spare = SelfPipe::create();
  ASSERT_TRUE(spare.ok());
  handler_state().spare_bell_fd.store(spare.value().write_fd());
  handler_state().bell_error.store(0);
  ASSERT_EQ(::close(rig_.pipe.read_fd()), 0);
  raise_here(SIGUSR1);
  EXPECT_EQ(test::foreign::calls.load(), 0);
  EXPECT_EQ(handler_state().bell_error.load(), EPIPE);
  // The other bell has rung instead.
  EXPECT_TRUE(spare.value().silence());
  EXPECT_EQ(rig_.take().size(), 1U);
  handler_state().spare_bell_fd.store(-1);
}

TEST_F(SignalHandlerTest, RecordsWithoutAPipe) {
  rig_.watch(SIGUSR1);
  handler_state().bell_fd.store(-1);
  raise_here(SIGUSR1);
  EXPECT_EQ(rig_.take().size(), 1U);
  EXPECT_EQ(rig_.rings(), 0);
}

TEST_F(SignalHandlerTest, DoesNothingInAProcessThatIsNotTheOwner) {
  const Standing foreign(SIGUSR1, test::action_of(&test::foreign::plain));
  rig_.watch(SIGUSR1);
  const uint64_t late = handler_state().late.load();
  handler_state().owner.store(::getpid() + 1);
  raise_here(SIGUSR1);
  handler_state().owner.store(::getpid());
  EXPECT_TRUE(rig_.take().empty());
  EXPECT_EQ(handler_state().late.load(), late);
  EXPECT_EQ(rig_.rings(), 0);
  EXPECT_EQ(test::foreign::calls.load(), 0);
  rig_.close(SIGUSR1);
}

TEST_F(SignalHandlerTest, CountsWhatNobodyWatchesAnyMore) {
  const Standing foreign(SIGUSR1, test::action_of(&test::foreign::plain));
  rig_.watch(SIGUSR1);
  handler_state().watched.remove(SIGUSR1);
  const uint64_t late = handler_state().late.load();
  raise_here(SIGUSR1);
  handler_state().watched.add(SIGUSR1);
  EXPECT_EQ(handler_state().late.load(), late + 1);
  EXPECT_TRUE(rig_.take().empty());
  EXPECT_EQ(test::foreign::calls.load(), 1) << "the other handler is told all the same";
  rig_.close(SIGUSR1);
}

TEST_F(SignalHandlerTest, CountsWhatAFullRingRefuses) {
  rig_.watch(SIGUSR1);
  for (uint32_t i = 0; i < record_ring().capacity(); ++i) EXPECT_TRUE(record_ring().push(SignalRecord{}));
  for (int i = 0; i < 3; ++i) raise_here(SIGUSR1);
  EXPECT_EQ(handler_state().overflow[SIGUSR1].load(), 3U);
  EXPECT_EQ(rig_.take().size(), record_ring().capacity());
  EXPECT_EQ(rig_.rings(), 1) << "what was refused must be fetched too";
}

TEST_F(SignalHandlerTest, TakesNoInformationThatIsNotAboutTheSignal) {
  rig_.watch(SIGUSR1);
  siginfo_t rubbish{};
  rubbish.si_signo = SIGUSR2;
  rubbish.si_code = SI_QUEUE;
  rubbish.si_pid = 4711;
  ucontext_t frame{};
  signal_handler(SIGUSR1, &rubbish, &frame);
  signal_handler(SIGUSR1, nullptr, &frame);
  const std::vector<SignalRecord> records = rig_.take();
  ASSERT_EQ(records.size(), 2U);
  for (const SignalRecord& record : records) {
    EXPECT_EQ(record.signo, SIGUSR1);
    EXPECT_EQ(record.pid, 0);
    EXPECT_EQ(record.code, 0);
  }
}

std::atomic<size_t> g_ring_before{0};
std::atomic<size_t> g_ring_after{0};

void raise_another(int) {
  g_ring_before.store(record_ring().size());
  ::pthread_kill(::pthread_self(), SIGUSR2);
  ::pthread_kill(::pthread_self(), realtime_max() - 1);
  g_ring_after.store(record_ring().size());
}

TEST_F(SignalHandlerTest, AnotherSignalWaitsUntilItReturns) {
  const Standing foreign(SIGUSR1, test::action_of(&raise_another));
  for (int signo : {SIGUSR1, SIGUSR2, realtime_max() - 1}) rig_.watch(signo);
  raise_here(SIGUSR1);
  EXPECT_EQ(g_ring_before.load(), 1U);
  EXPECT_EQ(g_ring_after.load(), 1U) << "a nested handler recorded in the middle";
  const std::vector<SignalRecord> records = rig_.take();
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].signo, SIGUSR1);
  rig_.close(SIGUSR1);
}

void raise_suspend(int) {
  ::pthread_kill(::pthread_self(), SIGUSR2);
  g_ring_after.store(static_cast<size_t>(test::foreign::calls.load()));
}

TEST_F(SignalHandlerTest, TheSuspendSignalDoesNotWait) {
  if (test::kThreadSanitizer) GTEST_SKIP() << "TSan runs handlers one after the other";
  const Standing suspend(SIGUSR2, test::action_of(&test::foreign::plain));
  const Standing foreign(SIGUSR1, test::action_of(&raise_suspend));
  rig_.dispositions.set_suspend_signal(SIGUSR2);
  rig_.watch(SIGUSR1);
  raise_here(SIGUSR1);
  EXPECT_EQ(g_ring_after.load(), 1U) << "a runtime that waits for it in a handler would hang";
  rig_.close(SIGUSR1);
}

#ifdef __linux__
std::atomic<uintptr_t> g_stack_pointer{0};

void note_stack(int) {
  char here = 0;
  g_stack_pointer.store(reinterpret_cast<uintptr_t>(&here));
}

// In a child: a handler that runs off this stack hits the page below and ends the process.
void take_six_on_a_small_stack() {
  HandlerRig rig;
  const int signals[] = {SIGUSR1, SIGUSR2, SIGHUP, SIGTERM, SIGWINCH, SIGALRM};
  struct sigaction noting = test::action_of(&note_stack);
  ::sigaction(SIGUSR1, &noting, nullptr);
  for (int signo : signals) rig.watch(signo);
  // libc binds what the handler calls at the first call, which takes a stack of its own; our addon is linked
  // with -z now.
  raise_here(SIGUSR1);

  // The kernel's frame, and two KiB for us. A sanitizer's frames are larger, and valgrind's.
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  size_t size = ::getauxval(AT_MINSIGSTKSZ) + 2048;
  if (test::kSanitizer || test::under_valgrind()) size += 65536;
  const size_t whole = (size + page - 1) / page * page;
  auto* memory = static_cast<char*>(
      ::mmap(nullptr, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(static_cast<void*>(memory), MAP_FAILED);
  ASSERT_EQ(::mprotect(memory, page, PROT_NONE), 0);
  stack_t stack{};
  stack.ss_sp = memory + page;
  stack.ss_size = size;
  ASSERT_EQ(::sigaltstack(&stack, nullptr), 0);
  {
    const ScopedBlock block(SignalSet::blockable());
    for (int signo : signals) ::kill(::getpid(), signo);
  }
  EXPECT_EQ(rig.take(7).size(), 7U);
  const uintptr_t used = g_stack_pointer.load();
  EXPECT_GE(used, reinterpret_cast<uintptr_t>(memory) + page);
  EXPECT_LT(used, reinterpret_cast<uintptr_t>(memory) + page + size);
  stack.ss_flags = SS_DISABLE;
  ::sigaltstack(&stack, nullptr);
}

TEST_F(SignalHandlerTest, SixAtOnceFitOnASmallAlternateStack) {
  if (test::kThreadSanitizer) GTEST_SKIP() << "TSan runs handlers on the thread's own stack";
  const int status = test::run_in_child(&take_six_on_a_small_stack);
  EXPECT_EQ(status, 0) << "wait status " << status;
}
#endif

}  // namespace
}  // namespace sigbridge
