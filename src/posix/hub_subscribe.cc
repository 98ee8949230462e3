// See hub.h: who uses a signal, from its first user to its last, and which thread takes the real-time ones
// meanwhile. JS threads.
#include <algorithm>

#include "hub.h"
#include "mask_visitor.h"
#include "signal_handler.h"
#include "thread_mask.h"
#include "trace_ring.h"

namespace sigbridge {
namespace {

size_t cell(int signo) {
  return static_cast<size_t>(signo);
}

// What the kernel holds of a real-time signal was sent while somebody watched it: it must not end the process
// now that the default action comes back. Bounded, against a sender that never stops.
uint32_t take_queued([[maybe_unused]] int signo) {
  uint32_t taken = 0;
#if !defined(__APPLE__)
  constexpr uint32_t kQueueLimit = 1U << 20;
  // What the program blocks for all threads is its own to take, or to find when it opens it.
  if (!is_realtime(signo) || handler_state().process_mask.contains(signo)) return 0;
  const SignalSet only = SignalSet::of(signo);
  const ScopedBlock block(only);
  const timespec at_once{};
  while (taken < kQueueLimit && ::sigtimedwait(&only.native(), nullptr, &at_once) == signo) ++taken;
#endif
  return taken;
}

}  // namespace

// One more user of the signal. The table lock is held.
PosixError Hub::acquire(int signo, Listeners listeners, ActionFlags flags) {
  if (users_[cell(signo)] == 0) {
    handler_state().overflow[cell(signo)].store(0);
    handler_state().unchained.remove(signo);
    handler_state().resend.remove(signo);
    handler_state().watched.add(signo);
    if (PosixError failure = dispositions_.install(signo, listeners, flags)) {
      handler_state().watched.remove(signo);
      return failure;
    }
    ++watched_;
  } else if (listeners != Listeners::kUnknown) {
    note_displaced(signo, dispositions_.retake(signo, listeners));
  }
  ++users_[cell(signo)];
  return PosixError::none();
}

// The last user of the signal has gone. The table lock is held.
void Hub::let_go(int signo) {
  dispositions_.put_back(signo);
  if (hardened_ > 0) static_cast<void>(hardening_.repair_all(dispositions_.suspend_signal()));
  handler_state().watched.remove(signo);
  --watched_;
}

// One thread alone takes the real-time ones among them; they are returned. The lifecycle lock is held.
uint64_t Hub::single_taker_from_now_on(const SignalSet& signals) {
  const uint64_t already = single_taker_signals();
  uint64_t realtime = 0;
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    if (!signals.contains(signo)) continue;
    handler_state().single_taker.add(signo);
    realtime |= MaskTable::bit(signo);
  }
  // Each time, not only the first: the caller's thread, for one, may be younger than the last visit.
  if (!block_on_threads(realtime, already, dispositions_)) visit_again_.store(true);
  // Blocked everywhere first: what a thread still has open is the handler's. It cannot fail on an open
  // descriptor.
  static_cast<void>(static_cast<bool>(watch_queue()));
  return realtime;
}

PosixError Hub::subscribe(Subscriber& subscriber, std::span<const Wanted> wanted) {
  const std::lock_guard lifecycle(lifecycle_);
  if (!all_agree(wanted)) return kConflict;
  if (!thread_.running()) {
    if (PosixError failure = start()) return failure;
  }
  SignalSet signals;
  for (const Wanted& want : wanted) signals.add(want.signo);
  const uint64_t realtime = single_taker_from_now_on(signals);

  PosixError failure;
  size_t done = 0;
  bool known = false;
  {
    const std::lock_guard table(table_);
    known = std::find(subscribers_.begin(), subscribers_.end(), &subscriber) != subscribers_.end();
    if (!known) {
      subscribers_.push_back(&subscriber);
      choose_who_answers();
    }
    for (; done < wanted.size(); ++done) {
      const auto [signo, listeners, flags] = wanted[done];
      trace(TraceKind::kSubscribe, signo);
      subscriber.open(signo);
      failure = acquire(signo, listeners, flags);
      if (failure) {
        subscriber.close(signo);
        break;
      }
    }
  }
  if (!failure) {
    // So that the wait thread opens what it is to take from now on.
    if (realtime != 0) static_cast<void>(have_mask_followed());
    return PosixError::none();
  }
  for (size_t i = 0; i < done; ++i) release(subscriber, wanted[i].signo, nullptr);
  if (!known) {
    const std::lock_guard table(table_);
    std::erase(subscribers_, &subscriber);
    choose_who_answers();
  }
  give_back_if_idle(realtime);
  if (idle()) stop();
  return failure;
}

// True when it was the signal's last subscription.
bool Hub::release(Subscriber& subscriber, int signo, uint32_t* purged) {
  const std::lock_guard table(table_);
  if (!subscriber.is_open(signo)) return false;
  trace(TraceKind::kUnsubscribe, signo);
  const uint32_t thrown_away = subscriber.close(signo);
  if (purged != nullptr) *purged = thrown_away;
  if (--users_[cell(signo)] != 0) return false;
  const uint32_t queued = dispositions_.defaults_beneath(signo) ? take_queued(signo) : 0;
  if (purged != nullptr) *purged += queued;
  subscriber.count_discarded(signo, queued);
  stats_.received += queued;
  stats_.unclaimed += queued;
  let_go(signo);
  return true;
}

// Real-time signals that nobody watches any more are opened again on the threads where we blocked them.
void Hub::give_back_if_idle(uint64_t realtime) {
  uint64_t idle = 0;
  {
    const std::lock_guard table(table_);
    for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
      if ((realtime & MaskTable::bit(signo)) == 0 || users_[cell(signo)] != 0) continue;
      handler_state().single_taker.remove(signo);
      idle |= MaskTable::bit(signo);
    }
  }
  static_cast<void>(static_cast<bool>(watch_queue()));
  give_back_on_threads(idle, dispositions_);
}

uint32_t Hub::unsubscribe(Subscriber& subscriber, int signo) {
  const std::lock_guard lifecycle(lifecycle_);
  uint32_t purged = 0;
  if (!release(subscriber, signo, &purged)) return purged;
  if (is_realtime(signo)) give_back_if_idle(MaskTable::bit(signo));
  if (idle()) stop();
  return purged;
}

void Hub::detach(Subscriber& subscriber, bool process_ends) {
  const std::lock_guard lifecycle(lifecycle_);
  {
    const std::lock_guard table(table_);
    std::erase(subscribers_, &subscriber);
    choose_who_answers();
  }
  if (process_ends) {
    // Nobody is left to be told, and the thread that takes real-time signals has an end to come to.
    process_ends_.store(true);
    if (!wait_thread_takes_.load()) handler_state().pause.store(true);
    return;
  }
  uint64_t realtime = 0;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (release(subscriber, signo, nullptr) && is_realtime(signo)) realtime |= MaskTable::bit(signo);
  }
  give_back_if_idle(realtime);
  if (idle() && thread_.running()) stop();
}

void Hub::listeners_changed(int signo, Listeners listeners) {
  const std::lock_guard table(table_);
  if (users_[cell(signo)] == 0) return;
  Retaken retaken = dispositions_.retake(signo, listeners);
  // Bun's, when a listener comes and goes before we look.
  if (retaken.found.sa_handler == SIG_DFL) retaken.by_stranger = false;
  note_displaced(signo, retaken);
}

void Hub::note_displaced(int signo, const Retaken& retaken) {
  if (!retaken.displaced) return;
  ++stats_.displaced;
  for (Subscriber* subscriber : subscribers_) {
    subscriber->accept_displaced(signo, retaken.found, retaken.by_stranger);
    subscriber->ring_if_needed();
  }
}

}  // namespace sigbridge
