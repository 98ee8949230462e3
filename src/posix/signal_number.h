// Names and numbers of this platform's signals, both ways. Pure look-ups; any thread, never in signal
// context.
#pragma once

#include <csignal>
#include <span>
#include <string>
#include <string_view>

namespace sigbridge {

#if defined(__linux__)
inline constexpr int kMaxSignal = 64;
#elif defined(__FreeBSD__)
inline constexpr int kMaxSignal = 126;
#else
inline constexpr int kMaxSignal = NSIG - 1;
#endif
// Arrays indexed by signal number have this many cells; cell 0 is unused.
inline constexpr int kSignalSlots = kMaxSignal + 1;

enum class DefaultAction { kTerminate, kCore, kStop, kContinue, kIgnore };

struct NamedSignal {
  const char* name;
  int number;
  DefaultAction action;
};

struct SignalAlias {
  const char* name;
  int number;
};

// The standard signals (no real-time ones), one row a number.
std::span<const NamedSignal> standard_signals();
// Second names of numbers above: SIGIOT, SIGPOLL, SIGCLD and the like, as far as the platform has them.
std::span<const SignalAlias> signal_aliases();

// The real-time range as libc leaves it to programs (glibc keeps 32 and 33, musl 34 too); 0 and -1 where
// there are none (macOS).
int realtime_min();
int realtime_max();
inline bool is_realtime(int signo) {
  return signo >= realtime_min() && signo <= realtime_max();
}

// 0 when there is no such name. Accepts aliases, SIGRTMIN[+n], SIGRTMAX[-n].
int signal_number(std::string_view name);
// Empty when this platform has no such signal (or libc keeps it for itself).
std::string signal_name(int signo);
// The symbolic si_code ("SI_USER", "CLD_EXITED", ...); the number as text where there is no name.
std::string code_name(int signo, int code);
// strsignal()'s sentence.
std::string signal_description(int signo);
DefaultAction default_action(int signo);

}  // namespace sigbridge
