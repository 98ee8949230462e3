// See loop_watch.h.
#include "loop_watch.h"

#include <dlfcn.h>
#include <node_api.h>

#include <cstdlib>

namespace sigbridge::node {
namespace {

// As in libuv's uv.h, which is no part of the Node-API headers. The numbers are its ABI.
constexpr int kPollHandle = 8;
constexpr int kReadable = 1;

struct Libuv {
  size_t (*handle_size)(int type) = nullptr;
  int (*poll_init)(void* loop, void* handle, int fd) = nullptr;
  int (*poll_start)(void* handle, int events, void (*callback)(void*, int, int)) = nullptr;
  void (*close)(void* handle, void (*callback)(void*)) = nullptr;
  void (*unref)(void* handle) = nullptr;
  void (*set_data)(void* handle, void* data) = nullptr;
  void* (*get_data)(const void* handle) = nullptr;
  napi_status (*loop_of)(napi_env env, void** loop) = nullptr;
  bool complete = true;

  Libuv() {
    find("uv_handle_size", handle_size);
    find("uv_poll_init", poll_init);
    find("uv_poll_start", poll_start);
    find("uv_close", close);
    find("uv_unref", unref);
    find("uv_handle_set_data", set_data);
    find("uv_handle_get_data", get_data);
    find("napi_get_uv_event_loop", loop_of);
  }

  template <typename Function>
  void find(const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, name));
    complete = complete && function != nullptr;
  }
};

const Libuv& libuv() {
  static const Libuv& found = *new Libuv;
  return found;
}

}  // namespace

struct LoopWatch::Handle {
  napi_env env = nullptr;
  napi_async_context context = nullptr;
  void (*on_ready)(void*) = nullptr;
  void* data = nullptr;
  void* poll = nullptr;
};

bool LoopWatch::start(napi_env env, int fd, void (*on_ready)(void*), void* data) {
  if (running()) return true;
  const Libuv& uv = libuv();
  void* loop = nullptr;
  if (!uv.complete || uv.loop_of(env, &loop) != napi_ok || loop == nullptr) return false;
  napi_value name = nullptr;
  napi_async_context context = nullptr;
  if (napi_create_string_utf8(env, "sigbridge", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_async_init(env, nullptr, name, &context) != napi_ok)
    return false;

  void* poll = std::calloc(1, uv.handle_size(kPollHandle));
  if (poll == nullptr || uv.poll_init(loop, poll, fd) != 0) {
    std::free(poll);
    static_cast<void>(napi_async_destroy(env, context));
    return false;
  }
  handle_ = new Handle{env, context, on_ready, data, poll};
  uv.set_data(poll, handle_);
  uv.unref(poll);
  if (uv.poll_start(poll, kReadable, &LoopWatch::on_poll) == 0) return true;
  stop();
  return false;
}

void LoopWatch::stop() {
  if (!running()) return;
  const Libuv& uv = libuv();
  static_cast<void>(napi_async_destroy(handle_->env, handle_->context));
  // Off the descriptor at once; the memory is the loop's for another turn.
  uv.close(handle_->poll, [](void* poll) { std::free(poll); });
  delete handle_;
  handle_ = nullptr;
}

// Also when libuv has given up on the descriptor (a status below 0): who is called finds out.
void LoopWatch::on_poll(void* poll, int, int) {
  const auto* handle = static_cast<const Handle*>(libuv().get_data(poll));
  // Copied: what is called may stop the watch.
  const Handle self = *handle;
  napi_handle_scope handles = nullptr;
  if (napi_open_handle_scope(self.env, &handles) != napi_ok) return;
  napi_value resource = nullptr;
  napi_callback_scope scope = nullptr;
  if (napi_create_object(self.env, &resource) == napi_ok &&
      napi_open_callback_scope(self.env, resource, self.context, &scope) == napi_ok) {
    self.on_ready(self.data);
    // Runs what process.nextTick and promises have waiting.
    static_cast<void>(napi_close_callback_scope(self.env, scope));
  }
  static_cast<void>(napi_close_handle_scope(self.env, handles));
}

}  // namespace sigbridge::node
