// See load.h. Guards are kept by number in a process-wide table: each is begun and ended on one thread, in
// LIFO order, which lib/guard.js sees to.
#include "load.h"

#include <map>
#include <memory>
#include <mutex>

#include "../posix/fork_guard.h"
#include "../posix/hub.h"
#include "../posix/load_guard.h"
#include "arguments.h"
#include "describe.h"

namespace sigbridge::node {
namespace {

struct OpenGuards {
  std::mutex lock;
  std::map<int, std::unique_ptr<LoadGuard>> guards;
  int next = 1;
};

// Never destroyed: a Worker may be ended between begin and end while the process exits.
OpenGuards& open_guards() {
  static OpenGuards& open = *new OpenGuards;
  return open;
}

// guardBegin(): a number for guardEnd
Napi::Value guard_begin(const Napi::CallbackInfo& info) {
  OpenGuards& open = open_guards();
  const std::lock_guard lock(open.lock);
  const int id = open.next++;
  open.guards[id] = std::make_unique<LoadGuard>(Hub::instance().dispositions());
  return Napi::Number::New(info.Env(), id);
}

Napi::Array signal_names(Napi::Env env, uint64_t bits) {
  Napi::Array names = Napi::Array::New(env);
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (((bits >> (signo - 1)) & 1) == 0) continue;
    const std::string name = signal_name(signo);
    if (!name.empty()) names.Set(names.Length(), Napi::String::New(env, name));
  }
  return names;
}

Napi::Object report_object(Napi::Env env, const LoadReport& report) {
  Napi::Array libraries = Napi::Array::New(env);
  for (const LoadedLibrary& library : report.libraries) {
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("path", Napi::String::New(env, library.path));
    entry.Set("go", Napi::Boolean::New(env, library.go));
    libraries.Set(libraries.Length(), entry);
  }
  Napi::Array threads = Napi::Array::New(env);
  for (const ThreadInfo& thread : report.threads) {
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("tid", Napi::Number::New(env, thread.tid));
    entry.Set("name", Napi::String::New(env, thread.name));
    entry.Set("blocked", signal_names(env, thread.blocked));
    threads.Set(threads.Length(), entry);
  }
  Napi::Array handlers = Napi::Array::New(env);
  for (const HandlerChange& change : report.handlers) {
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("signal", Napi::String::New(env, signal_name(change.signo)));
    entry.Set("before", disposition_object(env, describe_disposition(change.before)));
    entry.Set("after", disposition_object(env, describe_disposition(change.after)));
    entry.Set("putBack", Napi::Boolean::New(env, change.put_back));
    handlers.Set(handlers.Length(), entry);
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("go", Napi::Boolean::New(env, report.go));
  result.Set("libraries", libraries);
  result.Set("threads", threads);
  result.Set("handlers", handlers);
  return result;
}

// guardEnd(number): {go, describe}. describe() makes the report: naming the symbols of a few handlers takes
// longer than all the rest, and nobody may ask.
Napi::Value guard_end(const Napi::CallbackInfo& info) {
  OpenGuards& open = open_guards();
  std::unique_ptr<LoadGuard> guard;
  {
    const std::lock_guard lock(open.lock);
    auto found = open.guards.find(int_argument(info, 0));
    guard = std::move(found->second);
    open.guards.erase(found);
  }
  const Napi::Env env = info.Env();
  const auto report = std::make_shared<const LoadReport>(guard->end());
  const auto describe = [report](const Napi::CallbackInfo& call) -> Napi::Value {
    return report_object(call.Env(), *report);
  };
  Napi::Object result = Napi::Object::New(env);
  result.Set("go", Napi::Boolean::New(env, report->go));
  result.Set("describe", Napi::Function::New(env, describe, "describe"));
  return result;
}

// orUndefined(value): `value`, or undefined where there is none. Native code may return NULL for undefined,
// and Bun 1.1 hands that on as it is: JavaScript crashes when it looks at it, a call here gets an empty
// value.
Napi::Value or_undefined(const Napi::CallbackInfo& info) {
  return info[0].IsEmpty() ? info.Env().Undefined() : info[0];
}

Napi::Array number_array(Napi::Env env, const std::vector<int>& numbers) {
  Napi::Array array = Napi::Array::New(env);
  for (const int number : numbers) array.Set(array.Length(), Napi::Number::New(env, number));
  return array;
}

// harden(keepLooking), hardenAgain(): the signals whose handlers were repaired
Napi::Value harden(const Napi::CallbackInfo& info) {
  return number_array(info.Env(), Hub::instance().harden(info[0].As<Napi::Boolean>().Value()));
}

Napi::Value harden_again(const Napi::CallbackInfo& info) {
  return number_array(info.Env(), Hub::instance().harden_again());
}

Napi::Value release_hardening(const Napi::CallbackInfo& info) {
  Hub::instance().release_hardening();
  return info.Env().Undefined();
}

// blockForThread(): blocks what a thread may block; the mask before, for restoreMask
Napi::Value block_for_thread(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  SignalSet set = SignalSet::blockable();
  if (const int suspend = Hub::instance().suspend_signal(); suspend != 0) set.remove(suspend);
  Napi::ArrayBuffer before = Napi::ArrayBuffer::New(env, sizeof(sigset_t));
  // The environment is being terminated: nobody would open the mask again.
  if (before.IsEmpty()) return env.Undefined();
  pthread_sigmask(SIG_BLOCK, &set.native(), static_cast<sigset_t*>(before.Data()));
  return before;
}

Napi::Value restore_mask(const Napi::CallbackInfo& info) {
  auto mask = info[0].As<Napi::ArrayBuffer>();
  pthread_sigmask(SIG_SETMASK, static_cast<const sigset_t*>(mask.Data()), nullptr);
  return info.Env().Undefined();
}

Napi::Value mask_for_exec(const Napi::CallbackInfo& info) {
  fork_guard::open_mask_for_exec();
  return info.Env().Undefined();
}

}  // namespace

void define_load_functions(Napi::Env env, Napi::Object exports) {
  const auto define = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  define("guardBegin", &guard_begin);
  define("guardEnd", &guard_end);
  define("orUndefined", &or_undefined);
  define("harden", &harden);
  define("hardenAgain", &harden_again);
  define("releaseHardening", &release_hardening);
  define("blockForThread", &block_for_thread);
  define("restoreMask", &restore_mask);
  define("maskForExec", &mask_for_exec);
}

}  // namespace sigbridge::node
