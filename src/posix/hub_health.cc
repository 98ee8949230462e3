// The hub's part in health reports: what it knows, and the answer to those that JavaScript did not hear.
#include <utility>

#include "health_report.h"
#include "hub.h"
#include "signal_handler.h"

namespace sigbridge {

int Hub::open_health(HealthOrder order) {
  const std::lock_guard table(table_);
  const int id = health_.open(std::move(order));
  choose_who_answers();
  return id;
}

void Hub::close_health(int id) {
  const std::lock_guard table(table_);
  health_.close(id);
  choose_who_answers();
}

// The wait thread.
void Hub::answer_health(int64_t now) {
  for (const HealthWatch::Due& due : health_.take_due(now)) {
    HubHealth health;
    {
      const std::lock_guard table(table_);
      health.received = stats_.received;
      health.overflow = stats_.overflow;
      health.unclaimed = stats_.unclaimed;
      health.batches = stats_.batches;
      health.displaced = stats_.displaced;
      health.taken = stats_.taken;
      health.bare = stats_.bare;
      for (const Subscriber* subscriber : subscribers_) {
        if (!subscriber->has_inbox()) continue;
        ++health.environments;
        health.waiting += subscriber->waiting();
      }
      for (int signo = 1; signo <= kMaxSignal; ++signo) {
        if (users_[static_cast<size_t>(signo)] != 0) health.subscriptions.add(signo);
      }
    }
    health.recovery = Recovery::instance().report();
    health.late = handler_state().late.load(std::memory_order_relaxed);
    // Long texts and slow files: nobody waits for this thread meanwhile.
    const std::string text = health_text(due, health, look_at_system(due.order->thread), now);
    health_.done(due.id, !write_health(*due.order, text));
  }
}

}  // namespace sigbridge
