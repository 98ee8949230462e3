// See exit_by_signal.h.
#include "exit_by_signal.h"

#include <unistd.h>

#include <csignal>

#include "hub.h"
#include "signal_set.h"

namespace sigbridge {
namespace {

// To this thread: no other one, whose mask nobody knows, can take it.
void raise_with(int signo, const struct sigaction& action) {
  // Fails for SIGKILL and SIGSTOP, which have their default anyhow.
  static_cast<void>(set_disposition(signo, action));
  const SignalSet only = SignalSet::of(signo);
  pthread_sigmask(SIG_UNBLOCK, &only.native(), nullptr);
  static_cast<void>(::raise(signo));
}

}  // namespace

void exit_by_signal(int signo) {
  // The runtime's own end for this signal first: Node's restores the terminal, then dies by the signal.
  if (const auto stand_in = Hub::instance().freeze_for_end(signo)) raise_with(signo, *stand_in);
  raise_with(signo, default_disposition());
  ::_exit(128 + signo);
}

}  // namespace sigbridge
