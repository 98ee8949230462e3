// Dispositions: the table of the signals we have taken. Installs our handler, remembers what stood, decides
// whether that is to be called too, and puts it back exactly. Not in signal context; the owner (hub.cc)
// serialises the calls with its table lock.
#pragma once

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <optional>

#include "posix_error.h"
#include "runtime_handlers.h"
#include "signal_action.h"
#include "signal_set.h"

namespace sigbridge {

// What JavaScript knows about the runtime's own listeners (process.on) for a signal.
enum class Listeners { kUnknown, kNone, kLive };

// The sa_flags that a subscriber may choose. The first one of a signal fixes them; a later one agrees unless
// it asked for something else.
struct ActionFlags {
  static constexpr unsigned kChoosable = SA_RESTART | SA_NOCLDSTOP | SA_NOCLDWAIT;
  unsigned set = SA_RESTART;
  unsigned asked = 0;  // the bits of `set` that the subscriber named, as 1 or as 0
};

// Another holder in this process wants something else of the signal. sigaction itself never says EBUSY.
inline constexpr PosixError kConflict{EBUSY, "sigaction"};

struct Retaken {
  bool displaced = false;
  // Not the runtime, coming and going with its listeners.
  bool by_stranger = false;
  struct sigaction found {};
};

class Dispositions {
 public:
  RuntimeHandlers& runtime() { return runtime_; }
  const RuntimeHandlers& runtime() const { return runtime_; }
  // Never blocked by our handler: the runtime suspends its threads with it (0: none).
  void set_suspend_signal(int signo) { suspend_signal_ = signo; }
  int suspend_signal() const { return suspend_signal_; }

  PosixError install(int signo, Listeners listeners, ActionFlags flags = {});
  void put_back(int signo);
  // No difference from what the standing subscription has, where one stands.
  bool agrees(int signo, ActionFlags flags) const;
  // Those our handler stands with; 0 without it.
  unsigned flags(int signo) const;
  // put_back() would bring the default action.
  bool defaults_beneath(int signo) const;

  // The runtime may have called sigaction over ours: take the place again and keep what was found as the one
  // to call.
  Retaken retake(int signo, Listeners listeners);
  // The same, told by nobody: only look, and act when it is not ours.
  Retaken look(int signo) { return retake(signo, Listeners::kUnknown); }

  // Our handler in `signo`'s place for a moment, what stood being called as ever. False: it stands there
  // anyhow, or cannot.
  bool borrow(int signo);
  void give_back_borrowed(int signo);

  // The user's own change, which nobody puts back: the default or SIG_IGN. kConflict while a subscription
  // stands, or a handler of the runtime's that serves somebody.
  PosixError change(int signo, const struct sigaction& action);

  Result<DispositionInfo> query(int signo);
  // The runtime's handler that restores the terminal and ends the process, wherever it is: standing, or
  // beneath ours.
  std::optional<struct sigaction> stand_in(int signo) const;

  // What was saved as `repaired` is to be put back as `original` after all (see hardening.h).
  void replace_saved(int signo, const struct sigaction& repaired, const struct sigaction& original);

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
    unsigned flags = SA_RESTART;  // ActionFlags::set of the first subscriber

    bool serves() const { return serving.has_value() && listeners != Listeners::kNone; }
    const struct sigaction& what_comes_back() const { return serves() ? *serving : beneath; }
  };

  PosixError install_ours(int signo, unsigned chosen) const;
  bool may_call_us(const struct sigaction& action) const;
  void keep(Saved& saved, int signo, const struct sigaction& found);
  void publish_chain(Saved& saved, int signo);
  static void settle_spent(Saved& saved, int signo);

  std::array<std::unique_ptr<Saved>, kSignalSlots> saved_;
  // The handler that was last found installed over ours. It may have kept our address, and call it for good
  // (Deno's).
  std::array<const void*, kSignalSlots> over_ours_{};
  RuntimeHandlers runtime_;
  int suspend_signal_ = 0;
};

}  // namespace sigbridge
