// One user of the hub on a JS thread: the main thread's, a Worker's, or one of several copies of lib/ that
// share this addon (each of Jest's module registries is one). Its functions, its forwarder, its end. JS
// thread only.
#pragma once

#include <napi.h>

#include <bitset>

#include "counters.h"
#include "event_forwarder.h"
#include "loop_watch.h"
#include "thread_control.h"

namespace sigbridge::node {

class Environment {
 public:
  // start(onBatch, onOverflow, onDisplaced, isMainThread, childrenInheritMask, hasLoop): {buffer, subscribe,
  // unsubscribe, setRef, counters, takeDisplaced, openCounter, closeCounter}. The object behind frees itself
  // when the Node-API environment is gone and its thread-safe function is finalised, whichever comes last.
  static Napi::Value start(const Napi::CallbackInfo& info);

 private:
  Environment() = default;
  ~Environment() = default;

  static Environment& of(const Napi::CallbackInfo& info);
  static void end(void* self);
  static void release(void* self);

  static Napi::Value subscribe(const Napi::CallbackInfo& info);
  static Napi::Value unsubscribe(const Napi::CallbackInfo& info);
  static Napi::Value set_ref(const Napi::CallbackInfo& info);
  static Napi::Value take_displaced(const Napi::CallbackInfo& info);
  static Napi::Value counters(const Napi::CallbackInfo& info);

  static Napi::Value open_counter(const Napi::CallbackInfo& info);
  static Napi::Value close_counter(const Napi::CallbackInfo& info);

  static void on_drained(void* self);
  void watch_loop(napi_env env);
  void unwatch_loop();
  static void on_loop_ready(void* self);

  EventForwarder forwarder_;
  // Of the hub's bell, while this environment subscribes to anything.
  LoopWatch loop_watch_;
  std::bitset<kSignalSlots> subscribed_;
  napi_env env_ = nullptr;
  bool has_loop_ = false;
  ThreadControl control_;
  Counters counters_;
  int owners_ = 2;
  bool main_thread_ = false;
  bool inherits_mask_ = false;
};

}  // namespace sigbridge::node
