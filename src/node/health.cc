// See health.h. A watch lives until it is closed or its environment ends, whether JavaScript still knows it
// or not.
#include "health.h"

#include <fcntl.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

#include <utility>

#include "../posix/health_report.h"
#include "../posix/hub.h"
#include "../posix/recovery.h"
#include "arguments.h"

namespace sigbridge::node {
namespace {

struct OwnedWatch {
  napi_env env;
  int id;
};

void close_watch(void* owned) {
  auto* watch = static_cast<OwnedWatch*>(owned);
  Hub::instance().close_health(watch->id);
  delete watch;
}

OwnedWatch* watch_argument(const Napi::CallbackInfo& info) {
  return info[0].As<Napi::External<OwnedWatch>>().Data();
}

pid_t this_thread() {
#ifdef __linux__
  return static_cast<pid_t>(::syscall(SYS_gettid));
#else
  return 0;
#endif
}

// healthOpen(signos, patience, text, uptime, fd, path), times in ms; `path` empty: `fd`. An External, or a
// failure
Napi::Value health_open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto ns = [&info](size_t index) {
    return static_cast<int64_t>(info[index].As<Napi::Number>().DoubleValue() * 1e6);
  };
  HealthOrder order;
  const auto signos = info[0].As<Napi::Array>();
  for (uint32_t i = 0; i < signos.Length(); ++i) {
    int32_t signo = 0;
    if (!read_element(env, signos, i, signo)) return env.Undefined();
    order.signals.add(signo);
  }
  order.patience = ns(1);
  order.format = info[2].As<Napi::Boolean>().Value() ? HealthFormat::kText : HealthFormat::kJson;
  order.process_began = monotonic_now() - ns(3);
  order.thread = this_thread();
  order.path = info[5].As<Napi::String>().Utf8Value();
  if (order.path.empty()) {
    order.fd = UniqueFd(::fcntl(int_argument(info, 4), F_DUPFD_CLOEXEC, 0));
    if (!order.fd) return outcome(env, PosixError::last("fcntl"));
  }
  auto* owned = new OwnedWatch{env, Hub::instance().open_health(std::move(order))};
  napi_add_env_cleanup_hook(env, &close_watch, owned);
  return Napi::External<OwnedWatch>::New(env, owned);
}

// healthHeard(watch): reports that were written in JavaScript's place since the last time, and those that
// could not be
Napi::Value health_heard(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const HealthWatch::Missed missed = Hub::instance().health_heard(watch_argument(info)->id);
  Napi::Array pair = Napi::Array::New(env, 2);
  pair.Set(0U, number(env, missed.written));
  pair.Set(1U, number(env, missed.failed));
  return pair;
}

// recovery(): {level, missing: [name, ...], retries, restarts, degradations, last: {errno, syscall, at} |
// null}, `at` in ms since 1970
Napi::Value recovery(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const RecoveryReport report = Recovery::instance().report();
  Napi::Object result = Napi::Object::New(env);
  Napi::Array missing = Napi::Array::New(env);
  for (const char* part : report.missing) missing.Set(missing.Length(), Napi::String::New(env, part));
  Napi::Value last = env.Null();
  if (report.last) {
    Napi::Object failure = Napi::Object::New(env);
    failure.Set("errno", number(env, static_cast<uint64_t>(report.last.number)));
    failure.Set("syscall", Napi::String::New(env, report.last.syscall));
    failure.Set("at", number(env, static_cast<uint64_t>(report.last_at)));
    last = failure;
  }
  result.Set("level", Napi::String::New(env, report.level));
  result.Set("missing", missing);
  result.Set("retries", number(env, report.retries));
  result.Set("restarts", number(env, report.restarts));
  result.Set("degradations", number(env, report.degradations));
  result.Set("last", last);
  return result;
}

// signalQueue(): [used, limit] of this user, or undefined where nobody tells
Napi::Value signal_queue(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const SignalQueueUse use = look_at_signal_queue();
  if (use.limit < 0) return env.Undefined();
  Napi::Array pair = Napi::Array::New(env, 2);
  pair.Set(0U, Napi::Number::New(env, static_cast<double>(use.used)));
  pair.Set(1U, Napi::Number::New(env, static_cast<double>(use.limit)));
  return pair;
}

// healthClose(watch): once
Napi::Value health_close(const Napi::CallbackInfo& info) {
  OwnedWatch* owned = watch_argument(info);
  napi_remove_env_cleanup_hook(owned->env, &close_watch, owned);
  close_watch(owned);
  return info.Env().Undefined();
}

}  // namespace

void define_health_functions(Napi::Env env, Napi::Object exports) {
  const auto define = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  define("healthOpen", &health_open);
  define("healthHeard", &health_heard);
  define("healthClose", &health_close);
  define("recovery", &recovery);
  define("signalQueue", &signal_queue);
}

}  // namespace sigbridge::node
