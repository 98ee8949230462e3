// A shutdown's deadline for lib/: opened, begun by hand, told of. JS thread.
#pragma once

#include <napi.h>

namespace sigbridge::node {

void define_shutdown_functions(Napi::Env env, Napi::Object exports);

}  // namespace sigbridge::node
