// Health reports of the wait thread: when one is due, what it says, and that its way out never blocks.
#include "health_watch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "faults.h"
#include "handler_rig.h"
#include "health_report.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"

namespace sigbridge {
namespace {

using test::eventually;
using test::Faults;

constexpr int64_t kMillisecond = 1'000'000;

SignalRecord record_of(int signo, int count = 1) {
  SignalRecord record{};
  record.signo = signo;
  record.count = count;
  record.pid = 4711;
  record.uid = 7;
  return record;
}

HealthOrder order_for(int signo, int64_t patience = 100) {
  HealthOrder order;
  order.signals.add(signo);
  order.patience = patience;
  return order;
}

std::string new_folder() {
  char path[] = "/tmp/sigbridge-health-XXXXXX";
  EXPECT_NE(::mkdtemp(path), nullptr);
  return path;
}

// A folder of its own, gone at the end.
class HealthTest : public test::CleanTest {
 protected:
  ~HealthTest() override {
    ::unlink(file_.c_str());
    ::rmdir(folder_.c_str());
  }
  std::string written() const {
    std::ostringstream text;
    text << std::ifstream(file_).rdbuf();
    return text.str();
  }

  const std::string folder_ = new_folder();
  const std::string file_ = folder_ + "/report";
  HealthWatch watch_;
};

TEST_F(HealthTest, DueWhenNotHeardInTime) {
  const int id = watch_.open(order_for(SIGUSR2));
  EXPECT_TRUE(watch_.any());
  EXPECT_EQ(watch_.next_due(), HealthWatch::kNever);
  watch_.came(record_of(SIGUSR1), 1000);
  EXPECT_EQ(watch_.next_due(), HealthWatch::kNever) << "not its signal";
  watch_.came(record_of(SIGUSR2), 1000);
  watch_.came(record_of(SIGUSR2, 3), 1050);
  EXPECT_EQ(watch_.next_due(), 1100);
  EXPECT_TRUE(watch_.take_due(1099).empty());
  const std::vector<HealthWatch::Due> due = watch_.take_due(1100);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].id, id);
  EXPECT_EQ(due[0].since, 1000);
  EXPECT_EQ(due[0].record.count, 4);
  EXPECT_TRUE(watch_.take_due(5000).empty()) << "answered once";
  watch_.came(record_of(SIGUSR2), 6000);
  EXPECT_EQ(watch_.take_due(6100).size(), 1U) << "whoever asks again is told again";
}

TEST_F(HealthTest, NotDueWhenHeardOrClosed) {
  const int first = watch_.open(order_for(SIGUSR2));
  const int second = watch_.open(order_for(SIGUSR2, 300));
  watch_.came(record_of(SIGUSR2), 1000);
  EXPECT_EQ(watch_.heard(first).written, 0U);
  EXPECT_EQ(watch_.next_due(), 1300);
  watch_.close(second);
  EXPECT_EQ(watch_.next_due(), HealthWatch::kNever);
  EXPECT_TRUE(watch_.take_due(9000).empty());
  watch_.close(first);
  watch_.close(first);
  EXPECT_FALSE(watch_.any());
  // Both may have gone while the report was on its way.
  watch_.done(first, true);
  EXPECT_EQ(watch_.heard(first).written, 0U);
}

TEST_F(HealthTest, WhatWasDoneIsToldOnce) {
  const int id = watch_.open(order_for(SIGUSR2));
  watch_.done(id, true);
  watch_.done(id, true);
  watch_.done(id, false);
  const HealthWatch::Missed missed = watch_.heard(id);
  EXPECT_EQ(missed.written, 2U);
  EXPECT_EQ(missed.failed, 1U);
  EXPECT_EQ(watch_.heard(id).written, 0U);
}

HealthWatch::Due due_after(int64_t stuck, HealthFormat format = HealthFormat::kJson) {
  HealthOrder order = order_for(SIGUSR2);
  order.format = format;
  order.thread = 12;
  order.process_began = -1500 * kMillisecond;
  HealthWatch::Due due;
  due.order = std::make_shared<const HealthOrder>(std::move(order));
  due.record = record_of(SIGUSR2, 2);
  due.since = -stuck * kMillisecond;
  return due;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(HealthTest, OneLineOfJson) {
  HubHealth hub;
  hub.received = 9;
  hub.waiting = 2;
  hub.environments = 1;
  hub.subscriptions.add(SIGUSR2).add(SIGTERM);
  SystemHealth system;
  system.wall_clock = 1'700'000'000'005;
  system.rss = 4096;
  system.thread_state = 'R';
  system.pending.add(SIGHUP);
  system.queue = {3, 8};
  hub.recovery = {.level = "degraded",
                  .missing = {"pipe", "poll"},
                  .retries = 5,
                  .restarts = 2,
                  .degradations = 1,
                  .last = {EMFILE, "pipe2"},
                  .last_at = 1'700'000'000'005};
  const std::string text = health_text(due_after(1234), hub, system, 0);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  for (const char* part :
       {R"({"kind":"native","time":"2023-11-14T22:13:20.005Z","pid":)",
        R"("uptime":1.500,"level":"critical")",
        R"("reasons":[{"metric":"latency","level":"critical","value":1234,"limit":1000}])",
        R"("trigger":{"signal":"SIGUSR2","pid":4711,"uid":7,"count":2})",
        R"("stuck":{"ms":1234,"thread":12,"state":"running"},"memory":{"rss":4096})",
        R"("subscriptions":["SIGUSR2","SIGTERM"],"pending":["SIGHUP"])",
        R"("stats":{"received":9,"waiting":2,"environments":1,"overflow":0)",
        R"("bare":0},"queue":{"used":3,"limit":8})",
        R"("recovery":{"level":"degraded","missing":["pipe","poll"],"retries":5,"restarts":2,)",
        R"("degradations":1,"lastFailure":{"syscall":"pipe2","errno":24,)",
        R"("time":"2023-11-14T22:13:20.005Z"}}})"}) {
    EXPECT_TRUE(has(text, part)) << part << "\n" << text;
  }
  EXPECT_TRUE(has(health_text(due_after(100), hub, system, 0), R"("level":"warning")"));
  EXPECT_TRUE(has(health_text(due_after(99), hub, system, 0), R"("level":"ok","reasons":[])"));
  system.rss = -1;
  system.thread_state = 0;
  const std::string unknown = health_text(due_after(99), hub, system, 0);
  EXPECT_FALSE(has(unknown, "memory"));
  EXPECT_TRUE(has(unknown, R"("state":"unknown")"));
}

TEST_F(HealthTest, TextAndItsLengthWithEverySignal) {
  HubHealth hub;
  SystemHealth system;
  hub.subscriptions = SignalSet::full();
  const std::string text = health_text(due_after(1234, HealthFormat::kText), hub, system, 0);
  EXPECT_TRUE(has(text, "JavaScript has not heard of SIGUSR2 for 1234 ms; its thread 12 is unknown\n"));
  EXPECT_TRUE(has(text, "pending: none\n"));
  EXPECT_TRUE(has(text, "recovery: normal, missing: none, 0 retried, 0 made anew, 0 degraded\n"));
  hub.recovery.missing = {"pipe", "loopPipe"};
  hub.recovery.last = {EMFILE, "pipe2"};
  EXPECT_TRUE(
      has(health_text(due_after(1234, HealthFormat::kText), hub, system, 0), "missing: pipe loopPipe,"));
  EXPECT_TRUE(has(health_text(due_after(1234, HealthFormat::kText), hub, system, 0),
                  "last failure: pipe2, errno 24"));
  system.pending = SignalSet::full();
  hub.received = hub.waiting = hub.overflow = hub.unclaimed = hub.late = ~uint64_t{0};
  for (const HealthFormat format : {HealthFormat::kJson, HealthFormat::kText})
    EXPECT_LT(health_text(due_after(1234, format), hub, system, 0).size(), 4096U);
}

TEST_F(HealthTest, WritesToAFileAndToADescriptor) {
  HealthOrder order = order_for(SIGUSR2);
  order.path = file_;
  ASSERT_FALSE(write_health(order, "one\n"));
  ASSERT_FALSE(write_health(order, "two\n"));
  EXPECT_EQ(written(), "one\ntwo\n");
  order.path.clear();
  order.fd.reset(::open(file_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  ASSERT_FALSE(write_health(order, "three\n"));
  EXPECT_EQ(written(), "three\n");
}

TEST_F(HealthTest, AnOutputThatCannotBeWritten) {
  HealthOrder order = order_for(SIGUSR2);
  order.path = folder_ + "/none/such";
  EXPECT_EQ(write_health(order, "one\n").number, ENOENT);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  order.path = file_;
  EXPECT_EQ(write_health(order, "one\n").number, ENXIO) << "a FIFO without a reader is not waited for";
  order.path.clear();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  order.fd.reset(ends[1]);
  // Blocking: the wait thread must not find that out.
  std::string much(1 << 20, 'x');
  const int flags = ::fcntl(ends[1], F_GETFL);
  ::fcntl(ends[1], F_SETFL, flags | O_NONBLOCK);
  while (::write(ends[1], much.data(), much.size()) > 0) {
  }
  ::fcntl(ends[1], F_SETFL, flags);
  EXPECT_EQ(write_health(order, "one\n").number, EAGAIN);
  ::close(ends[0]);
  EXPECT_EQ(write_health(order, "one\n").number, EPIPE) << "and no SIGPIPE";
}

TEST_F(HealthTest, AWriteThatFailsOrIsInterrupted) {
  Faults faults;
  HealthOrder order = order_for(SIGUSR2);
  order.path = file_;
  faults.fail("write", EINTR, 0, 2);
  EXPECT_FALSE(write_health(order, "one\n"));
  EXPECT_EQ(faults.failed("write"), 2);
  faults.fail("write", EIO);
  EXPECT_EQ(write_health(order, "one\n").number, EIO);
}

TEST_F(HealthTest, TheHubAnswersForAThreadThatDoesNotHear) {
  Hub& hub = Hub::instance();
  test::Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR2}));
  HealthOrder order = order_for(SIGUSR2, 20 * kMillisecond);
  order.path = file_;
  order.process_began = monotonic_now();
#ifdef __linux__
  order.thread = test::this_thread();
#endif
  const int id = hub.open_health(std::move(order));
  test::raise_here(SIGUSR2);
  EXPECT_TRUE(eventually([&] { return has(written(), "\n"); }));
  const std::string text = written();
  EXPECT_TRUE(has(text, R"("subscriptions":["SIGUSR2"])")) << text;
  EXPECT_TRUE(has(text, R"("waiting":1,"environments":1)")) << text;
#ifdef __linux__
  EXPECT_TRUE(has(text, R"("memory":{"rss":)")) << text;
#endif
  EXPECT_TRUE(eventually([&] { return hub.health_heard(id).written == 1; }));
  hub.close_health(id);
}

TEST_F(HealthTest, TheHubIsSilentWhenItIsHeard) {
  Hub& hub = Hub::instance();
  test::Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR2}));
  HealthOrder order = order_for(SIGUSR2, 200 * kMillisecond);
  order.path = file_;
  const int id = hub.open_health(std::move(order));
  const int64_t began = monotonic_now();
  test::raise_here(SIGUSR2);
  inbox.wait_for(1);
  static_cast<void>(hub.health_heard(id));
  const bool in_time = monotonic_now() - began < 150 * kMillisecond;
  ::usleep(300'000);
  if (in_time) {
    EXPECT_EQ(written(), "");
  }
  hub.close_health(id);
}

}  // namespace
}  // namespace sigbridge
