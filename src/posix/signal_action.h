// One signal's disposition as the kernel has it: read, set, compared, described. The only caller of sigaction
// in this folder, and so in the package: who wants a disposition read or changed asks here. Any thread; not
// in signal context but where it says so.
#pragma once

#include <array>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "posix_error.h"
#include "signal_number.h"

namespace sigbridge {

struct DispositionInfo {
  enum class Kind { kDefault, kIgnore, kHandler };
  Kind kind = Kind::kDefault;
  std::vector<const char*> flags;  // "SA_RESTART", ...
  bool ours = false;
  std::string library;  // path of the object that holds the handler; empty when there is none
  std::string symbol;   // nearest exported name; empty when unknown
  // What stands again when ours goes: ours only, and never with a `beneath` itself.
  std::shared_ptr<const DispositionInfo> beneath;
};

using DispositionTable = std::array<struct sigaction, kSignalSlots>;

PosixError read_disposition(int signo, struct sigaction& action);
// Where there is no such signal: all zeros, which reads as the default.
struct sigaction read_disposition(int signo);
DispositionTable read_dispositions();
PosixError set_disposition(int signo, const struct sigaction& action);

struct sigaction default_disposition();
struct sigaction ignore_disposition();

bool is_handler(const struct sigaction& action);
// One call is all that such a handler asked for. Async-signal-safe. The flag is unsigned in some libc's, the
// flags are not.
constexpr bool resets_after_a_call(int flags) {
  return (static_cast<unsigned>(flags) & static_cast<unsigned>(SA_RESETHAND)) != 0;
}
// The handler is signal_handler(), whatever its flags.
bool is_ours(const struct sigaction& action);
const void* address_of(const struct sigaction& action);
bool same_disposition(const struct sigaction& one, const struct sigaction& other);
DispositionInfo describe_disposition(const struct sigaction& action);

// In the child of fork(), async-signal-safe: where our handler stands, SIG_IGN does from now on if it stood
// before, else the default.
void reset_handlers_in_child();

}  // namespace sigbridge
