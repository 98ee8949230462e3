// Ended children that nobody waits for. The main JS thread.
#pragma once

#include <napi.h>

namespace sigbridge::node {

void define_orphan_functions(Napi::Env env, Napi::Object exports);

}  // namespace sigbridge::node
