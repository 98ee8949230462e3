// make_record: what is kept of a real siginfo_t, and what is left out because it means nothing.
#include "signal_record.h"

#include <sys/wait.h>
#include <unistd.h>

#include <ctime>

#include "process_state.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

// The signal is blocked and taken with sigtimedwait: the siginfo_t is the kernel's.
class SignalRecordTest : public test::CleanTest {
 protected:
  SignalRecord record_of(int signo) {
    const SignalSet only = SignalSet::of(signo);
    const timespec patience{10, 0};
    siginfo_t info{};
    int taken = -1;
    do {
      taken = ::sigtimedwait(&only.native(), &info, &patience);
    } while (taken < 0 && errno == EINTR);
    EXPECT_EQ(taken, signo);
    return make_record(signo, &info, 12345);
  }

 private:
  const ScopedBlock block_{SignalSet::of(SIGUSR1).add(SIGCHLD).add(SIGALRM).add(realtime_min() + 2)};
};

TEST_F(SignalRecordTest, FromKill) {
  ::kill(::getpid(), SIGUSR1);
  const SignalRecord record = record_of(SIGUSR1);
  EXPECT_EQ(record.signo, SIGUSR1);
  EXPECT_EQ(record.code, SI_USER);
  EXPECT_EQ(record.pid, ::getpid());
  EXPECT_EQ(record.uid, ::getuid());
  EXPECT_EQ(record.value_bits, 0);
  EXPECT_EQ(record.status, 0);
  EXPECT_EQ(record.count, 1);
  EXPECT_EQ(record.timestamp, 12345);
}

TEST_F(SignalRecordTest, FromSigqueue) {
  union sigval payload {};
  payload.sival_ptr = reinterpret_cast<void*>(static_cast<uintptr_t>(0xfedcba9876543210ULL));
  ::sigqueue(::getpid(), realtime_min() + 2, payload);
  const SignalRecord record = record_of(realtime_min() + 2);
  EXPECT_EQ(record.code, SI_QUEUE);
  EXPECT_EQ(record.pid, ::getpid());
  EXPECT_EQ(record.uid, ::getuid());
  EXPECT_EQ(static_cast<uint64_t>(record.value_bits), 0xfedcba9876543210ULL);
}

TEST_F(SignalRecordTest, FromSigqueueWithANegativeInt) {
  union sigval payload {};
  payload.sival_int = -1;
  ::sigqueue(::getpid(), SIGUSR1, payload);
  EXPECT_EQ(static_cast<int32_t>(record_of(SIGUSR1).value_bits), -1);
}

#ifdef SI_TKILL
TEST_F(SignalRecordTest, FromTgkill) {
  // Made by hand: glibc's sigtimedwait tells SI_TKILL as SI_USER.
  siginfo_t info{};
  info.si_signo = SIGUSR1;
  info.si_code = SI_TKILL;
  info.si_pid = 4711;
  info.si_uid = 4712;
  const SignalRecord record = make_record(SIGUSR1, &info, 1);
  EXPECT_EQ(record.code, SI_TKILL);
  EXPECT_EQ(record.pid, 4711);
  EXPECT_EQ(record.uid, 4712U);
}
#endif

TEST_F(SignalRecordTest, FromAChildThatExits) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(7);
  const SignalRecord record = record_of(SIGCHLD);
  EXPECT_EQ(record.code, CLD_EXITED);
  EXPECT_EQ(record.pid, child);
  EXPECT_EQ(record.uid, ::getuid());
  EXPECT_EQ(record.status, 7);
  EXPECT_EQ(record.value_bits, 0);
  ::waitpid(child, nullptr, 0);
}

TEST_F(SignalRecordTest, FromAChildThatIsKilled) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  // kill(-1, ...) would be every process of the user.
  ASSERT_GT(child, 0);
  ::kill(child, SIGKILL);
  const SignalRecord record = record_of(SIGCHLD);
  EXPECT_EQ(record.code, CLD_KILLED);
  EXPECT_EQ(record.pid, child);
  EXPECT_EQ(record.status, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_F(SignalRecordTest, ASigchldThatWasSentIsNoChild) {
  ::kill(::getpid(), SIGCHLD);
  const SignalRecord record = record_of(SIGCHLD);
  EXPECT_EQ(record.code, SI_USER);
  EXPECT_EQ(record.pid, ::getpid());
  EXPECT_EQ(record.status, 0);
}

TEST_F(SignalRecordTest, FromATimer) {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  event.sigev_value.sival_int = 42;
  timer_t timer{};
  ASSERT_EQ(::timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
  const itimerspec soon{{0, 0}, {0, 1}};
  ASSERT_EQ(::timer_settime(timer, 0, &soon, nullptr), 0);
  const SignalRecord record = record_of(SIGUSR1);
  ::timer_delete(timer);
  EXPECT_EQ(record.code, SI_TIMER);
  EXPECT_EQ(static_cast<int32_t>(record.value_bits), 42);
  // In a timer's siginfo_t the sender's place holds the timer's id and overrun.
  EXPECT_EQ(record.pid, 0);
  EXPECT_EQ(record.uid, 0U);
}

TEST_F(SignalRecordTest, FromATimerThatExpiredUnnoticed) {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = realtime_min() + 2;
  timer_t timer{};
  ASSERT_EQ(::timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
  const itimerspec often{{0, 1'000'000}, {0, 1'000'000}};
  const int64_t start = monotonic_now();
  ASSERT_EQ(::timer_settime(timer, 0, &often, nullptr), 0);
  while (monotonic_now() < start + 20'000'000) ::sched_yield();
  const SignalRecord record = record_of(realtime_min() + 2);
  const int64_t end = monotonic_now();
  ::timer_delete(timer);
  EXPECT_EQ(record.code, SI_TIMER);
  EXPECT_EQ(record.count, 1);
  EXPECT_GE(record.status, 17);
  EXPECT_LE(record.status, (end - start) / 1'000'000);
  EXPECT_EQ(record.pid, 0);
  EXPECT_EQ(record.uid, 0U);
}

TEST_F(SignalRecordTest, ACodeFromTheKernelHasNoSender) {
  siginfo_t info{};
  info.si_signo = SIGALRM;
  info.si_code = 0x80;  // SI_KERNEL, where a platform has it
  info.si_pid = 4711;
  info.si_uid = 4712;
  const SignalRecord record = make_record(SIGALRM, &info, 1);
  EXPECT_EQ(record.code, 0x80);
  EXPECT_EQ(record.pid, 0);
  EXPECT_EQ(record.uid, 0U);
  EXPECT_EQ(record.value_bits, 0);
}

TEST_F(SignalRecordTest, WithoutInformation) {
  const SignalRecord record = make_record(SIGUSR2, nullptr, 99);
  EXPECT_EQ(record.signo, SIGUSR2);
  EXPECT_EQ(record.count, 1);
  EXPECT_EQ(record.timestamp, 99);
  EXPECT_EQ(record.code, 0);
  EXPECT_EQ(record.pid, 0);
  EXPECT_EQ(record.uid, 0U);
  EXPECT_EQ(record.value_bits, 0);
  EXPECT_EQ(record.status, 0);
}

TEST_F(SignalRecordTest, MergedCountsStopAtTheLargest) {
  SignalRecord earlier = make_record(SIGUSR2, nullptr, 1);
  earlier.count = std::numeric_limits<int32_t>::max() - 1;
  merge(earlier, make_record(SIGUSR2, nullptr, 2));
  EXPECT_EQ(earlier.count, std::numeric_limits<int32_t>::max());
  merge(earlier, make_record(SIGUSR2, nullptr, 3));
  EXPECT_EQ(earlier.count, std::numeric_limits<int32_t>::max());
  EXPECT_EQ(earlier.timestamp, 3);
}

TEST_F(SignalRecordTest, TheClockDoesNotGoBack) {
  const int64_t first = monotonic_now();
  const int64_t second = monotonic_now();
  EXPECT_GT(first, 0);
  EXPECT_GE(second, first);
}

}  // namespace
}  // namespace sigbridge
