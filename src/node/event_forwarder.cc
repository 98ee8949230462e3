// See event_forwarder.h.
#include "event_forwarder.h"

#include "../posix/hub.h"
#include "../posix/trace_ring.h"
#include "call.h"

namespace sigbridge::node {
namespace {

// Calls into JavaScript a ring; then the event loop gets a turn, even if more is waiting.
constexpr int kBatchesPerRing = 8;

}  // namespace

void EventForwarder::start(Napi::ArrayBuffer buffer, const Callbacks& callbacks, void (*finalized)(void*),
                           void (*drained)(void*), void* owner) {
  const Napi::Env env = buffer.Env();
  records_ = {static_cast<SignalRecord*>(buffer.Data()), kBatch};
  buffer_ = Napi::Reference<Napi::ArrayBuffer>::New(buffer, 1);
  on_batch_ = Napi::Persistent(callbacks.batch);
  on_overflow_ = Napi::Persistent(callbacks.overflow);
  on_displaced_ = Napi::Persistent(callbacks.displaced);
  finalized_ = finalized;
  drained_ = drained;
  owner_ = owner;
  doorbell_ = Doorbell::New(env, "sigbridge", 1, 1, this,
                            [](Napi::Env, void*, EventForwarder* self) { self->finalized_(self->owner_); });
  // A subscription does not keep the process alive unless it is asked to.
  doorbell_.Unref(env);
  started_ = true;
}

void EventForwarder::stop() {
  if (!started_ || stopped_) return;
  stopped_ = true;
  doorbell_.Abort();
}

void EventForwarder::set_ref(Napi::Env env, bool ref) {
  if (!started_ || stopped_) return;
  if (ref) {
    doorbell_.Ref(env);
  } else {
    doorbell_.Unref(env);
  }
}

// A full queue is success: a ring is waiting there. A closing function is one whose environment ends.
void EventForwarder::ring_from_wait_thread(void* self) {
  static_cast<void>(static_cast<EventForwarder*>(self)->doorbell_.NonBlockingCall());
}

void EventForwarder::call_js(Napi::Env env, Napi::Function, EventForwarder* self, void*) {
  // The environment first: without one (Node and Bun call so while they close), `self` may be gone.
  if (static_cast<napi_env>(env) == nullptr) return;
  self->drain(env);
  if (!self->stopped_) self->drained_(self->owner_);
}

void EventForwarder::drain_from_loop(Napi::Env env) {
  if (stopped_) return;
  // Nobody has to ring for what is taken right below.
  subscriber_.expect_ring();
  Hub::instance().dispatch_from_loop();
  drain(env);
}

void EventForwarder::drain(Napi::Env env) {
  if (stopped_) return;
  subscriber_.silence();
  for (int i = 0; i < kBatchesPerRing; ++i) {
    const size_t count = subscriber_.take(records_);
    if (count == 0) break;
    trace(TraceKind::kDrainBegin, 0, static_cast<int64_t>(count));
    const bool called = call(env, on_batch_, {static_cast<double>(count)});
    trace(TraceKind::kDrainEnd, 0, static_cast<int64_t>(count));
    if (!called) return;
  }
  for (const auto& [signo, count] : subscriber_.take_overflow_report()) {
    if (!call(env, on_overflow_, {static_cast<double>(signo), static_cast<double>(count)})) return;
  }
  if (subscriber_.was_displaced() && !call(env, on_displaced_, {})) return;
  if (subscriber_.waiting() > 0) ring_from_wait_thread(this);
}

}  // namespace sigbridge::node
