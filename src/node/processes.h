// The processes that one environment (main thread, Worker, or one of several copies of lib/) holds
// descriptors of, and the way up for the news of their end: a thread-safe function used as a doorbell, as in
// event_forwarder.h. told() on the watching thread; everything else on the JS thread.
#pragma once

#include <napi.h>

#include <map>
#include <mutex>
#include <vector>

#include "../posix/process_handle.h"

namespace sigbridge::node {

class Processes {
 public:
  // startProcesses(onEnded): {open, send, queue, watch, unwatch, close, setRef}. onEnded(id, known, code,
  // signo). The object behind closes what is open when the environment ends, and frees itself when the
  // thread-safe function is finalised too, whichever comes last.
  static Napi::Value start(const Napi::CallbackInfo& info);

 private:
  struct Ended {
    int id;
    ProcessEnd end;
  };

  Processes() = default;
  ~Processes() = default;

  static Processes& of(const Napi::CallbackInfo& info);
  static void end(void* self);
  void release();

  static Napi::Value open(const Napi::CallbackInfo& info);
  static Napi::Value send(const Napi::CallbackInfo& info);
  static Napi::Value queue(const Napi::CallbackInfo& info);
  static Napi::Value watch(const Napi::CallbackInfo& info);
  static Napi::Value unwatch(const Napi::CallbackInfo& info);
  static Napi::Value close(const Napi::CallbackInfo& info);
  static Napi::Value set_ref(const Napi::CallbackInfo& info);

  static void told(void* self, int id, const ProcessEnd& end);
  static void call_js(Napi::Env env, Napi::Function, Processes* self, void*);
  using Doorbell = Napi::TypedThreadSafeFunction<Processes, void, &Processes::call_js>;
  void drain(Napi::Env env);

  // By a number of ours: a descriptor's may come again while news of the old one is on its way.
  std::map<int, UniqueFd> open_;
  int next_id_ = 1;
  Doorbell doorbell_;
  Napi::FunctionReference on_ended_;
  std::mutex lock_;  // of ended_
  std::vector<Ended> ended_;
  bool stopped_ = false;
  int owners_ = 2;
};

void define_process_functions(Napi::Env env, Napi::Object exports);

}  // namespace sigbridge::node
