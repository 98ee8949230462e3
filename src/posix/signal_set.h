// A set of signals: sigset_t with names for what we ask of it. Any thread; its members are async-signal-safe.
#pragma once

#include <csignal>

#include "signal_number.h"

namespace sigbridge {

// Raised by the instruction that runs, on its own thread: blocking one of them turns a diagnosable crash into
// an instant kill, so no mask of ours ever holds them.
inline constexpr int kSynchronousFaults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};

inline bool is_fault(int signo) {
  for (int fault : kSynchronousFaults) {
    if (fault == signo) return true;
  }
  return false;
}

class SignalSet {
 public:
  SignalSet() { sigemptyset(&set_); }
  explicit SignalSet(const sigset_t& set) : set_(set) {}

  static SignalSet of(int signo) { return SignalSet().add(signo); }
  static SignalSet full() {
    SignalSet all;
    sigfillset(&all.set_);
    return all;
  }
  // Everything a thread may block without harm: not the synchronous faults.
  static SignalSet blockable() {
    SignalSet all = full();
    for (int signo : kSynchronousFaults) all.remove(signo);
    return all;
  }

  SignalSet& add(int signo) {
    sigaddset(&set_, signo);
    return *this;
  }
  SignalSet& remove(int signo) {
    sigdelset(&set_, signo);
    return *this;
  }
  bool contains(int signo) const { return sigismember(&set_, signo) == 1; }
  bool any() const {
    for (int signo = 1; signo <= kMaxSignal; ++signo) {
      if (contains(signo)) return true;
    }
    return false;
  }

  const sigset_t& native() const { return set_; }
  sigset_t* out() { return &set_; }

 private:
  sigset_t set_;
};

}  // namespace sigbridge
