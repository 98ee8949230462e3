// Native functions for timers: alarm, setitimer, getitimer, timer_create and what belongs to it. JS thread.
#pragma once

#include <napi.h>

namespace sigbridge::node {

void define_timer_functions(Napi::Env env, Napi::Object exports);

}  // namespace sigbridge::node
