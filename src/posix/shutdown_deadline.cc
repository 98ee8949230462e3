// See shutdown_deadline.h.
#include "shutdown_deadline.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace sigbridge {
namespace {

constexpr int64_t kMillisecond = 1'000'000;
// While a shutdown is under way JavaScript beats every 50 ms (lib/shutdown/deadline.js).
constexpr int64_t kStuck = 250 * kMillisecond;
// npm and others pass the terminal's Ctrl-C on to a child that has had it from the terminal.
constexpr int64_t kEcho = 500 * kMillisecond;
// Woken so much later than asked for, the whole process was stopped, or the machine: no fault of the loop's.
constexpr int64_t kWasStopped = 1'000 * kMillisecond;

std::string ms(int64_t ns) {
  return std::to_string(ns / kMillisecond) + " ms";
}

// The kernel's own, as a terminal sends it.
bool from_kernel(const SignalRecord& record) {
#ifdef SI_KERNEL
  return record.code == SI_KERNEL;
#else
  static_cast<void>(record);
  return false;
#endif
}

std::string ending(int signo, int code) {
  if (code == kEndBySignal && ::getpid() != 1) return "ending by " + signal_name(signo);
  return "ending with code " + std::to_string(code < 0 ? 128 + signo : code);
}

}  // namespace

void ShutdownDeadline::open(const ShutdownPlan& plan, int64_t now) {
  close();
  open_ = true;
  plan_ = plan;
  beat_ = now;
}

bool ShutdownDeadline::is_echo(const SignalRecord& record) const {
  return record.signo == first_.signo && from_kernel(record) != from_kernel(first_) &&
         record.timestamp - first_.timestamp < kEcho;
}

bool ShutdownDeadline::came(const SignalRecord& record) {
  if (!open_ || !plan_.signals.contains(record.signo)) return false;
  if (first_.signo == 0) {
    first_ = record;
    if (started()) return false;
    began_ = record.timestamp;
    due_ = began_ + plan_.timeout;
    signo_ = record.signo;
    end_ = plan_.end;
    return true;
  }
  if (!plan_.second_forces || forced_by_ != 0 || is_echo(record)) return false;
  forced_by_ = record.signo;
  return true;
}

void ShutdownDeadline::start(int signo, int end, int64_t now) {
  if (!open_ || started()) return;
  began_ = now;
  due_ = now + plan_.timeout;
  signo_ = signo;
  end_ = end;
}

void ShutdownDeadline::at(std::string_view steps, int64_t now) {
  at_it_ = true;
  beat_ = now;
  steps_size_ = std::min(steps.size(), steps_.size());
  std::copy_n(steps.begin(), steps_size_, steps_.begin());
}

bool ShutdownDeadline::beat(int64_t now) {
  beat_ = now;
  return std::exchange(told_stuck_, false);
}

int64_t ShutdownDeadline::next_look() const {
  if (!open_) return kNever;
  if (forced_by_ != 0) return 0;
  int64_t next = due_;
  if (plan_.heartbeat > 0 && !told_stuck_) next = std::min(next, beat_ + plan_.heartbeat);
  return next;
}

// 0: it turns, as far as can be told.
int64_t ShutdownDeadline::stuck_for(int64_t now) const {
  // Not even the news of the signal has been taken. Without beats before, nobody knows since when.
  if (!at_it_) return now - (plan_.heartbeat > 0 ? std::min(beat_, began_) : began_);
  const int64_t silent = now - beat_;
  return silent > std::min(kStuck, plan_.timeout / 2) ? silent : 0;
}

std::string ShutdownDeadline::where(int64_t now) const {
  const std::string steps(steps_.data(), steps_size_);
  const int64_t stuck = stuck_for(now);
  if (stuck > 0) {
    const std::string in = steps.empty() ? "" : ", in " + steps;
    return "the event loop has been stuck for " + ms(stuck) + in;
  }
  return steps.empty() ? "no step is under way" : steps + " not finished";
}

ShutdownDeadline::Verdict ShutdownDeadline::look(int64_t now) {
  Verdict verdict;
  if (!open_) return verdict;
  if (forced_by_ != 0 || now >= due_) {
    const bool by_hand = began_ != first_.timestamp;
    // One that was begun by hand, and is hurried by signals, ends by them.
    const bool by_signals = forced_by_ != 0 && by_hand;
    verdict.end = true;
    verdict.code = by_signals ? plan_.end : end_;
    verdict.signo = by_signals ? first_.signo : signo_;
    const std::string why =
        forced_by_ != 0 ? "second " + signal_name(forced_by_) + " after " : "time is up after ";
    verdict.line = "sigbridge: shutdown" + (by_hand ? "" : " by " + signal_name(first_.signo)) + ": " + why +
                   ms(now - began_) + ": " + where(now) + "; " + ending(verdict.signo, verdict.code) + "\n";
    return verdict;
  }
  if (plan_.heartbeat == 0) return verdict;
  const int64_t late = now - (beat_ + plan_.heartbeat);
  if (late < 0 || told_stuck_) return verdict;
  if (late > kWasStopped) {
    beat_ = now;
    return verdict;
  }
  told_stuck_ = true;
  verdict.line = "sigbridge: the event loop has been stuck for " + ms(now - beat_) + "\n";
  return verdict;
}

}  // namespace sigbridge
