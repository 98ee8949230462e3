// Which handlers are the runtime's own (Node's, Bun's, Deno's), and what for: its listeners, its children, or
// in the place of the default action. Not in signal context; guarded as its owner is (disposition.h).
#pragma once

#include <csignal>

#include "runtime_code.h"

namespace sigbridge {

class RuntimeHandlers {
 public:
  // An address inside the runtime (its executable, or libnode.so): handlers from there are the runtime's own.
  void set_anchor(const void* anchor) { runtime_ = MappedObject::around(anchor); }
  // Deno installs a handler once a signal and counts on it for good; its listeners come and go without a word
  // to the kernel, and without any it ends the process. Node and Bun take theirs away with the last listener.
  void set_stay(bool stay) { stay_ = stay; }
  bool stay() const { return stay_; }

  bool contains(const struct sigaction& action) const;
  // Does what the default action would, with a bow: a subscription takes its place.
  bool replaces_default(const struct sigaction& action, int signo) const;
  // Node's vm with breakOnSigint, while its script runs: it is called as well, so that the script ends.
  bool interrupts_script(const struct sigaction& action, int signo) const;
  // Restores the terminal, then ends the process by the signal (Node's SIGINT and SIGTERM).
  bool ends_process(const struct sigaction& action, int signo) const;
  // Stands for as long as somebody needs it: listeners, child_process, a terminal's size.
  bool serves(const struct sigaction& action, int signo) const;
  // Deno's own signals: its handler there ends the process, or starts the inspector.
  static bool deno_handles(int signo);
  // What may come and go without ending the process: a handler of the runtime's there does a job (SIGCHLD
  // serves child_process), it does not stand in for the default action.
  static bool default_is_harmless(int signo);

  // Found by what it is (facts: inside the runtime, SA_SIGINFO), not by its number alone. 0: none.
  int find_suspend_signal() const;

 private:
  MappedObject runtime_;
  bool stay_ = false;
};

}  // namespace sigbridge
