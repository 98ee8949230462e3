// Health reports written where JavaScript does not hear of the signal. JS thread.
#pragma once

#include <napi.h>

namespace sigbridge::node {

void define_health_functions(Napi::Env env, Napi::Object exports);

}  // namespace sigbridge::node
