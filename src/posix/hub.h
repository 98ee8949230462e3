// The one hub of the process: which environments want which signals, the pipe, the wait thread, and what
// stood before us. Made on first use, never destroyed: the handler and the wait thread may outlive any
// environment.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "disposition.h"
#include "hardening.h"
#include "masked_thread.h"
#include "record_ring.h"
#include "self_pipe.h"
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
  size_t environments = 0;
  bool running = false;
};

struct HubOptions {
  uint32_t ring_capacity = RecordRing::kDefaultCapacity;
  int pipe_capacity = 0;  // 0: the kernel's default
};

class Hub {
 public:
  static Hub& instance();

  // Before the first subscription; later calls change what the next start uses (the ring stays as it is).
  void configure(const HubOptions& options);
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

 private:
  static constexpr size_t kBatch = 1024;

  Hub() = default;

  bool all_agree(std::span<const Wanted> wanted);
  bool idle() const { return watched_ == 0 && !(hardened_ > 0 && keep_looking_); }
  PosixError start();
  void stop();
  bool release(Subscriber& subscriber, int signo, uint32_t* purged);
  void give_back_if_idle(uint64_t realtime);

  static void* run(void* hub);
  void wait_loop();
  bool dispatch();
  size_t fetch(std::span<SignalRecord> batch);
  size_t fetch_overflow(std::span<SignalRecord> batch, size_t count);
  void hand_out(std::span<const SignalRecord> batch);
  void look_around(int64_t now);
  void mask_newcomers();
  void note_drop();
  void close_overflow_episode(int64_t now);
  void wait(int64_t now);
  int64_t next_duty() const;
  SignalSet mask_while_waiting();
  bool behind(size_t limit, size_t limit_when_stuck, int64_t now);
  void pause_or_resume(int64_t now);

  // Serialises subscribe, unsubscribe, start, stop and visits. Never taken by the wait thread, which stop()
  // joins.
  std::mutex lifecycle_;
  // Guards what follows up to the next note; held for moments, by JS threads and the wait thread.
  std::mutex table_;
  std::vector<Subscriber*> subscribers_;
  std::array<uint32_t, kSignalSlots> environments_{};  // subscribed environments a signal
  Dispositions dispositions_;
  Hardening hardening_;
  int hardened_ = 0;           // written with lifecycle_ held too
  bool keep_looking_ = false;  // likewise: hardening needs the wait thread's looks
  HubStats stats_;

  // Guarded by lifecycle_.
  HubOptions options_;
  SelfPipe pipe_;
  MaskedThread thread_;
  size_t watched_ = 0;
  std::atomic<bool> stopping_{false};

  // The wait thread takes real-time signals itself; false where the JS thread must keep them open.
  std::atomic<bool> wait_thread_takes_{false};
  // A thread could not be asked to block real-time signals: its turn comes at the next look.
  std::atomic<bool> visit_again_{false};

  // The wait thread's own.
  bool congested_ = false;
  int64_t paused_at_ = 0;
  int64_t next_look_ = 0;
  int64_t looks_end_hurry_ = 0;
  int64_t episode_began_ = 0;
  int64_t episode_last_ = 0;
};

}  // namespace sigbridge
