// See disposition.h: the only caller of sigaction.
#include "disposition.h"

#include <dlfcn.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

#include "signal_handler.h"
#include "syscalls.h"

namespace sigbridge {
namespace {

struct FlagName {
  unsigned bit;
  const char* name;
};

// POSIX's; what else may be set (SA_RESTORER on Linux) is between libc and the kernel.
constexpr FlagName kFlagNames[] = {
    {SA_NOCLDSTOP, "SA_NOCLDSTOP"}, {SA_NOCLDWAIT, "SA_NOCLDWAIT"}, {SA_SIGINFO, "SA_SIGINFO"},
    {SA_ONSTACK, "SA_ONSTACK"},     {SA_RESTART, "SA_RESTART"},     {SA_NODEFER, "SA_NODEFER"},
    {SA_RESETHAND, "SA_RESETHAND"},
};

// sa_handler and sa_sigaction share their storage.
const void* address_of(const struct sigaction& action) {
  return reinterpret_cast<const void*>(action.sa_handler);
}

bool is_ours(const struct sigaction& action) {
  return address_of(action) == reinterpret_cast<const void*>(&signal_handler);
}

// Bun, when the last of its listeners goes and our handler stands, puts ours back through signal(): without
// SA_SIGINFO and SA_ONSTACK.
bool is_intact(const struct sigaction& action) {
  constexpr unsigned kNeeded = SA_SIGINFO | SA_ONSTACK;
  return is_ours(action) && (static_cast<unsigned>(action.sa_flags) & kNeeded) == kNeeded;
}

struct sigaction by_default() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  return action;
}

bool resets(const struct sigaction& action) {
  return (static_cast<unsigned>(action.sa_flags) & SA_RESETHAND) != 0;
}

// The handler reads entry, flags, entry: so the entry goes out first and comes in last.
void publish(ChainedHandler& chained, const struct sigaction* call) {
  const uintptr_t entry = call != nullptr ? reinterpret_cast<uintptr_t>(address_of(*call)) : 0;
  if (chained.entry.load() == entry && (entry == 0 || chained.flags.load() == call->sa_flags)) return;
  chained.entry.store(0);
  chained.flags.store(call != nullptr ? call->sa_flags : 0);
  chained.entry.store(entry);
}

// Deno's own: they end the process, or start the inspector.
bool deno_handles(int signo) {
  return signo == SIGHUP || signo == SIGINT || signo == SIGTERM || signo == SIGUSR1;
}

// What may come and go without ending the process: a handler of the runtime's there does a job (SIGCHLD
// serves child_process), it does not stand in for the default action.
bool default_is_harmless(int signo) {
  const DefaultAction action = default_action(signo);
  return action == DefaultAction::kIgnore || action == DefaultAction::kContinue;
}

}  // namespace

struct sigaction read_disposition(int signo) {
  struct sigaction action {};
  static_cast<void>(sys::sigaction(signo, nullptr, &action));
  return action;
}

DispositionTable read_dispositions() {
  DispositionTable table{};
  for (int signo = 1; signo <= kMaxSignal; ++signo)
    table[static_cast<size_t>(signo)] = read_disposition(signo);
  return table;
}

bool is_handler(const struct sigaction& action) {
  return action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
}

bool same_disposition(const struct sigaction& one, const struct sigaction& other) {
  if (one.sa_handler != other.sa_handler || one.sa_flags != other.sa_flags) return false;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (sigismember(&one.sa_mask, signo) != sigismember(&other.sa_mask, signo)) return false;
  }
  return true;
}

DispositionInfo describe_disposition(const struct sigaction& action) {
  DispositionInfo info;
  for (const auto& [bit, name] : kFlagNames) {
    if ((static_cast<unsigned>(action.sa_flags) & bit) != 0) info.flags.push_back(name);
  }
  if (!is_handler(action)) {
    info.kind =
        action.sa_handler == SIG_IGN ? DispositionInfo::Kind::kIgnore : DispositionInfo::Kind::kDefault;
    return info;
  }
  info.kind = DispositionInfo::Kind::kHandler;
  info.ours = is_ours(action);
  Dl_info where{};
  if (::dladdr(address_of(action), &where) != 0) {
    if (where.dli_fname != nullptr) info.library = where.dli_fname;
    if (where.dli_sname != nullptr) info.symbol = where.dli_sname;
  }
  return info;
}

void Dispositions::set_runtime(const void* anchor) {
  runtime_ = MappedObject::around(anchor);
}

bool Dispositions::in_runtime(const struct sigaction& action) const {
  return is_handler(action) && runtime_.contains(address_of(action));
}

// The runtime's handlers that do what the default action would, with a bow: a subscription takes their place.
bool Dispositions::replaces_default(const struct sigaction& action, int signo) const {
  if (!in_runtime(action) || default_is_harmless(signo)) return false;
  // SA_RESETHAND: Node's SIGINT and SIGTERM exit. Without SA_RESTART: Node's SIGUSR1, which starts the
  // inspector; handlers that serve listeners restart system calls in all three runtimes.
  return (action.sa_flags & SA_RESETHAND) != 0 || (action.sa_flags & SA_RESTART) == 0;
}

PosixError Dispositions::install_ours(int signo, struct sigaction* before) {
  struct sigaction ours {};
  ours.sa_sigaction = &signal_handler;
  // A small alternate stack (Deno's threads have 8 KiB) holds one frame of ours, not several nested ones: the
  // mask is everything but the faults and the signal the runtime suspends its threads with.
  ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  SignalSet mask = SignalSet::blockable();
  if (suspend_signal_ != 0) mask.remove(suspend_signal_);
  ours.sa_mask = mask.native();
  if (sys::sigaction(signo, &ours, before) != 0) return PosixError::last("sigaction");
  return PosixError::none();
}

// Files `found` as what it is: the runtime's service for its listeners, or what the process has without it.
void Dispositions::keep(Saved& saved, int signo, const struct sigaction& found) {
  // Unknown: a Worker cannot count the main thread's listeners, but in Node and Bun nothing else stands
  // there.
  const bool serves = !handlers_stay_ && saved.listeners != Listeners::kNone;
  if (in_runtime(found) && !default_is_harmless(signo) && !replaces_default(found, signo) && serves) {
    saved.serving = found;
    return;
  }
  // The runtime took its listeners' handler away and left the default. What stood before it stays ours to put
  // back: process.off destroys it otherwise.
  const bool taken_away = saved.serving.has_value() && found.sa_handler == SIG_DFL;
  saved.serving.reset();
  if (taken_away) return;
  const bool replaces_a_library =
      is_handler(found) && is_handler(saved.beneath) && !in_runtime(saved.beneath);
  if (replaces_a_library && address_of(found) != address_of(saved.beneath)) saved.passed_on = saved.beneath;
  if (!is_handler(found)) saved.passed_on.reset();
  saved.beneath = found;
}

// A handler with SA_RESETHAND that has had its call leaves the default behind, as it would without us.
void Dispositions::settle_spent(Saved& saved, int signo) {
  if (handler_state().chain[static_cast<size_t>(signo)].spent.exchange(false)) {
    if (resets(saved.beneath)) {
      saved.beneath = by_default();
    } else {
      saved.passed_on.reset();
    }
  }
  ChainedHandler* passed_on = handler_state().passed_on.load();
  if (passed_on != nullptr && passed_on[signo].spent.exchange(false)) saved.passed_on.reset();
}

void Dispositions::publish_chain(Saved& saved, int signo) {
  settle_spent(saved, signo);
  const struct sigaction* passed_on = saved.passed_on.has_value() ? &*saved.passed_on : nullptr;
  const struct sigaction* call = nullptr;
  if (saved.serving.has_value()) {
    if (saved.listeners != Listeners::kNone) call = &*saved.serving;
  } else if (is_handler(saved.beneath) && !is_ours(saved.beneath)) {
    // A handler that stays (Deno's) serves as long as JavaScript says that there are listeners.
    // Where nobody can say (a Worker), one for a signal that Deno has no use for itself can only be theirs.
    const bool unknown_serves =
        saved.listeners == Listeners::kUnknown && handlers_stay_ && !deno_handles(signo);
    const bool serves_now =
        (saved.listeners == Listeners::kLive || unknown_serves) && !replaces_default(saved.beneath, signo);
    if (!in_runtime(saved.beneath) || default_is_harmless(signo) || serves_now) call = &saved.beneath;
  }
  if (call == nullptr) std::swap(call, passed_on);
  publish(handler_state().chain[static_cast<size_t>(signo)], call);
  if (passed_on != nullptr && handler_state().passed_on.load() == nullptr) {
    handler_state().passed_on.store(new ChainedHandler[kSignalSlots]);
  }
  ChainedHandler* handlers = handler_state().passed_on.load();
  if (handlers != nullptr) publish(handlers[signo], passed_on);
}

PosixError Dispositions::install(int signo, Listeners listeners) {
  // Looked at first, so that the handler to call is known before a signal can reach ours.
  struct sigaction before {};
  if (sys::sigaction(signo, nullptr, &before) != 0) return PosixError::last("sigaction");
  auto saved = std::make_unique<Saved>();
  // With listeners at work the handler that stands is theirs, and the default is what they leave behind.
  saved->beneath = by_default();
  saved->listeners = listeners;
  saved->came_later = is_handler(before) && address_of(before) == over_ours_[static_cast<size_t>(signo)];
  keep(*saved, signo, before);
  publish_chain(*saved, signo);
  if (PosixError failure = install_ours(signo, nullptr)) {
    handler_state().chain[static_cast<size_t>(signo)].entry.store(0);
    return failure;
  }
  saved_[static_cast<size_t>(signo)] = std::move(saved);
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
  if (sys::sigaction(signo, nullptr, &standing) == 0 && !is_ours(standing)) return;
  settle_spent(*saved, signo);
  const bool serves = saved->serving.has_value() && saved->listeners != Listeners::kNone;
  const struct sigaction& action = serves ? *saved->serving : saved->beneath;
  static_cast<void>(sys::sigaction(signo, &action, nullptr));
  if (!saved->came_later || serves) return;
  // The handler that stands now may go on calling us: then it is the turn of what stood before us, not its
  // own again.
  publish(handler_state().chain[static_cast<size_t>(signo)],
          saved->passed_on.has_value() ? &*saved->passed_on : nullptr);
  if (ChainedHandler* handlers = handler_state().passed_on.load()) publish(handlers[signo], nullptr);
}

bool Dispositions::retake(int signo, Listeners listeners) {
  Saved* saved = saved_[static_cast<size_t>(signo)].get();
  if (saved == nullptr) return false;
  if (listeners != Listeners::kUnknown) saved->listeners = listeners;
  struct sigaction found {};
  bool displaced = false;
  if (sys::sigaction(signo, nullptr, &found) == 0 && !is_intact(found)) {
    if (is_ours(found)) {
      // Damaged by the runtime when its last listener went: what it had there for them is gone too.
      saved->serving.reset();
      saved->listeners = Listeners::kNone;
      if (in_runtime(saved->beneath) && !replaces_default(saved->beneath, signo))
        saved->beneath = by_default();
    } else {
      keep(*saved, signo, found);
      saved->came_later = is_handler(saved->beneath);
      if (saved->came_later) over_ours_[static_cast<size_t>(signo)] = address_of(saved->beneath);
    }
    // Published before ours stands again: from then on each delivery must reach both.
    publish_chain(*saved, signo);
    displaced = !install_ours(signo, nullptr);
  }
  publish_chain(*saved, signo);
  return displaced;
}

bool Dispositions::borrow(int signo) {
  return saved_[static_cast<size_t>(signo)] == nullptr && !install(signo, Listeners::kUnknown);
}

void Dispositions::give_back_borrowed(int signo) {
  put_back(signo);
}

Result<DispositionInfo> Dispositions::query(int signo) {
  struct sigaction action {};
  if (sys::sigaction(signo, nullptr, &action) != 0) return PosixError::last("sigaction");
  return describe_disposition(action);
}

void Dispositions::replace_saved(int signo, const struct sigaction& repaired,
                                 const struct sigaction& original) {
  Saved* saved = saved_[static_cast<size_t>(signo)].get();
  if (saved == nullptr) return;
  if (same_disposition(saved->beneath, repaired)) saved->beneath = original;
  if (saved->serving.has_value() && same_disposition(*saved->serving, repaired)) saved->serving = original;
}

const struct sigaction* Dispositions::stand_in(int signo) const {
  const Saved* saved = saved_[static_cast<size_t>(signo)].get();
  if (saved == nullptr || !in_runtime(saved->beneath) || !replaces_default(saved->beneath, signo))
    return nullptr;
  return &saved->beneath;
}

int Dispositions::find_suspend_signal() const {
  // JavaScriptCore's own setting, a signal number.
  int chosen = 0;
  if (const char* text = std::getenv("JSC_SIGNAL_FOR_GC")) {
    static_cast<void>(std::from_chars(text, text + std::strlen(text), chosen));
  }
#ifdef SIGPWR
  constexpr int kUsual = SIGPWR;
#else
  constexpr int kUsual = 0;
#endif
  for (const int candidate : {chosen, kUsual, SIGUSR1}) {
    struct sigaction action {};
    if (candidate <= 0 || candidate > kMaxSignal) continue;
    if (sys::sigaction(candidate, nullptr, &action) != 0 || !in_runtime(action)) continue;
    if ((action.sa_flags & SA_SIGINFO) != 0) return candidate;
  }
  return 0;
}

void reset_handlers_in_child() {
  const struct sigaction nothing = by_default();
  struct sigaction standing {};
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (!handler_state().watched.contains(signo) || sys::sigaction(signo, nullptr, &standing) != 0) continue;
    if (is_ours(standing)) static_cast<void>(sys::sigaction(signo, &nothing, nullptr));
  }
}

void set_disposition(int signo, const struct sigaction& action) {
  static_cast<void>(sys::sigaction(signo, &action, nullptr));
}

}  // namespace sigbridge
