// What the tests of the hub's self-repair share: deliveries before and after, and what Recovery tells of.
#pragma once

#include "faults.h"
#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "recovery.h"
#include "signal_handler.h"
#include "stranger.h"

#ifdef __linux__
namespace sigbridge::test {

inline int bell() {
  return handler_state().bell_fd.load();
}

class HubRepairTest : public CleanTest {
 protected:
  ~HubRepairTest() override { Hub::instance().configure({}); }

  RecoveryReport report() const { return Recovery::instance().report(); }
  bool restarted() const { return report().restarts > before_.restarts && report().missing.empty(); }
  // They arrive, one after the other, each with the wait thread asleep before it (or it was not asked).
  void expect_deliveries(Inbox& inbox, int signo, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      ++expected_;
      is_realtime(signo) ? queue_here(signo, static_cast<int>(i)) : raise_here(signo);
      ASSERT_EQ(inbox.wait_for(expected_).size(), expected_);
    }
  }
  // A ring is heard at once: a wait thread that only looks now and then is woken by nothing else.
  void expect_bell_heard(Inbox& inbox) {
    EXPECT_EQ(ends_of(bell()).second, bell());
    EXPECT_NE(ends_of(bell()).first, -1);
    Faults faults;
    faults.count("ppoll");
    expect_deliveries(inbox, SIGUSR1, 20);
    // A wake or two each: no thread spins.
    EXPECT_LT(faults.counted("ppoll"), 200);
  }

  const int realtime_ = realtime_min() + 3;
  const RecoveryReport before_ = Recovery::instance().report();
  size_t expected_ = 0;
};

}  // namespace sigbridge::test
#endif
