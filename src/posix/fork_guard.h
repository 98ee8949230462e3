// What a child of fork() must not keep from us: our handlers, our descriptors, a mask we added to the forking
// thread. posix_spawn needs no help: handlers do not survive exec, and the descriptors are close-on-exec. The
// same for a thread that is about to become another program.
#pragma once

#include <sys/stat.h>

namespace sigbridge::fork_guard {

// Once a process, before the first handler. Any thread.
void install();
// A descriptor that a child has to close, while it is that file's: other code may have closed it, and nobody
// has seen that yet. Until it is closed here: its number comes again. Any thread. KnownFd calls them.
void watch(int fd, const struct stat& file);
void unwatch(int fd);
// The calling thread's mask without what we added to it, for what exec is to inherit. Signals that were held
// back by it reach our handler now. Where the exec fails a thread that should not take them masks itself
// again, at the first.
void open_mask_for_exec();

}  // namespace sigbridge::fork_guard
