// See processes.h.
#include "processes.h"

#include <utility>

#include "../posix/exit_watch.h"
#include "arguments.h"
#include "call.h"

namespace sigbridge::node {

Processes& Processes::of(const Napi::CallbackInfo& info) {
  return *static_cast<Processes*>(info.Data());
}

void Processes::release() {
  if (--owners_ == 0) delete this;
}

// The environment is about to go: first the watching thread forgets it, then what it could ring.
void Processes::end(void* self) {
  auto* processes = static_cast<Processes*>(self);
  ExitWatch::instance().remove_all(processes);
  processes->open_.clear();
  processes->stopped_ = true;
  processes->doorbell_.Abort();
  processes->release();
}

Napi::Value Processes::start(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto* self = new Processes;
  self->on_ended_ = Napi::Persistent(info[0].As<Napi::Function>());
  self->doorbell_ = Doorbell::New(env, "sigbridge processes", 1, 1, self,
                                  [](Napi::Env, void*, Processes* processes) { processes->release(); });
  self->doorbell_.Unref(env);
  // After the thread-safe function was made: hooks run in reverse order, and ours has to come before its own.
  env.AddCleanupHook(&Processes::end, static_cast<void*>(self));

  Napi::Object result = Napi::Object::New(env);
  const auto define = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    result.Set(name, Napi::Function::New(env, function, name, self));
  };
  define("open", &Processes::open);
  define("send", &Processes::send);
  define("queue", &Processes::queue);
  define("watch", &Processes::watch);
  define("unwatch", &Processes::unwatch);
  define("close", &Processes::close);
  define("setRef", &Processes::set_ref);
  return result;
}

// open(pid): a number for the other functions, or a failure
Napi::Value Processes::open(const Napi::CallbackInfo& info) {
  Result<UniqueFd> opened = open_process(int_argument(info, 0));
  if (!opened.ok()) return outcome(info.Env(), opened.error());
  Processes& self = of(info);
  const int id = self.next_id_++;
  self.open_[id] = std::move(opened.value());
  return Napi::Number::New(info.Env(), id);
}

// send(id, signo)
Napi::Value Processes::send(const Napi::CallbackInfo& info) {
  const int pidfd = of(info).open_[int_argument(info, 0)].get();
  return outcome(info.Env(), send_to_process(pidfd, int_argument(info, 1)));
}

// queue(id, signo, bits)
Napi::Value Processes::queue(const Napi::CallbackInfo& info) {
  const int pidfd = of(info).open_[int_argument(info, 0)].get();
  return outcome(info.Env(), queue_to_process(pidfd, int_argument(info, 1), bits_argument(info, 2)));
}

// watch(id): onEnded is called once, until unwatch(id) or close(id)
Napi::Value Processes::watch(const Napi::CallbackInfo& info) {
  Processes& self = of(info);
  const int id = int_argument(info, 0);
  return outcome(info.Env(), ExitWatch::instance().add(self.open_[id].get(), &Processes::told, &self, id));
}

Napi::Value Processes::unwatch(const Napi::CallbackInfo& info) {
  ExitWatch::instance().remove(&of(info), int_argument(info, 0));
  return info.Env().Undefined();
}

Napi::Value Processes::close(const Napi::CallbackInfo& info) {
  const int id = int_argument(info, 0);
  ExitWatch::instance().remove(&of(info), id);
  of(info).open_.erase(id);
  return info.Env().Undefined();
}

Napi::Value Processes::set_ref(const Napi::CallbackInfo& info) {
  Processes& self = of(info);
  if (info[0].As<Napi::Boolean>().Value()) {
    self.doorbell_.Ref(info.Env());
  } else {
    self.doorbell_.Unref(info.Env());
  }
  return info.Env().Undefined();
}

// A full queue is success: a ring is waiting there, and finds this too.
void Processes::told(void* self, int id, const ProcessEnd& end) {
  auto* processes = static_cast<Processes*>(self);
  {
    const std::lock_guard lock(processes->lock_);
    processes->ended_.push_back({id, end});
  }
  static_cast<void>(processes->doorbell_.NonBlockingCall());
}

void Processes::call_js(Napi::Env env, Napi::Function, Processes* self, void*) {
  // The environment first: without one (Node and Bun call so while they close), `self` may be gone.
  if (static_cast<napi_env>(env) == nullptr) return;
  self->drain(env);
}

void Processes::drain(Napi::Env env) {
  if (stopped_) return;
  std::vector<Ended> ended;
  {
    const std::lock_guard lock(lock_);
    ended.swap(ended_);
  }
  for (const auto& [id, end] : ended) {
    if (!call(env, on_ended_,
              {static_cast<double>(id), end.known ? 1.0 : 0.0, static_cast<double>(end.code),
               static_cast<double>(end.signo)}))
      return;
  }
}

void define_process_functions(Napi::Env env, Napi::Object exports) {
  exports.Set("startProcesses", Napi::Function::New(env, &Processes::start, "startProcesses"));
}

}  // namespace sigbridge::node
