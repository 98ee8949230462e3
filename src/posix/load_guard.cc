// See load_guard.h.
#include "load_guard.h"

#include <algorithm>

namespace sigbridge {
namespace {

// Not the faults, which belong to the instruction that runs; not the runtime's suspend signal: a JS thread
// that blocks it stalls the garbage collector.
SignalSet blocked_while_loading(int suspend_signal) {
  SignalSet set = SignalSet::blockable();
  if (suspend_signal != 0) set.remove(suspend_signal);
  return set;
}

}  // namespace

LoadGuard::LoadGuard(const Dispositions& dispositions)
    : dispositions_(dispositions),
      libraries_before_(loaded_libraries()),
      threads_before_(threads_of_process(Births::kAsTheyAre)),
      handlers_before_(read_dispositions()) {
  block_.emplace(blocked_while_loading(dispositions.suspend_signal()));
}

LoadGuard::~LoadGuard() {
  block_.reset();
}

void LoadGuard::find_libraries(LoadReport& report) const {
  for (const LoadedLibrary& library : loaded_libraries()) {
    const auto same = [&](const LoadedLibrary& other) { return other.path == library.path; };
    if (std::any_of(libraries_before_.begin(), libraries_before_.end(), same)) continue;
    report.libraries.push_back(library);
    static_cast<void>(pin_library(library.path));
    if (!library.go) continue;
    report.go = true;
    // Before the handlers are compared: its runtime installs them on a thread of its own, after dlopen.
    static_cast<void>(wait_for_go_runtime(library.path));
  }
}

void LoadGuard::find_threads(LoadReport& report) const {
  for (const ThreadInfo& thread : threads_of_process(Births::kAsTheyAre)) {
    const auto same = [&](const ThreadInfo& other) { return other.tid == thread.tid; };
    if (std::none_of(threads_before_.begin(), threads_before_.end(), same)) report.threads.push_back(thread);
  }
}

void LoadGuard::compare_handlers(LoadReport& report) const {
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    const struct sigaction& before = handlers_before_[static_cast<size_t>(signo)];
    const struct sigaction after = read_disposition(signo);
    if (same_disposition(before, after)) continue;
    HandlerChange change{signo, before, after, false};
    if (signo == dispositions_.suspend_signal()) {
      // Go adds SA_ONSTACK to it, JavaScriptCore then finds its own stack pointer off the thread's stack and
      // tries again for ever (Bun 1.2).
      static_cast<void>(set_disposition(signo, before));
      change.put_back = true;
    }
    report.handlers.push_back(change);
  }
}

LoadReport LoadGuard::end() {
  LoadReport report;
  find_libraries(report);
  compare_handlers(report);
  find_threads(report);
  block_.reset();
  return report;
}

}  // namespace sigbridge
