// See shutdown.h. Times are milliseconds here, as in JavaScript.
#include "shutdown.h"

#include "../posix/hub.h"
#include "arguments.h"

namespace sigbridge::node {
namespace {

constexpr double kMillisecond = 1e6;

int64_t time_argument(const Napi::CallbackInfo& info, size_t index) {
  return static_cast<int64_t>(info[index].As<Napi::Number>().DoubleValue() * kMillisecond);
}

// shutdownOpen(timeout, end, secondForces, heartbeat, ...bits): EBUSY where one is open. See ShutdownPlan.
Napi::Value shutdown_open(const Napi::CallbackInfo& info) {
  ShutdownPlan plan;
  plan.timeout = time_argument(info, 0);
  plan.end = int_argument(info, 1);
  plan.second_forces = info[2].As<Napi::Boolean>().Value();
  plan.heartbeat = time_argument(info, 3);
  plan.signals = signals_argument(info, 4);
  return outcome(info.Env(), Hub::instance().open_shutdown(plan));
}

Napi::Value shutdown_close(const Napi::CallbackInfo& info) {
  Hub::instance().close_shutdown();
  return info.Env().Undefined();
}

// shutdownStart(signo, end)
Napi::Value shutdown_start(const Napi::CallbackInfo& info) {
  Hub::instance().start_shutdown(int_argument(info, 0), int_argument(info, 1));
  return info.Env().Undefined();
}

// shutdownAt(steps): as the line at the deadline is to name them
Napi::Value shutdown_at(const Napi::CallbackInfo& info) {
  Hub::instance().shutdown_at(info[0].As<Napi::String>().Utf8Value());
  return info.Env().Undefined();
}

Napi::Value shutdown_beat(const Napi::CallbackInfo& info) {
  Hub::instance().beat();
  return info.Env().Undefined();
}

// shutdownLeft(): ms until the process ends; -1 where no shutdown has begun
Napi::Value shutdown_left(const Napi::CallbackInfo& info) {
  const int64_t left = Hub::instance().shutdown_left();
  const bool begun = left != ShutdownDeadline::kNever;
  return Napi::Number::New(info.Env(), begun ? static_cast<double>(left) / kMillisecond : -1);
}

}  // namespace

void define_shutdown_functions(Napi::Env env, Napi::Object exports) {
  const auto define = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  define("shutdownOpen", &shutdown_open);
  define("shutdownClose", &shutdown_close);
  define("shutdownStart", &shutdown_start);
  define("shutdownAt", &shutdown_at);
  define("shutdownBeat", &shutdown_beat);
  define("shutdownLeft", &shutdown_left);
}

}  // namespace sigbridge::node
