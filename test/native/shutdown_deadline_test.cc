// A shutdown's deadline: what it says when, and that the hub's wait thread acts on it while nobody else does.
#include "shutdown_deadline.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "send.h"

namespace sigbridge {
namespace {

using test::CleanTest;
using test::Inbox;
using test::raise_here;
using test::run_in_child;

constexpr int64_t kMs = 1'000'000;

ShutdownPlan plan_of(int64_t timeout_ms, int end = kEndBySignal) {
  ShutdownPlan plan;
  plan.signals = SignalSet::of(SIGTERM);
  plan.timeout = timeout_ms * kMs;
  plan.end = end;
  return plan;
}

SignalRecord record_of(int signo, int64_t at_ms, int code = SI_USER) {
  SignalRecord record{};
  record.signo = signo;
  record.code = code;
  record.count = 1;
  record.timestamp = at_ms * kMs;
  return record;
}

TEST(ShutdownDeadline, IsArmedByItsSignalsAlone) {
  ShutdownDeadline deadline;
  EXPECT_FALSE(deadline.came(record_of(SIGTERM, 1)));
  deadline.open(plan_of(500), 0);
  EXPECT_EQ(deadline.next_look(), ShutdownDeadline::kNever);
  EXPECT_FALSE(deadline.came(record_of(SIGUSR1, 1)));
  EXPECT_FALSE(deadline.started());
  EXPECT_TRUE(deadline.came(record_of(SIGTERM, 100)));
  // From when the handler ran, not from when somebody looked.
  EXPECT_EQ(deadline.due(), 600 * kMs);
  EXPECT_EQ(deadline.next_look(), 600 * kMs);
  EXPECT_FALSE(deadline.look(599 * kMs).end);
  deadline.close();
  EXPECT_FALSE(deadline.look(601 * kMs).end);
}

TEST(ShutdownDeadline, TellsWhetherTheLoopOrAStepIsLate) {
  ShutdownDeadline deadline;
  deadline.open(plan_of(500), 0);
  deadline.came(record_of(SIGTERM, 100));
  EXPECT_EQ(
      deadline.look(600 * kMs).line,
      "sigbridge: shutdown by SIGTERM: time is up after 500 ms: the event loop has been stuck for 500 ms; "
      "ending by SIGTERM\n");
  deadline.at("step 'db'", 120 * kMs);
  EXPECT_EQ(
      deadline.look(600 * kMs).line,
      "sigbridge: shutdown by SIGTERM: time is up after 500 ms: the event loop has been stuck for 480 ms, "
      "in step 'db'; ending by SIGTERM\n");
  deadline.beat(580 * kMs);
  const ShutdownDeadline::Verdict verdict = deadline.look(600 * kMs);
  EXPECT_EQ(
      verdict.line,
      "sigbridge: shutdown by SIGTERM: time is up after 500 ms: step 'db' not finished; ending by SIGTERM\n");
  EXPECT_TRUE(verdict.end);
  EXPECT_EQ(verdict.signo, SIGTERM);
  EXPECT_EQ(verdict.code, kEndBySignal);
}

TEST(ShutdownDeadline, KeepsAsMuchOfALongNameAsItHasRoomFor) {
  ShutdownDeadline deadline;
  deadline.open(plan_of(500, 3), 0);
  deadline.came(record_of(SIGTERM, 0));
  deadline.at(std::string(5000, 'x'), 0);
  deadline.beat(499 * kMs);
  EXPECT_EQ(deadline.look(500 * kMs).line, "sigbridge: shutdown by SIGTERM: time is up after 500 ms: " +
                                               std::string(ShutdownDeadline::kLongestStep, 'x') +
                                               " not finished; ending with code 3\n");
}

TEST(ShutdownDeadline, ASecondSignalEndsItAtOnceWhereItMay) {
  ShutdownDeadline deadline;
  deadline.open(plan_of(500), 0);
  deadline.came(record_of(SIGTERM, 100));
  EXPECT_TRUE(deadline.came(record_of(SIGTERM, 110)));
  EXPECT_EQ(deadline.next_look(), 0);
  const ShutdownDeadline::Verdict verdict = deadline.look(111 * kMs);
  EXPECT_TRUE(verdict.end);
  EXPECT_NE(verdict.line.find("second SIGTERM after 11 ms"), std::string::npos) << verdict.line;

  ShutdownPlan patient = plan_of(500);
  patient.second_forces = false;
  deadline.open(patient, 0);
  deadline.came(record_of(SIGTERM, 100));
  EXPECT_FALSE(deadline.came(record_of(SIGTERM, 110)));
  EXPECT_FALSE(deadline.look(111 * kMs).end);
}

#ifdef SI_KERNEL
TEST(ShutdownDeadline, AnEchoOfTheTerminalsSignalIsNoSecondOne) {
  ShutdownDeadline deadline;
  deadline.open(plan_of(5000), 0);
  deadline.came(record_of(SIGTERM, 100, SI_KERNEL));
  EXPECT_FALSE(deadline.came(record_of(SIGTERM, 101, SI_USER)));
  EXPECT_TRUE(deadline.came(record_of(SIGTERM, 700, SI_USER)));
}
#endif

TEST(ShutdownDeadline, ByHandItEndsAsItWasTold) {
  ShutdownDeadline deadline;
  deadline.open(plan_of(500), 0);
  deadline.start(SIGINT, 1, 100 * kMs);
  deadline.start(SIGTERM, 9, 200 * kMs);
  EXPECT_EQ(deadline.due(), 600 * kMs);
  const ShutdownDeadline::Verdict late = deadline.look(600 * kMs);
  EXPECT_EQ(late.code, 1);
  EXPECT_NE(late.line.find("shutdown: time is up"), std::string::npos) << late.line;
  // The first signal is the first one all the same; two of them are in a hurry.
  EXPECT_FALSE(deadline.came(record_of(SIGTERM, 150)));
  EXPECT_FALSE(deadline.look(160 * kMs).end);
  EXPECT_TRUE(deadline.came(record_of(SIGTERM, 170)));
  const ShutdownDeadline::Verdict forced = deadline.look(171 * kMs);
  EXPECT_TRUE(forced.end);
  EXPECT_EQ(forced.code, kEndBySignal);
  EXPECT_EQ(forced.signo, SIGTERM);
}

TEST(ShutdownDeadline, AHeartThatStopsIsToldOnceAnEpisode) {
  ShutdownPlan plan = plan_of(500);
  plan.heartbeat = 200 * kMs;
  ShutdownDeadline deadline;
  deadline.open(plan, 0);
  EXPECT_EQ(deadline.next_look(), 200 * kMs);
  EXPECT_FALSE(deadline.beat(50 * kMs));
  EXPECT_EQ(deadline.look(200 * kMs).line, "");
  EXPECT_EQ(deadline.next_look(), 250 * kMs);
  const ShutdownDeadline::Verdict verdict = deadline.look(251 * kMs);
  EXPECT_EQ(verdict.line, "sigbridge: the event loop has been stuck for 201 ms\n");
  EXPECT_FALSE(verdict.end);
  EXPECT_EQ(deadline.look(300 * kMs).line, "");
  EXPECT_EQ(deadline.next_look(), ShutdownDeadline::kNever);
  EXPECT_TRUE(deadline.beat(400 * kMs));
  EXPECT_EQ(deadline.next_look(), 600 * kMs);
  // The whole process was stopped: SIGSTOP, a machine asleep.
  EXPECT_EQ(deadline.look(9'000 * kMs).line, "");
  EXPECT_EQ(deadline.next_look(), 9'200 * kMs);
}

using ShutdownDeadlineTest = CleanTest;

// Where a test of the whole of it writes its line.
std::string stderr_of(const std::function<void()>& body, int* status) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  *status = run_in_child([&] {
    ::dup2(ends[1], STDERR_FILENO);
    body();
  });
  ::close(ends[1]);
  char text[4096];
  const ssize_t size = ::read(ends[0], text, sizeof text);
  ::close(ends[0]);
  return size > 0 ? std::string(text, static_cast<size_t>(size)) : "";
}

void never_return() {
  for (;;) ::sched_yield();
}

TEST_F(ShutdownDeadlineTest, TheWaitThreadEndsAProcessWhoseThreadIsStuck) {
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind acts out fatal signals itself";
  int status = 0;
  const int64_t begun = monotonic_now();
  const std::string line = stderr_of(
      [] {
        Inbox inbox;
        EXPECT_FALSE(Hub::instance().open_shutdown(plan_of(100)));
        EXPECT_FALSE(inbox.subscribe({SIGTERM}));
        EXPECT_FALSE(send_signal(::getpid(), SIGTERM));
        never_return();
      },
      &status);
  EXPECT_GE(monotonic_now() - begun, 100 * kMs);
  ASSERT_TRUE(WIFSIGNALED(status)) << "wait status " << status;
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
  EXPECT_NE(line.find("the event loop has been stuck for 1"), std::string::npos) << line;
}

TEST_F(ShutdownDeadlineTest, OrWithTheCodeThatWasChosen) {
  for (const auto& [end, expected] : {std::pair{7, 7}, std::pair{int{kEndBySignalsCode}, 128 + SIGTERM}}) {
    int status = 0;
    stderr_of(
        [end = end] {
          EXPECT_FALSE(Hub::instance().open_shutdown(plan_of(50, end)));
          Hub::instance().start_shutdown(SIGTERM, end);
          never_return();
        },
        &status);
    ASSERT_TRUE(WIFEXITED(status)) << "wait status " << status;
    EXPECT_EQ(WEXITSTATUS(status), expected);
  }
}

// A loop that is stuck would have the wait thread learn of the first signal at its next look.
TEST_F(ShutdownDeadlineTest, TheWaitThreadIsRungEvenWhereALoopWatches) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  pollfd bell{Hub::instance().loop_watches(true), POLLIN, 0};
  ASSERT_FALSE(Hub::instance().open_shutdown(plan_of(60'000)));
  raise_here(SIGUSR1);
  EXPECT_EQ(inbox.wait_for(1).size(), 1U);
  EXPECT_EQ(::poll(&bell, 1, 0), 0);
  Hub::instance().close_shutdown();
  raise_here(SIGUSR1);
  EXPECT_EQ(::poll(&bell, 1, 0), 1);
  static_cast<void>(Hub::instance().loop_watches(false));
  EXPECT_EQ(inbox.wait_for(2).size(), 2U);
}

TEST_F(ShutdownDeadlineTest, AFullPipeDoesNotKeepTheProcess) {
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind acts out fatal signals itself";
  const int status = run_in_child([] {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    const char block[4096] = {};
    while (::write(ends[1], block, sizeof block) > 0) {
    }
    ::fcntl(ends[1], F_SETFL, 0);
    ::dup2(ends[1], STDERR_FILENO);
    EXPECT_FALSE(Hub::instance().open_shutdown(plan_of(50)));
    Hub::instance().start_shutdown(SIGTERM, kEndBySignal);
    never_return();
  });
  EXPECT_TRUE(WIFSIGNALED(status)) << "wait status " << status;
}

TEST_F(ShutdownDeadlineTest, OneAtATimeAndNothingIsLeftOfIt) {
  EXPECT_FALSE(Hub::instance().open_shutdown(plan_of(1000)));
  EXPECT_TRUE(Hub::instance().stats().running);
  EXPECT_EQ(Hub::instance().open_shutdown(plan_of(1000)).number, EBUSY);
  EXPECT_EQ(Hub::instance().shutdown_left(), ShutdownDeadline::kNever);
  Hub::instance().start_shutdown(SIGTERM, 1);
  EXPECT_LE(Hub::instance().shutdown_left(), 1000 * kMs);
  Hub::instance().close_shutdown();
  EXPECT_FALSE(Hub::instance().stats().running);
}

}  // namespace
}  // namespace sigbridge
