// Reading arguments and making results. JavaScript has validated everything: here is no check to fail. JS
// thread.
#pragma once

#include <napi.h>

#include <cstdint>

#include "../posix/posix_error.h"

namespace sigbridge::node {

inline int int_argument(const Napi::CallbackInfo& info, size_t index) {
  return info[index].As<Napi::Number>().Int32Value();
}

inline int64_t bits_argument(const Napi::CallbackInfo& info, size_t index) {
  bool lossless = true;
  return static_cast<int64_t>(info[index].As<Napi::BigInt>().Uint64Value(&lossless));
}

// undefined for success, {errno, syscall} for failure. Errors themselves are made in lib/errors.js: an error
// made here belongs to the wrong realm under Jest, and Bun 1.2 panics in node-addon-api's way of throwing.
inline Napi::Value outcome(Napi::Env env, PosixError error) {
  if (!error) return env.Undefined();
  Napi::Object failure = Napi::Object::New(env);
  failure.Set("errno", Napi::Number::New(env, error.number));
  failure.Set("syscall", Napi::String::New(env, error.syscall));
  return failure;
}

inline Napi::Value number(Napi::Env env, uint64_t value) {
  return Napi::Number::New(env, static_cast<double>(value));
}

}  // namespace sigbridge::node
