// See runtime_handlers.h.
#include "runtime_handlers.h"

#include <charconv>
#include <cstdlib>
#include <cstring>

#include "signal_action.h"
#include "signal_set.h"

namespace sigbridge {

bool RuntimeHandlers::deno_handles(int signo) {
  return signo == SIGHUP || signo == SIGINT || signo == SIGTERM || signo == SIGUSR1;
}

bool RuntimeHandlers::default_is_harmless(int signo) {
  const DefaultAction action = default_action(signo);
  return action == DefaultAction::kIgnore || action == DefaultAction::kContinue;
}

bool RuntimeHandlers::contains(const struct sigaction& action) const {
  return is_handler(action) && runtime_.contains(address_of(action));
}

bool RuntimeHandlers::replaces_default(const struct sigaction& action, int signo) const {
  if (!contains(action) || default_is_harmless(signo) || interrupts_script(action, signo)) return false;
  // SA_RESETHAND: Node's SIGINT and SIGTERM exit. Without SA_RESTART: Node's SIGUSR1, which starts the
  // inspector; handlers that serve listeners restart system calls in all three runtimes.
  return resets_after_a_call(action.sa_flags) || (action.sa_flags & SA_RESTART) == 0;
}

bool RuntimeHandlers::interrupts_script(const struct sigaction& action, int signo) const {
  return signo == SIGINT && contains(action) && !resets_after_a_call(action.sa_flags) &&
         (action.sa_flags & SA_RESTART) == 0;
}

bool RuntimeHandlers::ends_process(const struct sigaction& action, int signo) const {
  return replaces_default(action, signo) && resets_after_a_call(action.sa_flags);
}

bool RuntimeHandlers::serves(const struct sigaction& action, int signo) const {
  return !stay_ && contains(action) && !is_fault(signo) && !replaces_default(action, signo);
}

int RuntimeHandlers::find_suspend_signal() const {
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
    if (candidate <= 0 || candidate > kMaxSignal) continue;
    const struct sigaction action = read_disposition(candidate);
    if (contains(action) && (action.sa_flags & SA_SIGINFO) != 0) return candidate;
  }
  return 0;
}

}  // namespace sigbridge
