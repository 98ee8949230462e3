// The handler and the dispositions at work without a hub: no thread, the test itself is the consumer. And
// handlers of "other libraries" that count their calls.
#pragma once

#include <atomic>
#include <csignal>
#include <vector>

#include "disposition.h"
#include "self_pipe.h"
#include "signal_record.h"

namespace sigbridge::test {

class HandlerRig {
 public:
  HandlerRig();
  ~HandlerRig();
  HandlerRig(const HandlerRig&) = delete;
  HandlerRig& operator=(const HandlerRig&) = delete;

  void watch(int signo, Listeners listeners = Listeners::kUnknown);
  void close(int signo);
  // All records since the last look. What was sent to the process, not to this thread, may take a moment:
  // `at_least` are waited for.
  std::vector<SignalRecord> take(size_t at_least = 0);
  // Bytes in the pipe.
  int rings() const;

  Dispositions dispositions;
  SelfPipe pipe;
};

// A disposition of the test's own, put back at the end of the scope.
class Standing {
 public:
  explicit Standing(int signo) : signo_(signo) { ::sigaction(signo, nullptr, &before_); }
  Standing(int signo, const struct sigaction& action) : Standing(signo) {
    ::sigaction(signo, &action, nullptr);
  }
  ~Standing() { ::sigaction(signo_, &before_, nullptr); }
  Standing(const Standing&) = delete;
  Standing& operator=(const Standing&) = delete;

 private:
  int signo_;
  struct sigaction before_ {};
};

struct sigaction action_of(void (*handler)(int), unsigned flags = 0, std::initializer_list<int> mask = {});
struct sigaction action_of(void (*handler)(int, siginfo_t*, void*), unsigned flags = 0,
                           std::initializer_list<int> mask = {});
// Installs, and returns what stood.
struct sigaction replace(int signo, const struct sigaction& action);
struct sigaction standing(int signo);
// Handler, flags and mask are the same.
bool same(const struct sigaction& one, const struct sigaction& other);

// To the calling thread; taken before this returns.
void raise_here(int signo);
// To the process, with a payload.
void queue_here(int signo, int value);

namespace foreign {

extern std::atomic<int> calls;
extern std::atomic<int> signo;
extern std::atomic<int> value;
extern std::atomic<bool> had_context;
void reset();
void plain(int signo);
void with_info(int signo, siginfo_t* info, void* context);

// Calls what stood before it, as Deno's does.
extern struct sigaction previous;
void passing_on(int signo, siginfo_t* info, void* context);

}  // namespace foreign

}  // namespace sigbridge::test
