// See counters.h.
#include "counters.h"

#include "arguments.h"

namespace sigbridge::node {

Napi::Value Counters::open(Napi::Env env, const std::vector<Wanted>& wanted, Napi::Int32Array cells) {
  // Shared memory never moves. The length is asked of Node-API, which is what its pointer belongs to.
  void* data = nullptr;
  size_t length = 0;
  const napi_status status = napi_get_typedarray_info(env, cells, nullptr, &length, &data, nullptr, nullptr);
  // Nothing wanted: the environment is being terminated, and nobody hears the answer.
  if (status != napi_ok || data == nullptr || wanted.empty() || length < wanted.size()) {
    return outcome(env, {ENOSYS, "counter"});
  }
  std::vector<int> signals;
  signals.reserve(wanted.size());
  for (const Wanted& want : wanted) signals.push_back(want.signo);
  auto counter = std::make_unique<SignalCounter>(signals, static_cast<int32_t*>(data));
  if (PosixError failure = Hub::instance().subscribe(*counter, wanted)) return outcome(env, failure);
  const int id = next_++;
  open_[id] = {std::move(counter), Napi::Reference<Napi::Int32Array>::New(cells, 1)};
  return Napi::Number::New(env, id);
}

void Counters::close(int id) {
  const auto found = open_.find(id);
  Hub::instance().detach(*found->second.counter, false);
  open_.erase(found);
}

void Counters::end(bool process_ends) {
  for (auto& [id, open] : open_) {
    Hub::instance().detach(*open.counter, process_ends);
    // The environment gives its references back itself; now, in the middle of its end, a call may fail.
    open.memory.SuppressDestruct();
  }
  open_.clear();
}

}  // namespace sigbridge::node
