// What the signal handler shares with the other threads. The handler itself, and everything else that runs in
// signal context, is in signal_handler.cc.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>

#include "record_ring.h"
#include "signal_number.h"

namespace sigbridge {

// A handler that stood before ours and is called from ours. `entry` is written last and read twice by the
// handler, so that it never pairs an entry with another entry's flags.
struct ChainedHandler {
  std::atomic<uintptr_t> entry{0};  // 0: nothing to call
  std::atomic<int> flags{0};        // its sa_flags: SA_SIGINFO, SA_RESETHAND and SA_NODEFER matter
  std::atomic<bool> spent{false};   // SA_RESETHAND: it has had its one call
};

// One bit a signal, readable in signal context.
class AtomicSignalSet {
 public:
  // Sequentially consistent, as all here: a handler counts itself in `in_flight` and then looks; who changes
  // a set looks at that count afterwards. One of the two sees the other.
  bool contains(int signo) const { return (words_[word(signo)].load() & bit(signo)) != 0; }
  void add(int signo) { words_[word(signo)].fetch_or(bit(signo)); }
  void remove(int signo) { words_[word(signo)].fetch_and(~bit(signo)); }
  // Was it there? Not any more.
  bool take(int signo) { return (words_[word(signo)].fetch_and(~bit(signo)) & bit(signo)) != 0; }

 private:
  static size_t word(int signo) { return static_cast<size_t>(signo - 1) / 64; }
  static uint64_t bit(int signo) { return uint64_t{1} << (static_cast<size_t>(signo - 1) % 64); }
  std::array<std::atomic<uint64_t>, (kMaxSignal + 63) / 64> words_{};
};

// Process-wide, constant-initialised, never destroyed: a handler may run before main and after exit() began.
struct HandlerState {
  // The process that owns the pipe. In a child of fork or vfork the handler does nothing.
  std::atomic<pid_t> owner{0};
  // The write end of the self-pipe that the wait thread or an event loop waits for; -1 while there is none.
  // Handlers that saw a descriptor are counted in `in_flight`, so that whoever closes it can wait for them.
  std::atomic<int> bell_fd{-1};
  // The wait thread's, rung where `bell_fd` cannot be.
  std::atomic<int> spare_bell_fd{-1};
  // The errno of a ring that failed; 0: none since the wait thread last looked.
  std::atomic<int> bell_error{0};
  std::atomic<int> in_flight{0};
  // A ring that the wait thread has not answered yet: no second byte is needed.
  std::atomic<bool> bell_rung{false};
  AtomicSignalSet watched;
  // Ignored, but for us: a child of fork() ignores it too.
  AtomicSignalSet ignored_beneath;
  // Held for a critical section or a wait: recorded, marked (SignalRecord::count), and what stood before is
  // not called now. `unchained`: one that is marked so found the ring full.
  AtomicSignalSet held;
  AtomicSignalSet unchained;
  // The hold has ended and nobody else watches: a handler that only now begins to run gives the signal back
  // to the disposition that stands again.
  AtomicSignalSet resend;
  // Real-time signals that one thread alone may take, so that their order is kept; and that thread: the wait
  // thread, or the process's first where the JS thread must not block anything (its children would inherit
  // it).
  AtomicSignalSet single_taker;
  std::atomic<pid_t> taker{0};
  // What the program blocks on all threads (mask.*, scope 'process'): theirs, not to be taken or opened by
  // us.
  AtomicSignalSet process_mask;
  // JavaScript does not keep up: where the taker is its own thread, it blocks what it takes until the wait
  // thread says otherwise. A flood would leave it no time for anything but handlers.
  std::atomic<bool> pause{false};
  std::array<ChainedHandler, kSignalSlots> chain;
  // A handler that was installed over ours and calls whatever stood before it comes back to us. Then it is
  // the turn of what stood before us: an array like `chain`, made when it is first needed, never freed.
  std::atomic<ChainedHandler*> passed_on{nullptr};
  // Deliveries that found the ring full, not yet fetched by the wait thread.
  std::array<std::atomic<uint32_t>, kSignalSlots> overflow{};
  // Handler runs for signals that nobody watches any more.
  std::atomic<uint64_t> late{0};
};
static_assert(sizeof(HandlerState) + sizeof(RecordRing) < 4096,
              "static signal bookkeeping stays under 4 KiB");

HandlerState& handler_state();
// A handler stood before ours, and is to be called. Async-signal-safe.
inline bool has_chained(int signo) {
  return handler_state().chain[static_cast<size_t>(signo)].entry.load(std::memory_order_acquire) != 0;
}
// Those in HandlerState::single_taker, bits, signo - 1. Async-signal-safe.
uint64_t single_taker_signals();
RecordRing& record_ring();

// What stood before ours, called for a delivery that was marked: on an ordinary thread, with signals blocked.
void call_chained_later(int signo, siginfo_t* info);

// The address that sigaction gets; also how we recognise ourselves in a disposition.
void signal_handler(int signo, siginfo_t* info, void* context);

}  // namespace sigbridge
