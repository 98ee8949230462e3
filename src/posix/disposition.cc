// See disposition.h.
#include "disposition.h"

#include "signal_handler.h"
#include "trace_ring.h"

namespace sigbridge {
namespace {

bool resets(const struct sigaction& action) {
  return resets_after_a_call(action.sa_flags);
}

// Bun, when the last of its listeners goes and our handler stands, puts ours back through signal(): without
// SA_SIGINFO and SA_ONSTACK. Hardening may add to what we set, nobody may take from it.
bool is_intact(const struct sigaction& action, unsigned chosen) {
  const unsigned needed = SA_SIGINFO | SA_ONSTACK | chosen;
  return is_ours(action) &&
         (static_cast<unsigned>(action.sa_flags) & (needed | ActionFlags::kChoosable)) == needed;
}

// The handler reads entry, flags, entry: so the entry goes out first and comes in last.
void publish(ChainedHandler& chained, const struct sigaction* call) {
  const uintptr_t entry = call != nullptr ? reinterpret_cast<uintptr_t>(address_of(*call)) : 0;
  if (chained.entry.load() == entry && (entry == 0 || chained.flags.load() == call->sa_flags)) return;
  chained.entry.store(0);
  chained.flags.store(call != nullptr ? call->sa_flags : 0);
  chained.entry.store(entry);
}

}  // namespace

PosixError Dispositions::install_ours(int signo, unsigned chosen) const {
  struct sigaction ours {};
  ours.sa_sigaction = &signal_handler;
  // A small alternate stack (Deno's threads have 8 KiB) holds one frame of ours, not several nested ones: the
  // mask is everything but the faults and the signal the runtime suspends its threads with.
  ours.sa_flags = static_cast<int>(SA_SIGINFO | SA_ONSTACK | chosen);
  SignalSet mask = SignalSet::blockable();
  if (suspend_signal_ != 0) mask.remove(suspend_signal_);
  ours.sa_mask = mask.native();
  return set_disposition(signo, ours);
}

// Installed over ours, it may have kept our address. libuv's and Bun's for their listeners never call it.
bool Dispositions::may_call_us(const struct sigaction& action) const {
  return is_handler(action) && (runtime_.stay() || !runtime_.contains(action));
}

// Files `found` as what it is: the runtime's service for its listeners, or what the process has without it.
void Dispositions::keep(Saved& saved, int signo, const struct sigaction& found) {
  // Unknown: a Worker cannot count the main thread's listeners, but in Node and Bun nothing else stands
  // there.
  const bool serves =
      !runtime_.stay() && (saved.listeners != Listeners::kNone || runtime_.interrupts_script(found, signo));
  if (runtime_.contains(found) && !RuntimeHandlers::default_is_harmless(signo) &&
      !runtime_.replaces_default(found, signo) && serves) {
    saved.serving = found;
    return;
  }
  // The runtime took its listeners' handler away and left the default. What stood before it stays ours to put
  // back: process.off destroys it otherwise.
  const bool taken_away = saved.serving.has_value() && found.sa_handler == SIG_DFL;
  saved.serving.reset();
  if (taken_away) return;
  const bool replaces_a_library =
      is_handler(found) && is_handler(saved.beneath) && !runtime_.contains(saved.beneath);
  if (replaces_a_library && address_of(found) != address_of(saved.beneath)) saved.passed_on = saved.beneath;
  if (!is_handler(found)) saved.passed_on.reset();
  saved.beneath = found;
}

// A handler with SA_RESETHAND that has had its call leaves the default behind, as it would without us.
void Dispositions::settle_spent(Saved& saved, int signo) {
  if (handler_state().chain[static_cast<size_t>(signo)].spent.exchange(false)) {
    if (resets(saved.beneath)) {
      saved.beneath = default_disposition();
    } else {
      saved.passed_on.reset();
    }
  }
  ChainedHandler* passed_on = handler_state().passed_on.load();
  if (passed_on != nullptr && passed_on[signo].spent.exchange(false)) saved.passed_on.reset();
}

void Dispositions::publish_chain(Saved& saved, int signo) {
  settle_spent(saved, signo);
  if (saved.what_comes_back().sa_handler == SIG_IGN) {
    handler_state().ignored_beneath.add(signo);
  } else {
    handler_state().ignored_beneath.remove(signo);
  }
  const struct sigaction* passed_on = saved.passed_on.has_value() ? &*saved.passed_on : nullptr;
  const struct sigaction* call = nullptr;
  if (saved.serving.has_value()) {
    if (saved.listeners != Listeners::kNone || runtime_.interrupts_script(*saved.serving, signo))
      call = &*saved.serving;
  } else if (is_handler(saved.beneath) && !is_ours(saved.beneath)) {
    // A handler that stays (Deno's) serves as long as JavaScript says that there are listeners.
    // Where nobody can say (a Worker), one for a signal that Deno has no use for itself can only be theirs.
    const bool unknown_serves =
        saved.listeners == Listeners::kUnknown && runtime_.stay() && !RuntimeHandlers::deno_handles(signo);
    const bool serves_now = (saved.listeners == Listeners::kLive || unknown_serves) &&
                            !runtime_.replaces_default(saved.beneath, signo);
    if (!runtime_.contains(saved.beneath) || RuntimeHandlers::default_is_harmless(signo) || serves_now)
      call = &saved.beneath;
  }
  if (call == nullptr) std::swap(call, passed_on);
  publish(handler_state().chain[static_cast<size_t>(signo)], call);
  if (passed_on != nullptr && handler_state().passed_on.load() == nullptr) {
    handler_state().passed_on.store(new ChainedHandler[kSignalSlots]);
  }
  ChainedHandler* handlers = handler_state().passed_on.load();
  if (handlers != nullptr) publish(handlers[signo], passed_on);
}

PosixError Dispositions::install(int signo, Listeners listeners, ActionFlags flags) {
  // Looked at first, so that the handler to call is known before a signal can reach ours.
  struct sigaction before {};
  if (PosixError failure = read_disposition(signo, before)) return failure;
  auto saved = std::make_unique<Saved>();
  // With listeners at work the handler that stands is theirs, and the default is what they leave behind.
  saved->beneath = default_disposition();
  saved->listeners = listeners;
  saved->came_later = may_call_us(before) && address_of(before) == over_ours_[static_cast<size_t>(signo)];
  saved->flags = flags.set;
  keep(*saved, signo, before);
  publish_chain(*saved, signo);
  if (PosixError failure = install_ours(signo, saved->flags)) {
    handler_state().chain[static_cast<size_t>(signo)].entry.store(0);
    return failure;
  }
  saved_[static_cast<size_t>(signo)] = std::move(saved);
  trace(TraceKind::kInstalled, signo);
  return PosixError::none();
}

bool Dispositions::defaults_beneath(int signo) const {
  const Saved* saved = saved_[static_cast<size_t>(signo)].get();
  return saved != nullptr && !saved->serving.has_value() && saved->beneath.sa_handler == SIG_DFL;
}

void Dispositions::put_back(int signo) {
  std::unique_ptr<Saved> saved = std::move(saved_[static_cast<size_t>(signo)]);
  if (saved == nullptr) return;
  struct sigaction standing {};
  // Somebody else's by now: theirs to keep. Our handler stays callable for those who saved its address.
  if (!read_disposition(signo, standing) && !is_ours(standing)) return;
  settle_spent(*saved, signo);
  const bool serves = saved->serves();
  static_cast<void>(set_disposition(signo, saved->what_comes_back()));
  trace(TraceKind::kPutBack, signo);
  if (!saved->came_later || serves) return;
  // The handler that stands now may go on calling us: then it is the turn of what stood before us, not its
  // own again.
  publish(handler_state().chain[static_cast<size_t>(signo)],
          saved->passed_on.has_value() ? &*saved->passed_on : nullptr);
  if (ChainedHandler* handlers = handler_state().passed_on.load()) publish(handlers[signo], nullptr);
}

Retaken Dispositions::retake(int signo, Listeners listeners) {
  Retaken retaken;
  Saved* saved = saved_[static_cast<size_t>(signo)].get();
  if (saved == nullptr) return retaken;
  if (listeners != Listeners::kUnknown) saved->listeners = listeners;
  struct sigaction& found = retaken.found;
  if (!read_disposition(signo, found) && !is_intact(found, saved->flags)) {
    // process.off leaves the default.
    const bool taken_away = saved->serving.has_value() && found.sa_handler == SIG_DFL;
    retaken.by_stranger = !is_ours(found) && !runtime_.contains(found) && !taken_away;
    if (is_ours(found)) {
      // Damaged by the runtime when its last listener went: what it had there for them is gone too.
      saved->serving.reset();
      saved->listeners = Listeners::kNone;
      if (runtime_.contains(saved->beneath) && !runtime_.replaces_default(saved->beneath, signo))
        saved->beneath = default_disposition();
    } else {
      keep(*saved, signo, found);
      saved->came_later = may_call_us(saved->beneath);
      if (saved->came_later) over_ours_[static_cast<size_t>(signo)] = address_of(saved->beneath);
    }
    // Published before ours stands again: from then on each delivery must reach both.
    publish_chain(*saved, signo);
    retaken.displaced = !install_ours(signo, saved->flags);
    trace(TraceKind::kDisplaced, signo);
  }
  publish_chain(*saved, signo);
  return retaken;
}

bool Dispositions::borrow(int signo) {
  // Nobody watches it meanwhile. What is left of a hold that has ended would have our handler send it again,
  // to itself, for ever.
  handler_state().resend.remove(signo);
  return saved_[static_cast<size_t>(signo)] == nullptr && !install(signo, Listeners::kUnknown);
}

void Dispositions::give_back_borrowed(int signo) {
  put_back(signo);
}

void Dispositions::replace_saved(int signo, const struct sigaction& repaired,
                                 const struct sigaction& original) {
  Saved* saved = saved_[static_cast<size_t>(signo)].get();
  if (saved == nullptr) return;
  if (same_disposition(saved->beneath, repaired)) saved->beneath = original;
  if (saved->serving.has_value() && same_disposition(*saved->serving, repaired)) saved->serving = original;
}

PosixError Dispositions::change(int signo, const struct sigaction& action) {
  struct sigaction standing {};
  if (PosixError failure = read_disposition(signo, standing)) return failure;
  if (saved_[static_cast<size_t>(signo)] != nullptr || runtime_.serves(standing, signo)) return kConflict;
  return set_disposition(signo, action);
}

bool Dispositions::agrees(int signo, ActionFlags flags) const {
  const Saved* saved = saved_[static_cast<size_t>(signo)].get();
  return saved == nullptr || ((saved->flags ^ flags.set) & flags.asked) == 0;
}

unsigned Dispositions::flags(int signo) const {
  const Saved* saved = saved_[static_cast<size_t>(signo)].get();
  return saved == nullptr ? 0 : saved->flags;
}

Result<DispositionInfo> Dispositions::query(int signo) {
  struct sigaction standing {};
  if (PosixError failure = read_disposition(signo, standing)) return failure;
  DispositionInfo info = describe_disposition(standing);
  Saved* saved = info.ours ? saved_[static_cast<size_t>(signo)].get() : nullptr;
  if (saved != nullptr) {
    settle_spent(*saved, signo);
    info.beneath = std::make_shared<const DispositionInfo>(describe_disposition(saved->what_comes_back()));
  }
  return info;
}

std::optional<struct sigaction> Dispositions::stand_in(int signo) const {
  const Saved* saved = saved_[static_cast<size_t>(signo)].get();
  const struct sigaction action = saved != nullptr ? saved->beneath : read_disposition(signo);
  if (!runtime_.ends_process(action, signo)) return std::nullopt;
  return action;
}

}  // namespace sigbridge
