// Native functions for the service manager's notify protocol. JS thread.
#pragma once

#include <napi.h>

namespace sigbridge::node {

void define_notify_functions(Napi::Env env, Napi::Object exports);

}  // namespace sigbridge::node
