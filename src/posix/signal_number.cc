// Names and numbers of this platform's signals, both ways. Pure look-ups; any thread, never in signal
// context.
#include "signal_number.h"

#include <charconv>
#include <cstring>
#include <mutex>

namespace sigbridge {
namespace {

using enum DefaultAction;

// POSIX.1-2024 signal.h, then what Linux and the BSDs add. Order is by family, not by number: numbers differ
// between platforms, names do not.
constexpr NamedSignal kStandard[] = {
    {"SIGHUP", SIGHUP, kTerminate},
    {"SIGINT", SIGINT, kTerminate},
    {"SIGQUIT", SIGQUIT, kCore},
    {"SIGILL", SIGILL, kCore},
    {"SIGTRAP", SIGTRAP, kCore},
    {"SIGABRT", SIGABRT, kCore},
    {"SIGBUS", SIGBUS, kCore},
    {"SIGFPE", SIGFPE, kCore},
    {"SIGKILL", SIGKILL, kTerminate},
    {"SIGUSR1", SIGUSR1, kTerminate},
    {"SIGSEGV", SIGSEGV, kCore},
    {"SIGUSR2", SIGUSR2, kTerminate},
    {"SIGPIPE", SIGPIPE, kTerminate},
    {"SIGALRM", SIGALRM, kTerminate},
    {"SIGTERM", SIGTERM, kTerminate},
    {"SIGCHLD", SIGCHLD, kIgnore},
    {"SIGCONT", SIGCONT, kContinue},
    {"SIGSTOP", SIGSTOP, kStop},
    {"SIGTSTP", SIGTSTP, kStop},
    {"SIGTTIN", SIGTTIN, kStop},
    {"SIGTTOU", SIGTTOU, kStop},
    {"SIGURG", SIGURG, kIgnore},
    {"SIGXCPU", SIGXCPU, kCore},
    {"SIGXFSZ", SIGXFSZ, kCore},
    {"SIGVTALRM", SIGVTALRM, kTerminate},
    {"SIGPROF", SIGPROF, kTerminate},
    {"SIGWINCH", SIGWINCH, kIgnore},
    {"SIGSYS", SIGSYS, kCore},
#ifdef __linux__
    {"SIGIO", SIGIO, kTerminate},
#else
    {"SIGIO", SIGIO, kIgnore},
#endif
#ifdef SIGSTKFLT
    {"SIGSTKFLT", SIGSTKFLT, kTerminate},
#endif
#ifdef SIGPWR
    {"SIGPWR", SIGPWR, kTerminate},
#endif
#ifdef SIGEMT
    {"SIGEMT", SIGEMT, kCore},
#endif
#ifdef SIGINFO
    {"SIGINFO", SIGINFO, kIgnore},
#endif
#if defined(SIGTHR) && defined(__FreeBSD__)
    {"SIGTHR", SIGTHR, kTerminate},
    {"SIGLIBRT", SIGLIBRT, kTerminate},
#endif
};

constexpr SignalAlias kAliases[] = {
    {"SIGIOT", SIGABRT},
    {"SIGCLD", SIGCHLD},
#ifdef SIGPOLL
    {"SIGPOLL", SIGPOLL},
#else
    {"SIGPOLL", SIGIO},
#endif
#ifdef __linux__
    {"SIGUNUSED", SIGSYS},
#endif
};

struct CodeName {
  int signo;  // 0: for every signal
  int code;
  const char* name;
};

constexpr CodeName kCodes[] = {
    {0, SI_USER, "SI_USER"},
    {0, SI_QUEUE, "SI_QUEUE"},
    {0, SI_TIMER, "SI_TIMER"},
    {0, SI_MESGQ, "SI_MESGQ"},
    {0, SI_ASYNCIO, "SI_ASYNCIO"},
#ifdef SI_KERNEL
    {0, SI_KERNEL, "SI_KERNEL"},
#endif
#ifdef SI_TKILL
    {0, SI_TKILL, "SI_TKILL"},
#endif
#ifdef SI_LWP
    {0, SI_LWP, "SI_LWP"},
#endif
#ifdef SI_SIGIO
    {0, SI_SIGIO, "SI_SIGIO"},
#endif
    {SIGCHLD, CLD_EXITED, "CLD_EXITED"},
    {SIGCHLD, CLD_KILLED, "CLD_KILLED"},
    {SIGCHLD, CLD_DUMPED, "CLD_DUMPED"},
    {SIGCHLD, CLD_TRAPPED, "CLD_TRAPPED"},
    {SIGCHLD, CLD_STOPPED, "CLD_STOPPED"},
    {SIGCHLD, CLD_CONTINUED, "CLD_CONTINUED"},
#ifdef POLL_IN
    {SIGIO, POLL_IN, "POLL_IN"},
    {SIGIO, POLL_OUT, "POLL_OUT"},
    {SIGIO, POLL_MSG, "POLL_MSG"},
    {SIGIO, POLL_ERR, "POLL_ERR"},
    {SIGIO, POLL_PRI, "POLL_PRI"},
    {SIGIO, POLL_HUP, "POLL_HUP"},
#endif
    {SIGSEGV, SEGV_MAPERR, "SEGV_MAPERR"},
    {SIGSEGV, SEGV_ACCERR, "SEGV_ACCERR"},
    {SIGBUS, BUS_ADRALN, "BUS_ADRALN"},
    {SIGBUS, BUS_ADRERR, "BUS_ADRERR"},
    {SIGBUS, BUS_OBJERR, "BUS_OBJERR"},
    {SIGFPE, FPE_INTDIV, "FPE_INTDIV"},
    {SIGFPE, FPE_INTOVF, "FPE_INTOVF"},
    {SIGFPE, FPE_FLTDIV, "FPE_FLTDIV"},
    {SIGILL, ILL_ILLOPC, "ILL_ILLOPC"},
    {SIGTRAP, TRAP_BRKPT, "TRAP_BRKPT"},
    {SIGTRAP, TRAP_TRACE, "TRAP_TRACE"},
};

const NamedSignal* find_standard(int signo) {
  for (const NamedSignal& signal : kStandard) {
    if (signal.number == signo) return &signal;
  }
  return nullptr;
}

// "SIGRTMIN+3" and "SIGRTMAX-3": the number after `sign`, as plain decimal digits without a leading zero.
int realtime_offset(std::string_view text, char sign, int base, int direction) {
  if (text.empty()) return base;
  if (text.front() != sign || text.size() < 2 || text[1] < '1' || text[1] > '9') return 0;
  int offset = 0;
  auto [end, failure] = std::from_chars(text.data() + 1, text.data() + text.size(), offset);
  if (failure != std::errc{} || end != text.data() + text.size() || offset > kMaxSignal) return 0;
  const int signo = base + direction * offset;
  return is_realtime(signo) ? signo : 0;
}

}  // namespace

std::span<const NamedSignal> standard_signals() {
  return kStandard;
}
std::span<const SignalAlias> signal_aliases() {
  return kAliases;
}

#ifdef SIGRTMIN
int realtime_min() {
  return SIGRTMIN;
}
int realtime_max() {
  return SIGRTMAX;
}
#else
int realtime_min() {
  return 0;
}
int realtime_max() {
  return -1;
}
#endif

int signal_number(std::string_view name) {
  for (const NamedSignal& signal : kStandard) {
    if (name == signal.name) return signal.number;
  }
  for (const SignalAlias& alias : kAliases) {
    if (name == alias.name) return alias.number;
  }
  if (realtime_max() < realtime_min()) return 0;
  if (name.starts_with("SIGRTMIN")) return realtime_offset(name.substr(8), '+', realtime_min(), +1);
  if (name.starts_with("SIGRTMAX")) return realtime_offset(name.substr(8), '-', realtime_max(), -1);
  return 0;
}

std::string signal_name(int signo) {
  if (const NamedSignal* signal = find_standard(signo)) return signal->name;
  if (!is_realtime(signo)) return {};
  if (signo == realtime_min()) return "SIGRTMIN";
  return "SIGRTMIN+" + std::to_string(signo - realtime_min());
}

std::string code_name(int signo, int code) {
  for (const CodeName& row : kCodes) {
    if (row.code == code && (row.signo == 0 || row.signo == signo)) return row.name;
  }
  return std::to_string(code);
}

std::string signal_description(int signo) {
  // Several Workers may ask at once, and not every libc's buffer is a thread's own.
  static std::mutex& lock = *new std::mutex;
  const std::lock_guard guard(lock);
  const char* text = ::strsignal(signo);
  return text != nullptr ? text : "";
}

DefaultAction default_action(int signo) {
  const NamedSignal* signal = find_standard(signo);
  return signal != nullptr ? signal->action : kTerminate;
}

}  // namespace sigbridge
