// The one hub of the process: which environments want which signals, the pipe, the wait thread, and what
// stood before us. Made on first use, never destroyed: the handler and the wait thread may outlive any
// environment.
#pragma once

#include <poll.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "disposition.h"
#include "hardening.h"
#include "health_watch.h"
#include "held_signals.h"
#include "kernel_queue.h"
#include "masked_thread.h"
#include "record_ring.h"
#include "recovery.h"
#include "self_pipe.h"
#include "shutdown_deadline.h"
#include "subscriber.h"

namespace sigbridge {

struct Wanted {
  int signo;
  Listeners listeners;
  ActionFlags flags{};
};

struct HubStats {
  uint32_t ring_capacity = 0;
  uint64_t ring_high_water = 0;
  uint64_t received = 0;   // records and overflow taken from the handler
  uint64_t overflow = 0;   // of these: found the ring full (merged or dropped)
  uint64_t unclaimed = 0;  // no environment wanted them any more
  uint64_t late = 0;       // handler runs after the last subscription of the signal had closed
  uint64_t batches = 0;    // handed out by the wait thread
  uint64_t displaced = 0;  // times our handler was found replaced, and took its place again
  uint64_t taken = 0;      // given to a wait instead of to listeners
  // Said to be kill() by process 0: the kernel had no room for what came along (RLIMIT_SIGPENDING), or the
  // sender is outside of the container.
  uint64_t bare = 0;
  size_t environments = 0;
  bool running = false;
};

// How deliveries come in. kSelfPipe: through the handler alone. kSignalfd: real-time signals from the
// kernel's queue, the handler for the rest and as the catch-all. kAuto: the latter, where children do not
// inherit the mask it needs.
enum class Backend { kAuto, kSelfPipe, kSignalfd };

struct HubOptions {
  uint32_t ring_capacity = RecordRing::kDefaultCapacity;
  int pipe_capacity = 0;  // 0: the kernel's default
  Backend backend = Backend::kAuto;
};

class Hub {
 public:
  static Hub& instance();

  // Before the first subscription; later calls change what the next start uses (the ring stays as it is).
  void configure(const HubOptions& options);
  Backend backend();
  // Facts about the runtime that only its Node-API side can tell.
  void set_runtime(const void* anchor, bool handlers_stay, bool look_for_suspend_signal,
                   bool children_inherit_mask);
  int suspend_signal();

  // -- JS threads. All of `wanted` or nothing. kConflict: one has a subscription with other flags.
  PosixError subscribe(Subscriber& subscriber, std::span<const Wanted> wanted);
  // Waiting records thrown away.
  uint32_t unsubscribe(Subscriber& subscriber, int signo);
  // The environment ends. `process_ends`: dispositions stay as they are, so that a signal that comes between
  // now and the exit does not change the exit status.
  void detach(Subscriber& subscriber, bool process_ends);
  void listeners_changed(int signo, Listeners listeners);
  // The main environment's event loop watches the returned descriptor from now on, or not any more, and calls
  // dispatch_from_loop() when it is readable. It is open as long as the caller subscribes to anything; -1:
  // there is none to be had.
  int loop_watches(bool watches);
  void dispatch_from_loop();
  // The descriptor is not ours any more: the caller stops watching it and asks for another.
  bool loop_is_broken() const { return loop_broken_.load(); }

  // -- Critical sections and waits; in hub_hold.cc and hub_wait.cc. JS threads.
  // From now on nothing in the process is told of these signals: no listener of ours, no handler that stood
  // before. Counted. `taken` are those held in the end: an ignored signal stays ignored. All or nothing.
  enum class Ignored { kStay, kHeldToo };
  PosixError hold(const SignalSet& signals, Ignored ignored, SignalSet& taken);
  // What came in the meantime goes to its subscribers and what stood before, or, with none, to the
  // disposition that stands again: it may end the process.
  void unhold(const SignalSet& taken);
  // Holds the signals and waits for one of them; nullopt: none came in time. `timeout` in ns, negative: for
  // ever.
  Result<std::optional<SignalRecord>> wait_for(const SignalSet& signals, int64_t timeout);
  // Held at this moment.
  SignalSet held();

  // -- In hub_mask.cc. JS threads; Linux alone (ENOSYS).
  // The program's mask on every thread: the calling one's, those of others, and what the wait thread takes.
  // The mask that the calling thread had.
  enum class MaskChange { kBlock, kUnblock, kSet };
  Result<SignalSet> change_mask_everywhere(MaskChange change, const SignalSet& signals);

  // -- In hub_shutdown.cc. JS threads. One in the process at a time: EBUSY.
  PosixError open_shutdown(const ShutdownPlan& plan);
  void close_shutdown();
  // See ShutdownDeadline.
  void start_shutdown(int signo, int end);
  void shutdown_at(std::string_view steps);
  void beat();
  // ns until the process ends, 0 at least; ShutdownDeadline::kNever: none has begun.
  int64_t shutdown_left();

  // Repairs what stands, and from now on (until as many release_hardening calls) what the wait thread finds.
  // The signals repaired now.
  std::vector<int> harden(bool keep_looking);
  void release_hardening();
  // A handler may have come since: one more pass, if hardened.
  std::vector<int> harden_again();
  const Dispositions& dispositions() const { return dispositions_; }

  // -- in hub_dispositions.cc
  Result<DispositionInfo> query(int signo);
  PosixError change(int signo, const struct sigaction& action);
  // ActionFlags::set of the standing subscription; 0 without one.
  unsigned flags(int signo);
  // For a process that is about to end: nobody takes a handler's place again from here on. The runtime's own
  // end for the signal, if it has one (Dispositions::stand_in).
  std::optional<struct sigaction> freeze_for_end(int signo);
  HubStats stats();

  // -- in hub_trace.cc. JS threads. `dump_signal` (a standard one; 0: none) makes the wait thread write the
  // trace to `fd` when it comes, whatever JavaScript does; it is taken as by a subscription.
  struct TraceOptions {
    uint32_t capacity = 0;
    int dump_signal = 0;
    int fd = -1;
    Listeners listeners = Listeners::kUnknown;
  };
  PosixError start_tracing(const TraceOptions& options);
  void stop_tracing();
  // -- Health reports that the wait thread writes where JavaScript does not; in hub_health.cc. JS threads.
  int open_health(HealthOrder order);
  void close_health(int id);
  HealthWatch::Missed health_heard(int id) { return health_.heard(id); }

 private:
  static constexpr size_t kBatch = 1024;
  // Room is kept for one more record a signal, which fetch_overflow may have to make.
  static constexpr size_t kBatchRoom = kBatch - kSignalSlots;
  // An episode of drops ends when there were none for a while (ns), or is told in parts when it does not end.
  static constexpr int64_t kEpisodeQuiet = 50'000'000;
  static constexpr int64_t kEpisodeLongest = 1'000'000'000;

  Hub() = default;

  bool all_agree(std::span<const Wanted> wanted);
  // A wait that is under way: on its thread's stack, in `waiters_` meanwhile.
  struct Waiter {
    SelfPipe bell;
    SignalSet signals;
  };

  bool idle() const { return watched_ == 0 && !(hardened_ > 0 && keep_looking_) && !deadline_.is_open(); }
  PosixError start();
  void stop();
  // Those that have looked at the state finish within microseconds, unless their thread is stopped: false.
  static bool wait_for_handlers();
  PosixError acquire(int signo, Listeners listeners, ActionFlags flags = {});
  void let_go(int signo);
  uint64_t single_taker_from_now_on(const SignalSet& signals);
  bool release(Subscriber& subscriber, int signo, uint32_t* purged);
  void give_back_if_idle(uint64_t realtime);
  bool hold_if_watched(const SignalSet& signals, SignalSet& taken);
  PosixError acquire_held(const SignalSet& signals, SignalSet& done);
  bool is_last_user_of_any(const SignalSet& signals) const;
  struct Released {
    std::vector<SignalRecord> unchained;
    // Nobody of ours watches them any more: for the disposition that stands again.
    std::vector<SignalRecord> orphans;
    uint64_t realtime = 0;  // signals without a user now
  };
  Released release_held(const SignalSet& signals);
  void finish(std::unique_lock<std::mutex>& lifecycle, const Released& released);
  bool find_held(Waiter& waiter, SignalRecord& out);
  std::optional<SignalRecord> wait_until_held(Waiter& waiter, int64_t timeout);
  uint32_t have_mask_followed();
  void let_wait_thread_follow();
  PosixError take_dump_signal(int signo, Listeners listeners);
  void give_dump_signal_back();
  void look_for_dump_request(std::span<const SignalRecord> batch);
  void dump_if_asked();

  static void* run(void* hub);
  void wait_loop();
  void choose_who_answers();
  enum class Queue { kRead, kLeave };
  void silence_bell();
  bool dispatch(Queue queue);
  bool dispatch_locked(Queue queue);
  bool uses_kernel_queue() const;
  PosixError watch_queue();
  PosixError watch_queue_locked();
  size_t settle(std::span<SignalRecord> batch);
  std::vector<SignalRecord> take_unchained() { return std::exchange(unchained_, {}); }
  size_t fetch(std::span<SignalRecord> batch, Queue queue);
  size_t read_queue(std::span<SignalRecord> batch);
  size_t fetch_overflow(std::span<SignalRecord> batch, size_t count);
  void hand_out(std::span<const SignalRecord> batch, Subscriber::Came came);
  void look_around(int64_t now);
  // Counts it, and has the environments that are subscribed told. The table lock is held.
  void note_displaced(int signo, const Retaken& retaken);
  void answer_health(int64_t now);  // in hub_health.cc
  void mask_newcomers();
  void note_drop();
  void drop(int signo, uint32_t count);
  void close_overflow_episode(int64_t now);
  void wait(int64_t now);
  void wait_for_queue(int64_t now);
  // In hub_repair.cc.
  enum class Polled { kReady, kInterrupted };
  Polled poll(std::span<pollfd> sources, const timespec& timeout, const SignalSet& mask);
  pollfd bell_source() const;
  pollfd loop_source();
  void mend_if_due(int64_t now);
  bool mend_pipe(bool may_make);
  bool mend_queue(bool may_make);
  void look_at_loop_pipe();
  void wake_wait_thread();
  void duty_changed();
  void keep_deadline();
  int64_t next_duty();
  SignalSet mask_while_waiting();
  void look_for_congestion();
  bool behind(size_t limit, size_t limit_when_stuck, int64_t now);
  void pause_or_resume(int64_t now);

  // Serialises subscribe, unsubscribe, start, stop and visits. The wait thread, which stop() joins, only
  // tries for it.
  std::mutex lifecycle_;
  // Guards what follows up to the next note; held for moments, by JS threads and the wait thread.
  std::mutex table_;
  std::vector<Subscriber*> subscribers_;
  std::array<uint32_t, kSignalSlots> users_{};  // subscribed environments and holds, a signal
  Dispositions dispositions_;
  Hardening hardening_;
  int hardened_ = 0;           // written with lifecycle_ held too
  bool keep_looking_ = false;  // likewise: hardening needs the wait thread's looks
  HubStats stats_;
  HeldSignals held_;
  std::vector<Waiter*> waiters_;
  // Handed out, and what stood before us is still to be told: by whoever gives up the lock next.
  std::vector<SignalRecord> unchained_;
  // An episode of drops: when it began (0: none is under way), and its latest drop.
  int64_t episode_began_ = 0;
  int64_t episode_last_ = 0;
  // Opened and closed with lifecycle_ held too.
  ShutdownDeadline deadline_;

  // Written with lifecycle_ held too. 0: none.
  int dump_signal_ = 0;
  HealthWatch health_;  // has a lock of its own

  // Guarded by the table lock, and by lifecycle_ while the wait thread is not there. That thread alone
  // changes the first and the last of them while it runs: it may read those without.
  SelfPipe pipe_;
  // The event loop's bell, from the first time that it watches until the hub stops.
  SelfPipe loop_pipe_;
  // Closed, unless the backend is the kernel's queue.
  KernelQueue queue_;
  std::atomic<bool> loop_broken_{false};
  // One of them may not be ours any more: the wait thread looks before it waits again.
  std::atomic<bool> suspicious_{false};

  // Guarded by lifecycle_.
  HubOptions options_;
  MaskedThread thread_;
  size_t watched_ = 0;
  std::atomic<bool> stopping_{false};

  std::atomic<int> dump_fd_{-1};
  std::atomic<bool> dump_wanted_{false};

  // The wait thread takes real-time signals itself; false where the JS thread must keep them open.
  std::atomic<bool> wait_thread_takes_{false};
  // Guarded by the table lock.
  bool loop_watches_ = false;
  // Counted up when the wait thread has to look at its mask anew, and by it when it has.
  std::atomic<uint32_t> mask_wanted_{0};
  std::atomic<uint32_t> mask_followed_{0};
  // A thread could not be asked to block real-time signals: its turn comes at the next look.
  std::atomic<bool> visit_again_{false};

  // The main environment has gone: a pause is for good.
  std::atomic<bool> process_ends_{false};

  // The wait thread's own.
  bool congested_ = false;
  int64_t paused_at_ = 0;
  // The end of a pause that not every thread has heard of is told again: when (0: all have), and how long
  // that is after the last time.
  int64_t resume_again_ = 0;
  int64_t resume_pause_ = 0;
  int64_t next_look_ = 0;
  int64_t looks_end_hurry_ = 0;
  int poll_failures_ = 0;  // in a row
  bool heard_ = false;     // the last poll found the bell readable
  bool mending_ = false;   // something of ours is missing
  int64_t next_mend_ = 0;
  uint64_t made_ = 0;  // anew
  // What was asked for when it started.
  int pipe_capacity_ = 0;
  bool queue_wanted_ = false;
};

}  // namespace sigbridge
