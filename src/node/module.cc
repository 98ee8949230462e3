// The addon's entry: process-wide functions, and one Environment for each time it is initialised. No policy
// here: arguments come validated from lib/, results go back as plain values.
#include <napi.h>

#include "../posix/hub.h"
#include "../posix/send.h"
#include "../posix/signal_number.h"
#include "../posix/thread_list.h"
#include "arguments.h"
#include "dispositions.h"
#include "environment.h"
#include "health.h"
#include "inspect.h"
#include "load.h"
#include "notify.h"
#include "orphans.h"
#include "processes.h"
#include "send.h"
#include "shutdown.h"
#include "timers.h"
#include "trace.h"

namespace sigbridge::node {
namespace {

const char* action_name(DefaultAction action) {
  switch (action) {
    case DefaultAction::kTerminate:
      return "terminate";
    case DefaultAction::kCore:
      return "core";
    case DefaultAction::kStop:
      return "stop";
    case DefaultAction::kContinue:
      return "continue";
    case DefaultAction::kIgnore:
      return "ignore";
  }
  return "terminate";
}

// signalTable(): {signals: [[name, number, defaultAction]...], aliases: [[name, number]...], rtMin, rtMax,
// max}
Napi::Value signal_table(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Array signals = Napi::Array::New(env);
  for (const NamedSignal& signal : standard_signals()) {
    Napi::Array row = Napi::Array::New(env);
    row.Set(0U, Napi::String::New(env, signal.name));
    row.Set(1U, Napi::Number::New(env, signal.number));
    row.Set(2U, Napi::String::New(env, action_name(signal.action)));
    signals.Set(signals.Length(), row);
  }
  Napi::Array aliases = Napi::Array::New(env);
  for (const SignalAlias& alias : signal_aliases()) {
    Napi::Array row = Napi::Array::New(env);
    row.Set(0U, Napi::String::New(env, alias.name));
    row.Set(1U, Napi::Number::New(env, alias.number));
    aliases.Set(aliases.Length(), row);
  }
  Napi::Object table = Napi::Object::New(env);
  table.Set("signals", signals);
  table.Set("aliases", aliases);
  table.Set("rtMin", Napi::Number::New(env, realtime_min()));
  table.Set("rtMax", Napi::Number::New(env, realtime_max()));
  table.Set("max", Napi::Number::New(env, kMaxSignal));
  return table;
}

// numberOf(name): 0 when there is none
Napi::Value number_of(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), signal_number(info[0].As<Napi::String>().Utf8Value()));
}

Napi::Value name_of(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), signal_name(int_argument(info, 0)));
}

Napi::Value describe(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), signal_description(int_argument(info, 0)));
}

Napi::Value code_name_of(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), code_name(int_argument(info, 0), int_argument(info, 1)));
}

Napi::Value kill_process(const Napi::CallbackInfo& info) {
  return outcome(info.Env(), send_signal(int_argument(info, 0), int_argument(info, 1)));
}

// queue(pid, signo, bits)
Napi::Value queue(const Napi::CallbackInfo& info) {
  return outcome(info.Env(),
                 queue_signal(int_argument(info, 0), int_argument(info, 1), bits_argument(info, 2)));
}

Napi::Value raise_here(const Napi::CallbackInfo& info) {
  return outcome(info.Env(), raise_signal(int_argument(info, 0)));
}

// setRuntime(handlersStay, lookForSuspendSignal, childrenInheritMask)
Napi::Value set_runtime(const Napi::CallbackInfo& info) {
  // Any Node-API function lives in the runtime: its executable, or libnode.so.
  Hub::instance().set_runtime(reinterpret_cast<const void*>(&napi_create_function),
                              info[0].As<Napi::Boolean>().Value(), info[1].As<Napi::Boolean>().Value(),
                              info[2].As<Napi::Boolean>().Value());
  return info.Env().Undefined();
}

Napi::Value suspend_signal(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), Hub::instance().suspend_signal());
}

// configure(ringCapacity, pipeCapacity, backend): backend 0 is the runtime's usual, 1 self-pipe, 2 signalfd
Napi::Value configure(const Napi::CallbackInfo& info) {
  HubOptions options;
  options.ring_capacity = static_cast<uint32_t>(int_argument(info, 0));
  options.pipe_capacity = int_argument(info, 1);
  options.backend = static_cast<Backend>(int_argument(info, 2));
  Hub::instance().configure(options);
  return info.Env().Undefined();
}

// listenersChanged(signo, live): the runtime has just installed or removed its own handler
Napi::Value listeners_changed(const Napi::CallbackInfo& info) {
  const bool live = info[1].As<Napi::Boolean>().Value();
  Hub::instance().listeners_changed(int_argument(info, 0), live ? Listeners::kLive : Listeners::kNone);
  return info.Env().Undefined();
}

Napi::Value hub_stats(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const HubStats stats = Hub::instance().stats();
  Napi::Object result = Napi::Object::New(env);
  const bool signalfd = Hub::instance().backend() == Backend::kSignalfd;
  result.Set("backend", Napi::String::New(env, signalfd ? "signalfd" : "self-pipe"));
  result.Set("running", Napi::Boolean::New(env, stats.running));
  result.Set("environments", number(env, stats.environments));
  result.Set("ringCapacity", number(env, stats.ring_capacity));
  result.Set("ringHighWater", number(env, stats.ring_high_water));
  result.Set("received", number(env, stats.received));
  result.Set("overflow", number(env, stats.overflow));
  result.Set("unclaimed", number(env, stats.unclaimed));
  result.Set("late", number(env, stats.late));
  result.Set("batches", number(env, stats.batches));
  result.Set("displaced", number(env, stats.displaced));
  result.Set("taken", number(env, stats.taken));
  result.Set("bare", number(env, stats.bare));
  return result;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  const auto define = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  define("isMainThread", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Napi::Boolean::New(info.Env(), is_main_thread());
  });
  define("signalTable", &signal_table);
  define("numberOf", &number_of);
  define("nameOf", &name_of);
  define("describe", &describe);
  define("codeName", &code_name_of);
  define("kill", &kill_process);
  define("queue", &queue);
  define("raise", &raise_here);
  define("setRuntime", &set_runtime);
  define("suspendSignal", &suspend_signal);
  define("configure", &configure);
  define("listenersChanged", &listeners_changed);
  define("hubStats", &hub_stats);
  define("start", &Environment::start);
  define_disposition_functions(env, exports);
  define_health_functions(env, exports);
  define_inspect_functions(env, exports);
  define_load_functions(env, exports);
  define_notify_functions(env, exports);
  define_orphan_functions(env, exports);
  define_send_functions(env, exports);
  define_process_functions(env, exports);
  define_shutdown_functions(env, exports);
  define_timer_functions(env, exports);
  define_trace_functions(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(sigbridge, init)

}  // namespace sigbridge::node
