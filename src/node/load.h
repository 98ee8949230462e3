// Native functions around loads of other native code: guards, hardening, what is in the process. JS thread.
#pragma once

#include <napi.h>

namespace sigbridge::node {

void define_load_functions(Napi::Env env, Napi::Object exports);

}  // namespace sigbridge::node
