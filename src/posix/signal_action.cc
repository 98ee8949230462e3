// See signal_action.h.
#include "signal_action.h"

#include <dlfcn.h>

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

}  // namespace

PosixError read_disposition(int signo, struct sigaction& action) {
  return sys::sigaction(signo, nullptr, &action) == 0 ? PosixError::none() : PosixError::last("sigaction");
}

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

PosixError set_disposition(int signo, const struct sigaction& action) {
  return sys::sigaction(signo, &action, nullptr) == 0 ? PosixError::none() : PosixError::last("sigaction");
}

struct sigaction default_disposition() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  return action;
}

struct sigaction ignore_disposition() {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  return action;
}

bool is_handler(const struct sigaction& action) {
  return action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
}

// sa_handler and sa_sigaction share their storage.
const void* address_of(const struct sigaction& action) {
  return reinterpret_cast<const void*>(action.sa_handler);
}

bool is_ours(const struct sigaction& action) {
  return address_of(action) == reinterpret_cast<const void*>(&signal_handler);
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

void reset_handlers_in_child() {
  struct sigaction standing {};
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (!handler_state().watched.contains(signo) || sys::sigaction(signo, nullptr, &standing) != 0) continue;
    if (!is_ours(standing)) continue;
    const bool ignored = handler_state().ignored_beneath.contains(signo);
    const struct sigaction action = ignored ? ignore_disposition() : default_disposition();
    static_cast<void>(sys::sigaction(signo, &action, nullptr));
  }
}

}  // namespace sigbridge
