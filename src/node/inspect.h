// Native functions of inspect(): what only this process can tell of itself. JS thread.
#pragma once

#include <napi.h>

namespace sigbridge::node {

void define_inspect_functions(Napi::Env env, Napi::Object exports);

}  // namespace sigbridge::node
