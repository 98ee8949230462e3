// The way up: a thread-safe function used as a doorbell (queue of 1, no payload), and the buffer through
// which records reach JavaScript, many in one call. ring() on the wait thread; everything else on the JS
// thread.
#pragma once

#include <napi.h>

#include <span>

#include "../posix/subscriber.h"

namespace sigbridge::node {

class EventForwarder {
 public:
  static constexpr size_t kBatch = 1024;

  EventForwarder() : subscriber_(&EventForwarder::ring_from_wait_thread, this) {}

  // Empty: the environment is being terminated.
  static Napi::ArrayBuffer make_buffer(Napi::Env env) {
    return Napi::ArrayBuffer::New(env, (kBatch + 1) * sizeof(SignalRecord));
  }
  // `batch(count)` finds the records in the buffer; `overflow(signo, count)` tells of drops; `displaced()`
  // says that handlers were found in the place of ours: take_displaced_report() has them.
  struct Callbacks {
    Napi::Function batch;
    Napi::Function overflow;
    Napi::Function displaced;
  };
  // `drained`: a ring of the wait thread's has been answered; `finalized`: nothing comes any more.
  void start(Napi::ArrayBuffer buffer, const Callbacks& callbacks, void (*finalized)(void*),
             void (*drained)(void*), void* owner);
  bool started() const { return started_; }
  // No more calls into JavaScript. The thread-safe function's own end tells `finalized`.
  void stop();
  void set_ref(Napi::Env env, bool ref);

  // The event loop has seen the wait thread's descriptors ring, and does that thread's work itself.
  void drain_from_loop(Napi::Env env);

  // In the buffer, behind the records of a batch: never touched by one.
  SignalRecord& spare_record() { return *(records_.data() + kBatch); }
  Subscriber& subscriber() { return subscriber_; }

 private:
  static void call_js(Napi::Env env, Napi::Function, EventForwarder* self, void*);
  using Doorbell = Napi::TypedThreadSafeFunction<EventForwarder, void, &EventForwarder::call_js>;

  static void ring_from_wait_thread(void* self);
  void drain(Napi::Env env);

  Subscriber subscriber_;
  Doorbell doorbell_;
  Napi::FunctionReference on_batch_;
  Napi::FunctionReference on_overflow_;
  Napi::FunctionReference on_displaced_;
  // Keeps the memory under `records_` alive.
  Napi::Reference<Napi::ArrayBuffer> buffer_;
  std::span<SignalRecord> records_;
  bool started_ = false;
  bool stopped_ = false;
  void (*finalized_)(void*) = nullptr;
  void (*drained_)(void*) = nullptr;
  void* owner_ = nullptr;
};

}  // namespace sigbridge::node
