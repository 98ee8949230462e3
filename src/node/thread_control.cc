// See thread_control.h. Depths and arguments are checked in lib/mask.js.
#include "thread_control.h"

#include "../posix/hub.h"
#include "arguments.h"

namespace sigbridge::node {

ThreadControl& ThreadControl::of(const Napi::CallbackInfo& info) {
  return *static_cast<ThreadControl*>(info.Data());
}

void ThreadControl::define(Napi::Object exports, SignalRecord& record, bool may_block) {
  record_ = &record;
  may_block_ = may_block;
  const auto add = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(exports.Env(), function, name, this));
  };
  add("maskCurrent", &ThreadControl::mask_current);
  add("maskBlock", &ThreadControl::mask_block);
  add("maskUnblock", &ThreadControl::mask_unblock);
  add("maskSet", &ThreadControl::mask_set);
  add("maskEverywhere", &ThreadControl::mask_everywhere);
  add("maskPush", &ThreadControl::mask_push);
  add("maskPop", &ThreadControl::mask_pop);
  add("pending", &ThreadControl::pending);
  add("enterSection", &ThreadControl::enter);
  add("leaveSection", &ThreadControl::leave);
  add("beginWait", &ThreadControl::begin_wait);
  add("endWait", &ThreadControl::end_wait);
  add("wait", &ThreadControl::wait);
}

void ThreadControl::end() {
  while (!sections_.empty()) leave_innermost();
}

// Where a section blocks nothing of its own, it reads the mask when its function is about to change it: most
// do not, and need no system call.
void ThreadControl::remember_mask() {
  if (!sections_.empty() && !sections_.back().mask_before.has_value())
    sections_.back().mask_before = user_mask();
}

Napi::Value ThreadControl::mask_current(const Napi::CallbackInfo& info) {
  return signal_numbers(info.Env(), user_mask());
}

// maskBlock(bits...), maskUnblock(bits...), maskSet(bits...): the mask before
Napi::Value ThreadControl::mask_block(const Napi::CallbackInfo& info) {
  of(info).remember_mask();
  return signal_numbers(info.Env(), block_for_user(signals_argument(info, 0)));
}

Napi::Value ThreadControl::mask_unblock(const Napi::CallbackInfo& info) {
  of(info).remember_mask();
  return signal_numbers(info.Env(), unblock_for_user(signals_argument(info, 0)));
}

Napi::Value ThreadControl::mask_set(const Napi::CallbackInfo& info) {
  of(info).remember_mask();
  return signal_numbers(info.Env(), set_for_user(signals_argument(info, 0)));
}

// maskEverywhere(change, bits...): Hub::MaskChange, in its order; the mask before on this thread
Napi::Value ThreadControl::mask_everywhere(const Napi::CallbackInfo& info) {
  of(info).remember_mask();
  const auto change = static_cast<Hub::MaskChange>(int_argument(info, 0));
  Result<SignalSet> before = Hub::instance().change_mask_everywhere(change, signals_argument(info, 1));
  if (!before.ok()) return outcome(info.Env(), before.error());
  return signal_numbers(info.Env(), before.value());
}

Napi::Value ThreadControl::mask_push(const Napi::CallbackInfo& info) {
  of(info).remember_mask();
  of(info).masks_.push(signals_argument(info, 0));
  return info.Env().Undefined();
}

Napi::Value ThreadControl::mask_pop(const Napi::CallbackInfo& info) {
  of(info).masks_.pop();
  return info.Env().Undefined();
}

Napi::Value ThreadControl::pending(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const PendingSignals signals = pending_signals();
  Napi::Object result = Napi::Object::New(env);
  result.Set("thread", signal_numbers(env, signals.thread));
  result.Set("process", signal_numbers(env, signals.process));
  result.Set("held", signal_numbers(env, Hub::instance().held()));
  return result;
}

// enterSection(bits...): held first, so that nothing gets through between the two.
Napi::Value ThreadControl::enter(const Napi::CallbackInfo& info) {
  ThreadControl& self = of(info);
  Section section;
  const PosixError failure =
      Hub::instance().hold(signals_argument(info, 0), Hub::Ignored::kStay, section.held);
  if (failure) return outcome(info.Env(), failure);
  if (self.may_block_) section.mask_before = enter_section_mask(section.held);
  self.sections_.push_back(section);
  return info.Env().Undefined();
}

// The mask first: what was sent to this thread alone is held with the rest, and goes with it.
void ThreadControl::leave_innermost() {
  const Section section = sections_.back();
  sections_.pop_back();
  if (section.mask_before.has_value()) leave_section_mask(*section.mask_before);
  Hub::instance().unhold(section.held);
}

// leaveSection(depth): pushes that were left open inside are undone too, with the mask that they began with
Napi::Value ThreadControl::leave(const Napi::CallbackInfo& info) {
  of(info).masks_.forget(static_cast<size_t>(int_argument(info, 0)));
  of(info).leave_innermost();
  return info.Env().Undefined();
}

// beginWait(bits...): held until endWait(), so that nothing gets through between the waits of it. An open
// mask, unlike a section's: the wait is what they are to reach.
Napi::Value ThreadControl::begin_wait(const Napi::CallbackInfo& info) {
  Section section;
  const PosixError failure =
      Hub::instance().hold(signals_argument(info, 0), Hub::Ignored::kHeldToo, section.held);
  if (!failure) of(info).sections_.push_back(section);
  return outcome(info.Env(), failure);
}

Napi::Value ThreadControl::end_wait(const Napi::CallbackInfo& info) {
  of(info).leave_innermost();
  return info.Env().Undefined();
}

// wait(ms, bits...): true, and the record in the buffer; false when none came; ms below 0 is for ever
Napi::Value ThreadControl::wait(const Napi::CallbackInfo& info) {
  const double ms = info[0].As<Napi::Number>().DoubleValue();
  Result<std::optional<SignalRecord>> found =
      Hub::instance().wait_for(signals_argument(info, 1), static_cast<int64_t>(ms * 1e6));
  if (!found.ok()) return outcome(info.Env(), found.error());
  if (found.value().has_value()) *of(info).record_ = *found.value();
  return Napi::Boolean::New(info.Env(), found.value().has_value());
}

}  // namespace sigbridge::node
