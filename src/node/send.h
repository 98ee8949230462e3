// Native functions that send to one thread. JS thread.
#pragma once

#include <napi.h>

namespace sigbridge::node {

void define_send_functions(Napi::Env env, Napi::Object exports);

}  // namespace sigbridge::node
