// Protection around a load of native code on the calling thread: every signal blocked, so that the threads it
// starts inherit that; the runtime's suspend handler put back if the load changed it; what came with it found
// and pinned. Made and ended on one thread, in LIFO order; not in signal context.
#pragma once

#include <array>
#include <csignal>
#include <optional>
#include <vector>

#include "disposition.h"
#include "runtime_code.h"
#include "thread_list.h"
#include "thread_mask.h"

namespace sigbridge {

struct HandlerChange {
  int signo = 0;
  struct sigaction before {};
  struct sigaction after {};
  bool put_back = false;  // the runtime's suspend handler, as it was
};

struct LoadReport {
  std::vector<LoadedLibrary> libraries;  // new in the process, all pinned
  std::vector<ThreadInfo> threads;       // new in the process
  std::vector<HandlerChange> handlers;
  bool go = false;
};

class LoadGuard {
 public:
  // `dispositions` outlives the guard: the hub's.
  explicit LoadGuard(const Dispositions& dispositions);
  ~LoadGuard();
  LoadGuard(const LoadGuard&) = delete;
  LoadGuard& operator=(const LoadGuard&) = delete;

  // Puts back what must be put back, the mask last. Once.
  LoadReport end();

 private:
  void find_libraries(LoadReport& report) const;
  void find_threads(LoadReport& report) const;
  void compare_handlers(LoadReport& report) const;

  const Dispositions& dispositions_;
  std::vector<LoadedLibrary> libraries_before_;
  std::vector<ThreadInfo> threads_before_;
  DispositionTable handlers_before_;
  std::optional<ScopedBlock> block_;
};

}  // namespace sigbridge
