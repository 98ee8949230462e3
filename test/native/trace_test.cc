// The trace: its ring under many writers and a reader, a delivery's path in order, and the dump that the wait
// thread writes.
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "self_pipe.h"
#include "trace_ring.h"
#include "trace_text.h"

namespace sigbridge {
namespace {

using test::Inbox;
using test::queue_here;
using test::raise_here;
using test::standing;

class TraceTest : public test::CleanTest {
 protected:
  ~TraceTest() override { Hub::instance().stop_tracing(); }
  Hub& hub_ = Hub::instance();
};

std::vector<TraceKind> kinds(const TraceSnapshot& trace) {
  std::vector<TraceKind> all;
  for (const TraceEvent& event : trace.events) all.push_back(event.kind);
  return all;
}

// In this order, with others between them perhaps.
bool in_order(const std::vector<TraceKind>& all, std::initializer_list<TraceKind> wanted) {
  auto next = wanted.begin();
  for (const TraceKind kind : all) {
    if (next != wanted.end() && kind == *next) ++next;
  }
  return next == wanted.end();
}

TEST_F(TraceTest, RecordsNothingWhileNoneRuns) {
  trace(TraceKind::kBell);
  ASSERT_FALSE(start_trace(16));
  trace(TraceKind::kBell, SIGUSR1, 7);
  stop_trace();
  trace(TraceKind::kBell);
  const TraceSnapshot found = read_trace();
  EXPECT_FALSE(found.running);
  EXPECT_EQ(found.recorded, 1U);
  ASSERT_EQ(found.events.size(), 1U);
  EXPECT_EQ(found.events[0].kind, TraceKind::kBell);
  EXPECT_EQ(found.events[0].signo, SIGUSR1);
  EXPECT_EQ(found.events[0].detail, 7);
  EXPECT_EQ(found.events[0].tid, test::this_thread());
  EXPECT_GE(found.events[0].timestamp, found.started);
}

TEST_F(TraceTest, CapacityIsRoundedUpAndKeptWithinBounds) {
  const std::pair<uint32_t, uint32_t> cases[] = {{0, 16}, {16, 16}, {17, 32}, {4096, 4096}, {5000, 8192}};
  for (const auto& [asked, given] : cases) {
    ASSERT_FALSE(start_trace(asked));
    EXPECT_EQ(read_trace().capacity, given) << asked;
  }
}

TEST_F(TraceTest, KeepsTheNewestAndCountsTheRest) {
  ASSERT_FALSE(start_trace(16));
  for (int i = 0; i < 100; ++i) trace(TraceKind::kPush, SIGUSR1, i);
  const TraceSnapshot found = read_trace();
  EXPECT_TRUE(found.running);
  EXPECT_EQ(found.recorded, 100U);
  EXPECT_EQ(found.overwritten(), 84U);
  EXPECT_EQ(found.unfinished, 0U);
  ASSERT_EQ(found.events.size(), 16U);
  for (size_t i = 0; i < 16; ++i) EXPECT_EQ(found.events[i].detail, static_cast<int64_t>(84 + i));
}

TEST_F(TraceTest, AnotherStartBeginsAnewInAnySize) {
  for (const uint32_t capacity : {64U, 16U, 64U, 64U}) {
    ASSERT_FALSE(start_trace(capacity));
    EXPECT_EQ(read_trace().recorded, 0U);
    trace(TraceKind::kBell);
    trace(TraceKind::kBell);
    EXPECT_EQ(read_trace().events.size(), 2U) << capacity;
    EXPECT_EQ(read_trace().overwritten(), 0U);
  }
}

TEST_F(TraceTest, ASetIsItsDetail) {
  ASSERT_FALSE(start_trace(16));
  trace(TraceKind::kMaskBlock, SignalSet::of(SIGHUP).add(SIGTERM));
  const TraceSnapshot found = read_trace();
  ASSERT_EQ(found.events.size(), 1U);
  EXPECT_EQ(found.events[0].detail, 1 << (SIGHUP - 1) | 1 << (SIGTERM - 1));
  EXPECT_NE(trace_text(found).find("SIGHUP SIGTERM\n"), std::string::npos) << trace_text(found);
  EXPECT_NE(trace_json(found).find(R"("signals":["SIGHUP","SIGTERM"])"), std::string::npos);
}

// Writers whose events say whose they are in three places: an event of two halves shows.
constexpr int kWriters = 4;

struct Race {
  std::atomic<bool> stop{false};
  std::array<std::atomic<int32_t>, kWriters> tids{};
  std::array<std::atomic<int64_t>, kWriters> written{};
};

// Into `ring`, or by way of trace().
void write_events(Race& race, int writer, TraceRing* ring = nullptr) {
  const auto cell = static_cast<size_t>(writer);
  race.tids[cell].store(test::this_thread());
  for (int64_t i = 0; !race.stop.load(); ++i) {
    const auto kind = static_cast<TraceKind>(writer);
    if (ring != nullptr) {
      ring->record(kind, writer + 1, i << 8 | writer);
    } else {
      trace(kind, writer + 1, i << 8 | writer);
    }
    race.written[cell].store(i + 1);
  }
}

void expect_whole(const Race& race, const TraceSnapshot& found) {
  std::array<int64_t, kWriters> last{-1, -1, -1, -1};
  // One that was late for a trace that began meanwhile has an earlier time than its start.
  int64_t before = 0;
  size_t torn = 0;
  size_t out_of_order = 0;
  for (const TraceEvent& event : found.events) {
    const auto writer = static_cast<size_t>(event.detail & 0xff);
    const bool whole = writer < kWriters && event.signo == writer + 1 &&
                       static_cast<size_t>(event.kind) == writer && event.tid == race.tids[writer].load();
    if (!whole) {
      ++torn;
      continue;
    }
    if (event.detail >> 8 <= last[writer] || event.timestamp < before) ++out_of_order;
    last[writer] = event.detail >> 8;
    before = event.timestamp;
  }
  EXPECT_EQ(torn, 0U);
  EXPECT_EQ(out_of_order, 0U);
  EXPECT_LE(found.events.size(), found.capacity);
  EXPECT_EQ(found.recorded, found.events.size() + found.unfinished + found.overwritten());
}

// In a ring of two slots each write meets another, and each look is in the middle of one.
TEST_F(TraceTest, AReaderMeetsNoTornEvent) {
  TraceRing ring;
  ASSERT_FALSE(ring.allocate(2));
  Race race;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i)
    writers.emplace_back([&race, &ring, i] { write_events(race, i, &ring); });
  for (const auto& tid : race.tids) ASSERT_TRUE(test::eventually([&] { return tid.load() != 0; }));
  size_t seen = 0;
  const int64_t end = monotonic_now() + 400'000'000;
  while (monotonic_now() < end) {
    const TraceSnapshot found = ring.read();
    seen += found.events.size();
    expect_whole(race, found);
  }
  race.stop.store(true);
  for (std::thread& thread : writers) thread.join();
  EXPECT_GT(seen, 0U);
}

TEST_F(TraceTest, TracesBeginAnewWhileThreadsWrite) {
  ASSERT_FALSE(start_trace(16));
  Race race;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) writers.emplace_back([&race, i] { write_events(race, i); });
  for (const auto& tid : race.tids) ASSERT_TRUE(test::eventually([&] { return tid.load() != 0; }));
  for (int round = 0; round < 100; ++round) {
    ASSERT_FALSE(start_trace(round % 2 == 0 ? 1024 : 16));
    for (int i = 0; i < 10; ++i) expect_whole(race, read_trace());
    ::sched_yield();
  }
  race.stop.store(true);
  for (std::thread& thread : writers) thread.join();
}

TEST_F(TraceTest, WhatWritersLeaveAddsUp) {
  ASSERT_FALSE(start_trace(1U << 16));
  Race race;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) writers.emplace_back([&race, i] { write_events(race, i); });
  ASSERT_TRUE(test::eventually([&] {
    return std::all_of(race.written.begin(), race.written.end(),
                       [](const auto& n) { return n.load() > 1000; });
  }));
  race.stop.store(true);
  for (std::thread& thread : writers) thread.join();
  int64_t written = 0;
  for (const auto& count : race.written) written += count.load();
  const TraceSnapshot found = read_trace();
  EXPECT_EQ(found.recorded, static_cast<uint64_t>(written));
  expect_whole(race, found);
}

TEST_F(TraceTest, AStormOfHandlersIsRecordedWhileItIsRead) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1, SIGUSR2}));
  ASSERT_FALSE(hub_.start_tracing({.capacity = 256}));
  std::atomic<bool> stop{false};
  std::vector<std::thread> senders;
  for (int i = 0; i < 3; ++i) {
    senders.emplace_back([&stop, i] {
      while (!stop.load()) {
        ::kill(::getpid(), i % 2 == 0 ? SIGUSR1 : SIGUSR2);
        ::sched_yield();
      }
    });
  }
  const auto look = [&] {
    const TraceSnapshot found = read_trace();
    for (const TraceEvent& event : found.events) {
      const bool in_handler = event.kind <= TraceKind::kHandlerOut && event.kind != TraceKind::kBell;
      const bool known = event.signo == SIGUSR1 || event.signo == SIGUSR2 || !in_handler;
      EXPECT_TRUE(known) << static_cast<int>(event.kind) << ' ' << static_cast<int>(event.signo);
      EXPECT_GT(event.tid, 0);
    }
    return found.overwritten() > 2000;
  };
  EXPECT_TRUE(test::eventually(look));
  stop.store(true);
  for (std::thread& thread : senders) thread.join();
  const TraceSnapshot found = read_trace();
  EXPECT_EQ(found.recorded, found.events.size() + found.unfinished + found.overwritten());
}

TEST_F(TraceTest, ADeliveryLeavesItsPathInOrder) {
  ASSERT_FALSE(hub_.start_tracing({.capacity = 256}));
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  raise_here(SIGUSR1);
  ASSERT_EQ(inbox.wait_for(1).size(), 1U);
  inbox.unsubscribe(SIGUSR1);
  const TraceSnapshot found = read_trace();
  EXPECT_TRUE(in_order(
      kinds(found),
      {TraceKind::kTrace, TraceKind::kStart, TraceKind::kSubscribe, TraceKind::kInstalled,
       TraceKind::kHandlerIn, TraceKind::kPush, TraceKind::kBell, TraceKind::kRingRead, TraceKind::kDispatch,
       TraceKind::kDoorbell, TraceKind::kUnsubscribe, TraceKind::kPutBack, TraceKind::kStop}))
      << trace_text(found);
  EXPECT_TRUE(in_order(kinds(found), {TraceKind::kBell, TraceKind::kHandlerOut})) << trace_text(found);
}

// What comes through the pipe, until `end` is in it or ten seconds have passed.
std::string read_until(int fd, const std::string& end) {
  std::string text;
  std::array<char, 4096> part{};
  static_cast<void>(test::eventually([&] {
    pollfd in{fd, POLLIN, 0};
    if (::poll(&in, 1, 10) == 1) {
      const ssize_t size = ::read(fd, part.data(), part.size());
      if (size > 0) text.append(part.data(), static_cast<size_t>(size));
    }
    return text.find(end) != std::string::npos;
  }));
  return text;
}

TEST_F(TraceTest, TheWaitThreadWritesTheDumpWhenAskedAndGivesTheSignalBack) {
  Result<SelfPipe> pipe = SelfPipe::create();
  ASSERT_TRUE(pipe.ok());
  const Hub::TraceOptions options{.capacity = 64, .dump_signal = SIGQUIT, .fd = pipe.value().write_fd()};
  ASSERT_FALSE(hub_.start_tracing(options));
  EXPECT_TRUE(hub_.stats().running);
  const uint64_t unclaimed = hub_.stats().unclaimed;
  raise_here(SIGQUIT);
  const std::string text = read_until(pipe.value().read_fd(), " dump\n");
  EXPECT_EQ(text.find("sigbridge trace of process"), 0U) << text;
  EXPECT_NE(text.find("SIGQUIT"), std::string::npos) << text;
  EXPECT_EQ(hub_.stats().unclaimed, unclaimed);
  hub_.stop_tracing();
  hub_.stop_tracing();
  EXPECT_EQ(standing(SIGQUIT).sa_handler, SIG_DFL);
  EXPECT_FALSE(hub_.stats().running);
}

TEST_F(TraceTest, AnotherDumpSignalTakesThePlaceOfTheFirst) {
  Result<SelfPipe> pipe = SelfPipe::create();
  ASSERT_TRUE(pipe.ok());
  const int fd = pipe.value().write_fd();
  ASSERT_FALSE(hub_.start_tracing({.capacity = 64, .dump_signal = SIGQUIT, .fd = fd}));
  ASSERT_FALSE(hub_.start_tracing({.capacity = 32, .dump_signal = SIGUSR2, .fd = fd}));
  EXPECT_EQ(standing(SIGQUIT).sa_handler, SIG_DFL);
  raise_here(SIGUSR2);
  EXPECT_NE(read_until(pipe.value().read_fd(), " dump\n").find("SIGUSR2"), std::string::npos);
  ASSERT_FALSE(hub_.start_tracing({.capacity = 32}));
  EXPECT_EQ(standing(SIGUSR2).sa_handler, SIG_DFL);
  EXPECT_FALSE(hub_.stats().running);
}

TEST_F(TraceTest, ADescriptorThatIsNotOpenIsRefused) {
  const int closed = ::dup(1);
  ::close(closed);
  const PosixError failure = hub_.start_tracing({.capacity = 64, .dump_signal = SIGQUIT, .fd = closed});
  EXPECT_EQ(failure.number, EBADF);
  EXPECT_FALSE(tracing());
  EXPECT_FALSE(hub_.stats().running);
}

TEST_F(TraceTest, AReaderThatDoesNotReadCostsASecondNotAHang) {
  Result<SelfPipe> pipe = SelfPipe::create();
  ASSERT_TRUE(pipe.ok());
  const int fd = pipe.value().write_fd();
  // As a shell's pipe is.
  ASSERT_EQ(::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK), 0);
  ASSERT_FALSE(start_trace(4096));
  for (int i = 0; i < 4096; ++i) trace(TraceKind::kPush, SIGUSR1, i);
  const int64_t began = monotonic_now();
  EXPECT_FALSE(write_trace(fd));
  EXPECT_LT(monotonic_now() - began, 5'000'000'000);
  EXPECT_TRUE(read_until(pipe.value().read_fd(), "from 100").starts_with("sigbridge trace"));
}

}  // namespace
}  // namespace sigbridge
