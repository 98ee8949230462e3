// Calling a function of lib/ with numbers, also while its environment ends. JS thread.
#pragma once

#include <napi.h>

#include <array>
#include <initializer_list>

namespace sigbridge::node {

// Plain Node-API: while an environment ends, each of these calls may fail, and node-addon-api answers a
// failed call by throwing, which fails too and aborts the process. Listeners' exceptions do not come this way
// (lib/dispatcher.js). At most four numbers. False: nothing can be told to this environment any more.
inline bool call(napi_env env, const Napi::FunctionReference& function,
                 std::initializer_list<double> numbers) {
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
  napi_value callee = nullptr;
  napi_value receiver = nullptr;
  std::array<napi_value, 4> arguments{};
  bool ok = napi_get_reference_value(env, function, &callee) == napi_ok && callee != nullptr &&
            napi_get_undefined(env, &receiver) == napi_ok;
  size_t count = 0;
  for (const double number : numbers) {
    ok = ok && napi_create_double(env, number, &arguments[count++]) == napi_ok;
  }
  ok = ok && napi_call_function(env, receiver, callee, count, arguments.data(), nullptr) == napi_ok;
  static_cast<void>(napi_close_handle_scope(env, scope));
  return ok;
}

}  // namespace sigbridge::node
