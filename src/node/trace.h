// Native functions that start, stop and show the trace. JS thread.
#pragma once

#include <napi.h>

namespace sigbridge::node {

void define_trace_functions(Napi::Env env, Napi::Object exports);

}  // namespace sigbridge::node
