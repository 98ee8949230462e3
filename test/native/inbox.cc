// See inbox.h.
#include "inbox.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>

#include "process_state.h"
#include "signal_handler.h"

namespace sigbridge::test {
namespace {

constexpr std::chrono::seconds kPatience{10};

}  // namespace

Taker::Taker(Kind kind) {
  Hub::instance().set_runtime(nullptr, false, false, kind == Kind::kMainThread);
  // Left by the other kind: a process has one kind for life.
  handler_state().taker.store(0);
}

Taker::~Taker() {
  Hub::instance().set_runtime(nullptr, false, false, true);
  handler_state().taker.store(0);
}

Inbox::Inbox(size_t capacity) : subscriber_(&Inbox::ring, this, capacity) {}

Inbox::~Inbox() {
  open_gate();
  Hub::instance().detach(subscriber_, false);
}

PosixError Inbox::subscribe(std::initializer_list<int> signals, Listeners listeners, ActionFlags flags) {
  std::vector<Wanted> wanted;
  for (int signo : signals) wanted.push_back({signo, listeners, flags});
  return Hub::instance().subscribe(subscriber_, wanted);
}

void Inbox::ring(void* self) {
  auto* inbox = static_cast<Inbox*>(self);
  std::unique_lock guard(inbox->lock_);
  ++inbox->rings_;
  inbox->rung_ = true;
  inbox->at_gate_ = inbox->gate_closed_;
  inbox->changed_.notify_all();
  inbox->changed_.wait(guard, [inbox] { return !inbox->gate_closed_; });
}

bool Inbox::wait_for_ring() {
  std::unique_lock guard(lock_);
  const bool rang = changed_.wait_for(guard, kPatience, [this] { return rung_; });
  rung_ = false;
  return rang;
}

void Inbox::take() {
  subscriber_.silence();
  std::array<SignalRecord, 100> some;
  while (const size_t count = subscriber_.take(some)) records_.insert(records_.end(), &some[0], &some[count]);
}

const std::vector<SignalRecord>& Inbox::wait_for(size_t count) {
  take();
  while (records_.size() < count && wait_for_ring()) take();
  return records_;
}

std::vector<std::pair<int, uint32_t>> Inbox::wait_for_report() {
  std::vector<std::pair<int, uint32_t>> report;
  do {
    take();
    report = subscriber_.take_overflow_report();
  } while (report.empty() && wait_for_ring());
  return report;
}

int Inbox::rings() {
  const std::lock_guard guard(lock_);
  return rings_;
}

void Inbox::close_gate() {
  const std::lock_guard guard(lock_);
  gate_closed_ = true;
}

void Inbox::wait_at_gate() {
  std::unique_lock guard(lock_);
  EXPECT_TRUE(changed_.wait_for(guard, kPatience, [this] { return at_gate_; }));
}

void Inbox::open_gate() {
  const std::lock_guard guard(lock_);
  gate_closed_ = false;
  at_gate_ = false;
  changed_.notify_all();
}

OpenThreads::OpenThreads(size_t count) : tids_(count) {
  Result<SelfPipe> made = SelfPipe::create();
  if (!made.ok()) return;
  stop_ = std::move(made.value());
  for (size_t i = 0; i < count; ++i) {
    threads_.emplace_back([this, i] {
      tids_[i].store(this_thread());
      started_.fetch_add(1);
      pollfd stop{stop_.read_fd(), POLLIN, 0};
      const int patience = i < 2 ? 0 : -1;
      while (::poll(&stop, 1, patience) <= 0) {
      }
    });
  }
  EXPECT_TRUE(eventually([this, count] { return started_.load() == count; }));
}

OpenThreads::~OpenThreads() {
  SelfPipe::ring(stop_.write_fd());
  for (std::thread& thread : threads_) thread.join();
}

size_t OpenThreads::blocking(int signo) const {
  size_t count = 0;
  for (const std::atomic<pid_t>& tid : tids_) {
    if ((mask_of(tid.load()) & bits_of(SignalSet::of(signo))) != 0) ++count;
  }
  return count;
}

pid_t this_thread() {
  return static_cast<pid_t>(::syscall(SYS_gettid));
}

uint64_t mask_of(pid_t tid) {
  std::ifstream status("/proc/self/task/" + std::to_string(tid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("SigBlk:")) return std::strtoull(line.c_str() + 7, nullptr, 16);
  }
  return ~uint64_t{0};
}

}  // namespace sigbridge::test
