// See inspect.h.
#include "inspect.h"

#include "../posix/hardening.h"
#include "../posix/hub.h"
#include "../posix/runtime_code.h"

namespace sigbridge::node {
namespace {

// loadedLibraries(): [{path, go}...], the executable first, as the dynamic linker names them
Napi::Value libraries_of_process(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Array libraries = Napi::Array::New(env);
  for (const LoadedLibrary& library : loaded_libraries()) {
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("path", Napi::String::New(env, library.path));
    entry.Set("go", Napi::Boolean::New(env, library.go));
    libraries.Set(libraries.Length(), entry);
  }
  return libraries;
}

// unhardened(): the signals whose handler harden() would repair
Napi::Value unhardened(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Array signals = Napi::Array::New(env);
  for (const int signo : unhardened_signals(Hub::instance().suspend_signal()))
    signals.Set(signals.Length(), Napi::Number::New(env, signo));
  return signals;
}

// isRuntimeHandler(signo): a handler stands, and its code is the runtime's own
Napi::Value is_runtime_handler(const Napi::CallbackInfo& info) {
  const struct sigaction standing = read_disposition(info[0].As<Napi::Number>().Int32Value());
  return Napi::Boolean::New(info.Env(), Hub::instance().dispositions().runtime().contains(standing));
}

}  // namespace

void define_inspect_functions(Napi::Env env, Napi::Object exports) {
  const auto define = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  define("loadedLibraries", &libraries_of_process);
  define("unhardened", &unhardened);
  define("isRuntimeHandler", &is_runtime_handler);
}

}  // namespace sigbridge::node
