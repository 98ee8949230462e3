// What one environment asks of its own thread: masks and their stack, critical sections, waits. JS thread
// only.
#pragma once

#include <napi.h>

#include <optional>
#include <vector>

#include "../posix/signal_record.h"
#include "../posix/user_mask.h"

namespace sigbridge::node {

class ThreadControl {
 public:
  // `record` is where wait() leaves what came. `may_block`: children do not inherit this thread's mask.
  void define(Napi::Object exports, SignalRecord& record, bool may_block);
  // The thread is terminated in the middle: what it holds is let go.
  void end();

 private:
  struct Section {
    SignalSet held;
    // Where it blocks on this thread too, or its function has changed the mask.
    std::optional<SignalSet> mask_before;
  };

  static ThreadControl& of(const Napi::CallbackInfo& info);
  static Napi::Value mask_current(const Napi::CallbackInfo& info);
  static Napi::Value mask_block(const Napi::CallbackInfo& info);
  static Napi::Value mask_unblock(const Napi::CallbackInfo& info);
  static Napi::Value mask_set(const Napi::CallbackInfo& info);
  static Napi::Value mask_everywhere(const Napi::CallbackInfo& info);
  static Napi::Value mask_push(const Napi::CallbackInfo& info);
  static Napi::Value mask_pop(const Napi::CallbackInfo& info);
  static Napi::Value pending(const Napi::CallbackInfo& info);
  static Napi::Value enter(const Napi::CallbackInfo& info);
  static Napi::Value leave(const Napi::CallbackInfo& info);
  static Napi::Value begin_wait(const Napi::CallbackInfo& info);
  static Napi::Value end_wait(const Napi::CallbackInfo& info);
  static Napi::Value wait(const Napi::CallbackInfo& info);

  void remember_mask();
  void leave_innermost();

  MaskStack masks_;
  std::vector<Section> sections_;
  SignalRecord* record_ = nullptr;
  bool may_block_ = false;
};

}  // namespace sigbridge::node
