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

// Descriptor + 1; 0: none. The hub has five, ExitWatch two, and each thread that waits two. What does not fit
// a child keeps: it is close-on-exec.
std::array<std::atomic<int>, 64> g_fds{};
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

// False: there was none.
bool replace(int found, int wanted) {
  for (std::atomic<int>& fd : g_fds) {
    int expected = found;
    if (fd.compare_exchange_strong(expected, wanted)) return true;
  }
  return false;
}

void in_child() {
  for (std::atomic<int>& fd : g_fds) {
    const int number = fd.exchange(0);
    if (number != 0) static_cast<void>(::close(number - 1));
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

void watch(int fd) {
  install();
  if (fd >= 0) static_cast<void>(replace(0, fd + 1));
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
