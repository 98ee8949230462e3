// The counters that one environment has open, each with a hold on the JavaScript memory it counts in. JS
// thread.
#pragma once

#include <napi.h>

#include <map>
#include <memory>
#include <vector>

#include "../posix/hub.h"
#include "../posix/signal_counter.h"

namespace sigbridge::node {

class Counters {
 public:
  // A number for close(), or {errno, syscall}. `cells`: over a SharedArrayBuffer, as long as `wanted`.
  Napi::Value open(Napi::Env env, const std::vector<Wanted>& wanted, Napi::Int32Array cells);
  // After it returns the memory is not written to again.
  void close(int id);
  // The environment ends. `process_ends`: see Hub::detach.
  void end(bool process_ends);

 private:
  struct Open {
    std::unique_ptr<SignalCounter> counter;
    Napi::Reference<Napi::Int32Array> memory;
  };

  std::map<int, Open> open_;
  int next_ = 1;
};

}  // namespace sigbridge::node
