// See timers.h. A POSIX timer is an External in JavaScript; it lives until it is closed or its environment
// ends, whether JavaScript still knows it or not, as setInterval's do.
#include "timers.h"

#include <unistd.h>

#include "../posix/timers.h"
#include "arguments.h"

namespace sigbridge::node {
namespace {

struct OwnedTimer {
  napi_env env;
  std::unique_ptr<PosixTimer> timer;
};

void delete_timer(void* owned) {
  delete static_cast<OwnedTimer*>(owned);
}

OwnedTimer* timer_argument(const Napi::CallbackInfo& info) {
  return info[0].As<Napi::External<OwnedTimer>>().Data();
}

TimerTimes times_argument(const Napi::CallbackInfo& info, size_t index) {
  return {info[index].As<Napi::Number>().Int64Value(), info[index + 1].As<Napi::Number>().Int64Value()};
}

// [value, interval], or a failure
Napi::Value times_outcome(Napi::Env env, Result<TimerTimes> times) {
  if (!times.ok()) return outcome(env, times.error());
  Napi::Array pair = Napi::Array::New(env, 2);
  pair.Set(0U, Napi::Number::New(env, static_cast<double>(times.value().value)));
  pair.Set(1U, Napi::Number::New(env, static_cast<double>(times.value().interval)));
  return pair;
}

// alarm(seconds): the seconds that were left. It cannot fail.
Napi::Value set_alarm(const Napi::CallbackInfo& info) {
  return number(info.Env(), ::alarm(info[0].As<Napi::Number>().Uint32Value()));
}

// setitimer(which, value, interval) in us: what stood before
Napi::Value set_itimer(const Napi::CallbackInfo& info) {
  const auto which = static_cast<IntervalTimer>(int_argument(info, 0));
  return times_outcome(info.Env(), set_interval_timer(which, times_argument(info, 1)));
}

Napi::Value get_itimer(const Napi::CallbackInfo& info) {
  return times_outcome(info.Env(), get_interval_timer(static_cast<IntervalTimer>(int_argument(info, 0))));
}

// timerCreate(signo, bits, clock): an External, or a failure
Napi::Value timer_create(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Result<std::unique_ptr<PosixTimer>> made = PosixTimer::create(
      int_argument(info, 0), bits_argument(info, 1), static_cast<TimerClock>(int_argument(info, 2)));
  if (!made.ok()) return outcome(env, made.error());
  auto* owned = new OwnedTimer{env, std::move(made.value())};
  napi_add_env_cleanup_hook(env, &delete_timer, owned);
  return Napi::External<OwnedTimer>::New(env, owned);
}

// timerSet(timer, value, interval) in us; a value of 0 stops it
Napi::Value timer_set(const Napi::CallbackInfo& info) {
  return outcome(info.Env(), timer_argument(info)->timer->set(times_argument(info, 1)));
}

// timerDelete(timer): once
Napi::Value timer_delete(const Napi::CallbackInfo& info) {
  OwnedTimer* owned = timer_argument(info);
  napi_remove_env_cleanup_hook(owned->env, &delete_timer, owned);
  delete_timer(owned);
  return info.Env().Undefined();
}

}  // namespace

void define_timer_functions(Napi::Env env, Napi::Object exports) {
  const auto define = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  define("alarm", &set_alarm);
  define("setitimer", &set_itimer);
  define("getitimer", &get_itimer);
  define("timerCreate", &timer_create);
  define("timerSet", &timer_set);
  define("timerDelete", &timer_delete);
}

}  // namespace sigbridge::node
