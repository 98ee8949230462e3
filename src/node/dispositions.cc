// See dispositions.h.
#include "dispositions.h"

#include "../posix/exit_by_signal.h"
#include "../posix/hub.h"
#include "action_flags.h"
#include "arguments.h"
#include "describe.h"

namespace sigbridge::node {
namespace {

// disposition(signo): {kind, flags, ours, library, symbol, beneath} or a failure
Napi::Value disposition(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Result<DispositionInfo> found = Hub::instance().query(int_argument(info, 0));
  if (!found.ok()) return outcome(env, found.error());
  return disposition_object(env, found.value());
}

// changeDisposition(signo, ignore)
Napi::Value change_disposition(const Napi::CallbackInfo& info) {
  const bool ignore = info[1].As<Napi::Boolean>().Value();
  return outcome(info.Env(), Hub::instance().change(int_argument(info, 0),
                                                    ignore ? ignore_disposition() : default_disposition()));
}

// takenFlags(signo): the flags of our handler, 0 where none stands
Napi::Value taken_flags(const Napi::CallbackInfo& info) {
  return number(info.Env(), bits_from_flags(Hub::instance().flags(int_argument(info, 0))));
}

Napi::Value end_process(const Napi::CallbackInfo& info) {
  exit_by_signal(int_argument(info, 0));
}

}  // namespace

void define_disposition_functions(Napi::Env env, Napi::Object exports) {
  const auto define = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  define("disposition", &disposition);
  define("changeDisposition", &change_disposition);
  define("takenFlags", &taken_flags);
  define("exitBySignal", &end_process);
}

}  // namespace sigbridge::node
