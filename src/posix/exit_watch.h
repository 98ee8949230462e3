// Watches processes for their end: one thread with every signal blocked for the whole process, there while
// somebody watches. add() and remove() on JS threads; reports come on the watching thread. Linux; elsewhere
// add() gives ENOSYS.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>

#include "known_fd.h"
#include "masked_thread.h"
#include "posix_error.h"
#include "process_handle.h"

namespace sigbridge {

class ExitWatch {
 public:
  // Once for each process, on the watching thread, with the table's lock held: it must not come back here.
  using Report = void (*)(void* owner, int id, const ProcessEnd& end);

  // Never destroyed: the thread may still be there when the process exits.
  static ExitWatch& instance();

  // `pidfd` stays the caller's, and stays open until remove(). A process that has ended already is reported
  // at once. `owner` and `id` together name the watch.
  PosixError add(int pidfd, Report report, void* owner, int id);
  // After they return there is no report any more. The last one to go ends the thread.
  void remove(void* owner, int id);
  void remove_all(void* owner);

  bool running() const { return thread_.running(); }

 private:
  struct Watched {
    void* owner;
    int id;
    int pidfd;
    Report report;
  };

  ExitWatch() = default;

  static void* run(void* watch);
  void loop();
  void tell(uint64_t key);
  PosixError open();
  PosixError watch(int pidfd, uint64_t key) const;
  PosixError check() const;
  void let_go(PosixError failure);
  bool mend();
  PosixError start_if_needed();
  void stop_if_idle();
  template <typename Chosen>
  void remove_if(Chosen chosen);

  std::mutex lifecycle_;  // the thread's beginning and end; taken before table_, never by the thread
  std::mutex table_;
  // By a number that never comes again: what the thread was told of before a removal finds nothing.
  std::map<uint64_t, Watched> watched_;
  uint64_t next_key_ = 1;
  // Written with both locks held, or by the thread with table_'s; read by the thread without.
  KnownFd epoll_;
  KnownFd bell_;  // tells the thread to end
  std::atomic<bool> stopping_{false};
  MaskedThread thread_;
};

}  // namespace sigbridge
