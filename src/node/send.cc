// See send.h.
#include "send.h"

#include "../posix/send.h"
#include "arguments.h"

namespace sigbridge::node {
namespace {

// sendToThread(pid, tid, signo)
Napi::Value to_thread(const Napi::CallbackInfo& info) {
  return outcome(info.Env(),
                 send_to_thread(int_argument(info, 0), int_argument(info, 1), int_argument(info, 2)));
}

// queueToThread(pid, tid, signo, bits)
Napi::Value queue_thread(const Napi::CallbackInfo& info) {
  return outcome(info.Env(), queue_to_thread(int_argument(info, 0), int_argument(info, 1),
                                             int_argument(info, 2), bits_argument(info, 3)));
}

}  // namespace

void define_send_functions(Napi::Env env, Napi::Object exports) {
  exports.Set("sendToThread", Napi::Function::New(env, &to_thread, "sendToThread"));
  exports.Set("queueToThread", Napi::Function::New(env, &queue_thread, "queueToThread"));
}

}  // namespace sigbridge::node
