// Reading arguments and making results. JavaScript has validated everything: here is no check to fail. JS
// thread.
#pragma once

#include <napi.h>

#include <cstdint>

#include "../posix/posix_error.h"
#include "../posix/signal_set.h"

namespace sigbridge::node {

inline int int_argument(const Napi::CallbackInfo& info, size_t index) {
  return info[index].As<Napi::Number>().Int32Value();
}

inline int64_t bits_argument(const Napi::CallbackInfo& info, size_t index) {
  bool lossless = true;
  return static_cast<int64_t>(info[index].As<Napi::BigInt>().Uint64Value(&lossless));
}

// An element of an array of numbers. False: the environment is being terminated. From then on all that could
// run JavaScript fails, reading an element and making an array buffer too, while the code that called us
// still runs; what such a call of node-addon-api's returns is empty, and to ask it for anything ends the
// process.
inline bool read_element(napi_env env, napi_value array, uint32_t index, int32_t& number) {
  napi_value element = nullptr;
  return napi_get_element(env, array, index, &element) == napi_ok &&
         napi_get_value_int32(env, element, &number) == napi_ok;
}

// Four arguments of 32 bits, lowest signals first: an array would cost more than all the rest of a mask call.
inline SignalSet signals_argument(const Napi::CallbackInfo& info, size_t first) {
  SignalSet signals;
  for (size_t word = 0; word * 32 < kMaxSignal; ++word) {
    uint32_t bits = info[first + word].As<Napi::Number>().Uint32Value();
    for (int signo = static_cast<int>(word) * 32 + 1; bits != 0 && signo <= kMaxSignal; ++signo, bits >>= 1) {
      if ((bits & 1) != 0) signals.add(signo);
    }
  }
  return signals;
}

inline Napi::Array signal_numbers(Napi::Env env, const SignalSet& signals) {
  Napi::Array numbers = Napi::Array::New(env);
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (signals.contains(signo)) numbers.Set(numbers.Length(), Napi::Number::New(env, signo));
  }
  return numbers;
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
