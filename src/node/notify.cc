// See notify.h.
#include "notify.h"

#include "../posix/notify_socket.h"
#include "arguments.h"

namespace sigbridge::node {
namespace {

// notify(socket, message)
Napi::Value notify(const Napi::CallbackInfo& info) {
  const std::string socket = info[0].As<Napi::String>().Utf8Value();
  return outcome(info.Env(), send_notification(socket, info[1].As<Napi::String>().Utf8Value()));
}

// monotonicTime(): us of CLOCK_MONOTONIC
Napi::Value monotonic_time(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(monotonic_us()));
}

}  // namespace

void define_notify_functions(Napi::Env env, Napi::Object exports) {
  exports.Set("notify", Napi::Function::New(env, &notify, "notify"));
  exports.Set("monotonicTime", Napi::Function::New(env, &monotonic_time, "monotonicTime"));
}

}  // namespace sigbridge::node
