// See orphans.h.
#include "orphans.h"

#include "../posix/orphans.h"
#include "arguments.h"

namespace sigbridge::node {
namespace {

// findZombies(): [pid, began, pid, began, ...], or a failure
Napi::Value find_zombies_here(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Result<std::vector<Zombie>> zombies = find_zombies();
  if (!zombies.ok()) return outcome(env, zombies.error());
  Napi::Array flat = Napi::Array::New(env);
  for (const Zombie& zombie : zombies.value()) {
    flat.Set(flat.Length(), Napi::Number::New(env, zombie.pid));
    flat.Set(flat.Length(), number(env, zombie.began));
  }
  return flat;
}

// reap(pid): [code, signo], or undefined
Napi::Value reap_here(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::optional<ProcessEnd> end = reap(int_argument(info, 0));
  if (!end) return env.Undefined();
  Napi::Array pair = Napi::Array::New(env, 2);
  pair.Set(0U, Napi::Number::New(env, end->code));
  pair.Set(1U, Napi::Number::New(env, end->signo));
  return pair;
}

// becomeSubreaper(on): what it was before, or a failure
Napi::Value become_subreaper_here(const Napi::CallbackInfo& info) {
  Result<bool> before = become_subreaper(info[0].As<Napi::Boolean>().Value());
  if (!before.ok()) return outcome(info.Env(), before.error());
  return Napi::Boolean::New(info.Env(), before.value());
}

}  // namespace

void define_orphan_functions(Napi::Env env, Napi::Object exports) {
  const auto define = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  define("findZombies", &find_zombies_here);
  define("reap", &reap_here);
  define("becomeSubreaper", &become_subreaper_here);
}

}  // namespace sigbridge::node
