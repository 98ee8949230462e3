// Native functions about what a signal does in this process: asked, changed, acted out. JS thread.
#pragma once

#include <napi.h>

namespace sigbridge::node {

void define_disposition_functions(Napi::Env env, Napi::Object exports);

}  // namespace sigbridge::node
