// What a child of fork() must not keep from us: our handlers, our descriptors, a mask we added to the forking
// thread. exec and posix_spawn need no help: handlers do not survive exec, and the descriptors are
// close-on-exec.
#pragma once

#include <initializer_list>

namespace sigbridge::fork_guard {

// Once a process, before the first handler. Any JS thread, with the hub's lifecycle lock held.
void install();
// The descriptors a child has to close, five at most; -1 for none. Same lock.
void watch(std::initializer_list<int> descriptors);

}  // namespace sigbridge::fork_guard
