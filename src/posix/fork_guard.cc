// See fork_guard.h. in_child() runs in the forked child, in the only thread there is: async-signal-safe calls
// only, and no lock.
#include "fork_guard.h"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

#include "mask_table.h"
#include "signal_action.h"
#include "signal_handler.h"
#include "thread_mask.h"
#include "user_mask.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif

namespace sigbridge::fork_guard {
namespace {

// `number`: descriptor + 1; 0: free, -1: being filled in, and so the filling thread's alone. The rest is
// written before it.
struct Slot {
  std::atomic<int> number{0};
  dev_t device = 0;
  ino_t inode = 0;
};

// The hub has five, ExitWatch two, and each thread that waits two. What does not fit a child keeps: it is
// close-on-exec.
constinit std::array<Slot, 64> g_fds{};
#ifdef __linux__
// Which thread forks: in the child its number is another, and its entry in the mask table is under the old
// one.
thread_local pid_t t_forking = 0;
#endif

void before_fork() {
#ifdef __linux__
  t_forking = static_cast<pid_t>(::syscall(SYS_gettid));
#endif
}

void open_mask() {
#ifdef __linux__
  // A thread without an entry has our mask from its creator. One that blocks SIGTERM as well was meant to be
  // closed.
  const ThreadEntry* entry = mask_table().entry_of(t_forking, false);
  const bool closed = current_mask().contains(SIGTERM) && !handler_state().process_mask.contains(SIGTERM);
  if (entry == nullptr && closed) return;
  SignalSet ours;
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    const bool added = entry != nullptr ? (entry->added.load() & MaskTable::bit(signo)) != 0
                                        : handler_state().single_taker.contains(signo) &&
                                              !handler_state().process_mask.contains(signo);
    if (added) ours.add(signo);
  }
  ::pthread_sigmask(SIG_UNBLOCK, &ours.native(), nullptr);
#endif
}

// Null: there was none.
Slot* replace(int found, int wanted) {
  for (Slot& slot : g_fds) {
    int expected = found;
    if (slot.number.compare_exchange_strong(expected, wanted)) return &slot;
  }
  return nullptr;
}

void in_child() {
  for (Slot& slot : g_fds) {
    const int fd = slot.number.exchange(0) - 1;
    struct stat file {};
    if (fd < 0 || ::fstat(fd, &file) != 0 || file.st_dev != slot.device || file.st_ino != slot.inode)
      continue;
    static_cast<void>(::close(fd));
  }
  if (handler_state().owner.load() == 0) return;
  reset_handlers_in_child();
  handler_state().owner.store(0);
  handler_state().bell_fd.store(-1);
  handler_state().spare_bell_fd.store(-1);
  open_section_mask();
  open_mask();
}

}  // namespace

void install() {
  static const int once = ::pthread_atfork(&before_fork, nullptr, &in_child);
  static_cast<void>(once);
}

void watch(int fd, const struct stat& file) {
  install();
  Slot* slot = replace(0, -1);
  if (slot == nullptr) return;
  slot->device = file.st_dev;
  slot->inode = file.st_ino;
  slot->number.store(fd + 1);
}

void unwatch(int fd) {
  if (fd >= 0) static_cast<void>(replace(fd + 1, 0));
}

void open_mask_for_exec() {
  before_fork();
  open_section_mask();
  open_mask();
}

}  // namespace sigbridge::fork_guard
