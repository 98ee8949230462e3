// Ends this process as a signal would. Any thread; not in signal context.
#pragma once

namespace sigbridge {

// The signal's default action, whatever stands and whatever this thread blocks: the parent sees the process
// end by it (with a core file where RLIMIT_CORE allows one), or stop by it. Where that does not end the
// process (its default is to be ignored or to continue, it went on after a stop, or it is PID 1 of its
// namespace): _exit(128 + signo). No cleanup runs; no buffer is flushed.
[[noreturn]] void exit_by_signal(int signo);

}  // namespace sigbridge
