// Dispositions: the only caller of sigaction. Installs our handler, remembers what stood, decides whether
// that is to be called too, and puts it back exactly. Not in signal context; the owner (hub.cc) serialises
// the calls with its table lock.
#pragma once

#include <array>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "posix_error.h"
#include "runtime_code.h"
#include "signal_set.h"

namespace sigbridge {

// What JavaScript knows about the runtime's own listeners (process.on) for a signal.
enum class Listeners { kUnknown, kNone, kLive };

struct DispositionInfo {
  enum class Kind { kDefault, kIgnore, kHandler };
  Kind kind = Kind::kDefault;
  std::vector<const char*> flags;  // "SA_RESTART", ...
  bool ours = false;
  std::string library;  // path of the object that holds the handler; empty when there is none
  std::string symbol;   // nearest exported name; empty when unknown
};

using DispositionTable = std::array<struct sigaction, kSignalSlots>;

// Where there is no such signal: all zeros, which reads as the default.
struct sigaction read_disposition(int signo);
DispositionTable read_dispositions();
bool same_disposition(const struct sigaction& one, const struct sigaction& other);
bool is_handler(const struct sigaction& action);
DispositionInfo describe_disposition(const struct sigaction& action);

class Dispositions {
 public:
  // An address inside the runtime (its executable, or libnode.so): handlers from there are the runtime's own.
  void set_runtime(const void* anchor);
  // Never blocked by our handler: the runtime suspends its threads with it (0: none).
  void set_suspend_signal(int signo) { suspend_signal_ = signo; }
  int suspend_signal() const { return suspend_signal_; }
  // Deno installs a handler once a signal and counts on it for good; its listeners come and go without a word
  // to the kernel, and without any it ends the process. Node and Bun take theirs away with the last listener.
  void set_handlers_stay(bool stay) { handlers_stay_ = stay; }
  bool handlers_stay() const { return handlers_stay_; }

  PosixError install(int signo, Listeners listeners);
  void put_back(int signo);
  // put_back() would bring the default action.
  bool defaults_beneath(int signo) const;

  // The runtime may have called sigaction over ours: take the place again and keep what was found as the one
  // to call. True when we had been displaced.
  bool retake(int signo, Listeners listeners);
  // The same, told by nobody: only look, and act when it is not ours.
  bool look(int signo) { return retake(signo, Listeners::kUnknown); }

  // Our handler in `signo`'s place for a moment, what stood being called as ever. False: it stands there
  // anyhow, or cannot.
  bool borrow(int signo);
  void give_back_borrowed(int signo);

  static Result<DispositionInfo> query(int signo);
  // The runtime's own terminal-restoring or default-like handler that stands beneath ours, if there is one.
  const struct sigaction* stand_in(int signo) const;

  // What was saved as `repaired` is to be put back as `original` after all (see hardening.h).
  void replace_saved(int signo, const struct sigaction& repaired, const struct sigaction& original);

  // Found by what it is (facts: inside the runtime, SA_SIGINFO), not by its number alone.
  int find_suspend_signal() const;

 private:
  struct Saved {
    // What the process has when neither we nor the runtime's listeners are there.
    struct sigaction beneath;
    // What stood beneath before another library installed its handler over ours: that one may pass signals on
    // to us, and we to this.
    std::optional<struct sigaction> passed_on;
    // `beneath` was installed over ours, and so may call us.
    bool came_later = false;
    // The runtime's handler for its listeners, while there are some.
    std::optional<struct sigaction> serving;
    Listeners listeners = Listeners::kUnknown;
  };

  PosixError install_ours(int signo, struct sigaction* before);
  void keep(Saved& saved, int signo, const struct sigaction& found);
  void publish_chain(Saved& saved, int signo);
  static void settle_spent(Saved& saved, int signo);
  bool in_runtime(const struct sigaction& action) const;
  bool replaces_default(const struct sigaction& action, int signo) const;

  std::array<std::unique_ptr<Saved>, kSignalSlots> saved_;
  // The handler that was last found installed over ours. It may have kept our address, and call it for good
  // (Deno's).
  std::array<const void*, kSignalSlots> over_ours_{};
  MappedObject runtime_;
  int suspend_signal_ = 0;
  bool handlers_stay_ = false;
};

// In the child of fork(), async-signal-safe: where our handler stands, the default does from now on.
void reset_handlers_in_child();
// For a process that is about to end: whatever stood is gone.
void set_disposition(int signo, const struct sigaction& action);

}  // namespace sigbridge
