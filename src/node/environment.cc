// See environment.h. What goes wrong in a system call comes back as {errno, syscall}.
#include "environment.h"

#include <array>
#include <vector>

#include "../posix/hub.h"
#include "../posix/mask_visitor.h"
#include "action_flags.h"
#include "arguments.h"
#include "describe.h"

namespace sigbridge::node {

Environment& Environment::of(const Napi::CallbackInfo& info) {
  return *static_cast<Environment*>(info.Data());
}

void Environment::release(void* self) {
  auto* environment = static_cast<Environment*>(self);
  if (--environment->owners_ == 0) delete environment;
}

// The environment is about to go: after this the wait thread knows nothing of it.
void Environment::end(void* self) {
  auto* environment = static_cast<Environment*>(self);
  environment->unwatch_loop();
  // With the process what is held ends, as pending signals do.
  if (!environment->main_thread_) environment->control_.end();
  Hub::instance().detach(environment->forwarder_.subscriber(), environment->main_thread_);
  environment->counters_.end(environment->main_thread_);
  if (environment->inherits_mask_) forget_this_thread();
  environment->forwarder_.stop();
  release(self);
}

Napi::Value Environment::start(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const Napi::ArrayBuffer buffer = EventForwarder::make_buffer(env);
  if (buffer.IsEmpty()) return env.Undefined();
  auto* self = new Environment;
  self->main_thread_ = info[3].As<Napi::Boolean>().Value();
  self->inherits_mask_ = info[4].As<Napi::Boolean>().Value();
  self->has_loop_ = info[5].As<Napi::Boolean>().Value();
  self->env_ = env;
  if (self->inherits_mask_) exempt_this_thread();
  self->forwarder_.start(
      buffer, {info[0].As<Napi::Function>(), info[1].As<Napi::Function>(), info[2].As<Napi::Function>()},
      &Environment::release, &Environment::on_drained, self);
  // After the thread-safe function was made: hooks run in reverse order, and ours has to come before its own.
  env.AddCleanupHook(&Environment::end, static_cast<void*>(self));

  Napi::Object result = Napi::Object::New(env);
  result.Set("buffer", buffer);
  const auto define = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    result.Set(name, Napi::Function::New(env, function, name, self));
  };
  define("subscribe", &Environment::subscribe);
  define("unsubscribe", &Environment::unsubscribe);
  define("setRef", &Environment::set_ref);
  define("counters", &Environment::counters);
  define("takeDisplaced", &Environment::take_displaced);
  // Behind the batch, which a listener may be in the middle of.
  self->control_.define(result, self->forwarder_.spare_record(), !self->inherits_mask_);
  define("openCounter", &Environment::open_counter);
  define("closeCounter", &Environment::close_counter);
  return result;
}

namespace {

// [signo, listeners, flags, asked, ...], listeners: -1 unknown, 0 none, 1 some; see action_flags.h. Empty:
// the environment is being terminated; JavaScript asks for no less than one.
std::vector<Wanted> wanted_argument(const Napi::CallbackInfo& info, size_t index) {
  const auto flat = info[index].As<Napi::Array>();
  std::vector<Wanted> wanted;
  for (uint32_t i = 0; i + 3 < flat.Length(); i += 4) {
    std::array<int32_t, 4> row{};
    for (uint32_t place = 0; place < row.size(); ++place) {
      if (!read_element(info.Env(), flat, i + place, row[place])) return {};
    }
    const auto [signo, listeners, flags, asked] = row;
    wanted.push_back(
        {signo,
         listeners < 0   ? Listeners::kUnknown
         : listeners > 0 ? Listeners::kLive
                         : Listeners::kNone,
         {flags_from_bits(static_cast<unsigned>(flags)), flags_from_bits(static_cast<unsigned>(asked))}});
  }
  return wanted;
}

}  // namespace

// subscribe(wanted)
Napi::Value Environment::subscribe(const Napi::CallbackInfo& info) {
  Environment& self = of(info);
  const std::vector<Wanted> wanted = wanted_argument(info, 0);
  PosixError failure;
  if (!wanted.empty()) failure = Hub::instance().subscribe(self.forwarder_.subscriber(), wanted);
  if (failure) return outcome(info.Env(), failure);
  for (const Wanted& want : wanted) self.subscribed_.set(static_cast<size_t>(want.signo));
  return info.Env().Undefined();
}

// With the first delivery that comes by way of the wait thread, not before: libuv frees a handle a turn of
// the loop after it was closed, and a program may subscribe and close any number of times in one turn.
void Environment::on_drained(void* owner) {
  auto* self = static_cast<Environment*>(owner);
  if (self->subscribed_.any()) self->watch_loop(self->env_);
}

namespace {

// The one that watches the main thread's loop: where the package is there twice there are two, and libuv
// watches a descriptor once. The hub hands out to both. The main thread's own.
const Environment* g_watching = nullptr;

}  // namespace

void Environment::watch_loop(napi_env env) {
  if (!has_loop_ || (g_watching != nullptr && g_watching != this)) return;
  if (loop_watch_.running()) {
    if (!Hub::instance().loop_is_broken()) return;
    // Other code has closed it. Stopped before there is a new one, which may get its number.
    loop_watch_.stop();
  }
  const int fd = Hub::instance().loop_watches(true);
  // Without it records come by way of the wait thread.
  const bool watching = fd >= 0 && loop_watch_.start(env, fd, &Environment::on_loop_ready, this);
  if (!watching) static_cast<void>(Hub::instance().loop_watches(false));
  g_watching = watching ? this : nullptr;
}

void Environment::unwatch_loop() {
  if (!loop_watch_.running()) return;
  loop_watch_.stop();
  g_watching = nullptr;
  static_cast<void>(Hub::instance().loop_watches(false));
}

void Environment::on_loop_ready(void* self) {
  auto* environment = static_cast<Environment*>(self);
  environment->forwarder_.drain_from_loop(environment->env_);
  if (Hub::instance().loop_is_broken()) on_drained(environment);
}

// openCounter(wanted, cells): a number for closeCounter, or a failure
Napi::Value Environment::open_counter(const Napi::CallbackInfo& info) {
  return of(info).counters_.open(info.Env(), wanted_argument(info, 0), info[1].As<Napi::Int32Array>());
}

Napi::Value Environment::close_counter(const Napi::CallbackInfo& info) {
  of(info).counters_.close(int_argument(info, 0));
  return info.Env().Undefined();
}

// unsubscribe(signo): how many waiting deliveries nobody will be told of
Napi::Value Environment::unsubscribe(const Napi::CallbackInfo& info) {
  Environment& self = of(info);
  const int signo = int_argument(info, 0);
  self.subscribed_.reset(static_cast<size_t>(signo));
  // First: the hub may close the descriptors now.
  if (self.subscribed_.none()) self.unwatch_loop();
  return number(info.Env(), Hub::instance().unsubscribe(self.forwarder_.subscriber(), signo));
}

Napi::Value Environment::set_ref(const Napi::CallbackInfo& info) {
  of(info).forwarder_.set_ref(info.Env(), info[0].As<Napi::Boolean>().Value());
  return info.Env().Undefined();
}

// takeDisplaced(): [{signo, count, byStranger, found}]
Napi::Value Environment::take_displaced(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Array result = Napi::Array::New(env);
  uint32_t index = 0;
  for (const Displacement& one : of(info).forwarder_.subscriber().take_displaced_report()) {
    Napi::Object each = Napi::Object::New(env);
    each.Set("signo", Napi::Number::New(env, one.signo));
    each.Set("count", number(env, one.count));
    each.Set("byStranger", Napi::Boolean::New(env, one.by_stranger));
    each.Set("found", disposition_object(env, describe_disposition(one.found)));
    result.Set(index++, each);
  }
  return result;
}

// counters(): {waiting, longestWait, signals: [signo, received, coalesced, dropped, ...]} of this environment
Napi::Value Environment::counters(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Subscriber& subscriber = of(info).forwarder_.subscriber();
  Napi::Array signals = Napi::Array::New(env);
  uint32_t length = 0;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    const SignalCounters counters = subscriber.counters(signo);
    if (counters.received == 0) continue;
    signals.Set(length++, Napi::Number::New(env, signo));
    signals.Set(length++, number(env, counters.received));
    signals.Set(length++, number(env, counters.coalesced));
    signals.Set(length++, number(env, counters.dropped));
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("waiting", number(env, subscriber.waiting()));
  result.Set("longestWait", Napi::Number::New(env, static_cast<double>(subscriber.longest_wait()) / 1e6));
  result.Set("signals", signals);
  return result;
}

}  // namespace sigbridge::node
