// The short way up, in Node's main thread alone: its event loop watches a descriptor of ours itself, so that
// an idle loop is woken once and not through the wait thread. libuv is looked up at run time: other runtimes
// have no such loop, and abort on its functions. JS thread only.
#pragma once

#include <napi.h>

namespace sigbridge::node {

class LoopWatch {
 public:
  // Does not keep the loop alive. `on_ready` runs on the loop, inside of a callback scope. False: there is no
  // such loop.
  bool start(napi_env env, int fd, void (*on_ready)(void*), void* data);
  // Before the descriptor is closed.
  void stop();
  bool running() const { return handle_ != nullptr; }

 private:
  struct Handle;
  static void on_poll(void* handle, int status, int events);

  // libuv's: it outlives stop() for a turn of the loop.
  Handle* handle_ = nullptr;
};

}  // namespace sigbridge::node
