// The hub's other end in the tests: a subscriber whose bell wakes the test, and threads that are open to
// signals.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "hub.h"
#include "self_pipe.h"
#include "subscriber.h"

namespace sigbridge::test {

// Which thread takes real-time signals: the wait thread (Node), or the process's first (Bun and Deno, whose
// children would inherit a mask). Set back to what a fresh hub does at the end of the scope.
class Taker {
 public:
  enum class Kind { kWaitThread, kMainThread };
  explicit Taker(Kind kind);
  ~Taker();
  Taker(const Taker&) = delete;
  Taker& operator=(const Taker&) = delete;
};

class Inbox {
 public:
  explicit Inbox(size_t capacity = Subscriber::kDefaultCapacity);
  // Detaches, as the end of an environment does.
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  PosixError subscribe(std::initializer_list<int> signals, Listeners listeners = Listeners::kUnknown,
                       ActionFlags flags = {});
  uint32_t unsubscribe(int signo) { return Hub::instance().unsubscribe(subscriber_, signo); }
  // Waits until `count` records have come in all, ten seconds at most; all records so far.
  const std::vector<SignalRecord>& wait_for(size_t count);
  // The same for the report of drops.
  std::vector<std::pair<int, uint32_t>> wait_for_report();
  Subscriber& subscriber() { return subscriber_; }
  int rings();

  // While closed, the wait thread stays inside of the bell's call: nothing is fetched any more.
  void close_gate();
  // Until the wait thread has arrived there.
  void wait_at_gate();
  void open_gate();

 private:
  static void ring(void* self);
  void take();
  // Until the bell has rung since the last time; false after ten seconds.
  bool wait_for_ring();

  std::mutex lock_;
  std::condition_variable changed_;
  bool rung_ = false;
  bool gate_closed_ = false;
  bool at_gate_ = false;
  int rings_ = 0;
  std::vector<SignalRecord> records_;
  Subscriber subscriber_;
};

// Threads that the kernel may pick for any signal: two of them computing, the others waiting.
class OpenThreads {
 public:
  explicit OpenThreads(size_t count);
  ~OpenThreads();
  OpenThreads(const OpenThreads&) = delete;
  OpenThreads& operator=(const OpenThreads&) = delete;

  // Threads that block (any of, all of) the signal. As /proc says.
  size_t blocking(int signo) const;
  size_t count() const { return threads_.size(); }

 private:
  SelfPipe stop_;
  std::atomic<size_t> started_{0};
  std::vector<std::atomic<pid_t>> tids_;
  std::vector<std::thread> threads_;
};

pid_t this_thread();
// The thread's SigBlk.
uint64_t mask_of(pid_t tid);

}  // namespace sigbridge::test
