// What the core knows, as plain JavaScript objects. JS thread.
#pragma once

#include <napi.h>

#include "../posix/signal_action.h"

namespace sigbridge::node {

// {kind, flags, ours, library, symbol, beneath}
inline Napi::Object disposition_object(Napi::Env env, const DispositionInfo& info) {
  const char* kind = info.kind == DispositionInfo::Kind::kDefault  ? "default"
                     : info.kind == DispositionInfo::Kind::kIgnore ? "ignore"
                                                                   : "handler";
  const auto text = [env](const std::string& value) {
    return value.empty() ? env.Null() : Napi::Value(Napi::String::New(env, value));
  };
  Napi::Array flags = Napi::Array::New(env);
  for (const char* flag : info.flags) flags.Set(flags.Length(), Napi::String::New(env, flag));
  Napi::Object result = Napi::Object::New(env);
  result.Set("kind", Napi::String::New(env, kind));
  result.Set("flags", flags);
  result.Set("library", text(info.library));
  result.Set("symbol", text(info.symbol));
  result.Set("ours", Napi::Boolean::New(env, info.ours));
  result.Set("beneath", info.beneath ? Napi::Value(disposition_object(env, *info.beneath)) : env.Null());
  return result;
}

}  // namespace sigbridge::node
