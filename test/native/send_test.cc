// Sending signals, and raising them on this thread.
#include "send.h"

#include <sys/wait.h>
#include <unistd.h>

#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::Inbox;
using test::run_in_child;
using test::Taker;
namespace foreign = test::foreign;

class SendTest : public test::CleanTest {
 protected:
  // A process that has been waited for: nobody has its number so soon.
  pid_t gone() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    // -1 would be every process of the user; this number is beyond any.
    constexpr pid_t kNobody = 1 << 30;
    EXPECT_GT(child, 0);
    if (child <= 0) return kNobody;
    ::waitpid(child, nullptr, 0);
    return child;
  }
  const int realtime_ = realtime_min() + 4;
};

TEST_F(SendTest, KillAndProbe) {
  EXPECT_FALSE(send_signal(::getpid(), 0));
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));
  EXPECT_FALSE(send_signal(::getpid(), SIGUSR1));
  EXPECT_EQ(inbox.wait_for(1).back().code, SI_USER);
}

TEST_F(SendTest, KillFailsByName) {
  const PosixError nobody = send_signal(gone(), SIGUSR1);
  EXPECT_EQ(nobody.number, ESRCH);
  EXPECT_STREQ(nobody.syscall, "kill");
  EXPECT_EQ(send_signal(::getpid(), kMaxSignal + 1).number, EINVAL);
}

TEST_F(SendTest, QueueCarriesAllBits) {
  EXPECT_FALSE(queue_signal(::getpid(), 0, 1));
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  const int64_t values[] = {0, 42, -1, INT64_MAX, INT64_MIN, 0x0123456789abcdef};
  size_t sent = 0;
  for (const int64_t value : values) {
    EXPECT_FALSE(queue_signal(::getpid(), realtime_, value));
    ASSERT_EQ(inbox.wait_for(++sent).size(), sent);
    EXPECT_EQ(inbox.wait_for(sent).back().value_bits, value);
  }
}

TEST_F(SendTest, QueueFailsByName) {
  const PosixError nobody = queue_signal(gone(), SIGUSR1, 1);
  EXPECT_EQ(nobody.number, ESRCH);
  EXPECT_STREQ(nobody.syscall, "sigqueue");
  EXPECT_EQ(queue_signal(::getpid(), -1, 1).number, EINVAL);
}

TEST_F(SendTest, RaiseIsTakenBeforeItReturns) {
  test::HandlerRig rig;
  rig.watch(SIGUSR1);
  EXPECT_FALSE(raise_signal(SIGUSR1));
  EXPECT_EQ(rig.take().size(), 1U);
  EXPECT_EQ(raise_signal(kMaxSignal + 1).number, EINVAL);
}

TEST_F(SendTest, RaiseGetsThroughAMaskOfOurs) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const Taker taker(Taker::Kind::kWaitThread);
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  EXPECT_TRUE(test::eventually([this] { return current_mask().contains(realtime_); }));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(raise_signal(realtime_));
  EXPECT_EQ(inbox.wait_for(3).size(), 3U);
  EXPECT_TRUE(current_mask().contains(realtime_));
}

TEST_F(SendTest, RaiseDoesNotGetThroughTheProgramsOwnMask) {
  test::HandlerRig rig;
  rig.watch(realtime_);
  {
    const ScopedBlock block(SignalSet::of(realtime_));
    EXPECT_FALSE(raise_signal(realtime_));
    EXPECT_TRUE(rig.take().empty());
  }
  EXPECT_EQ(rig.take().size(), 1U);
}

}  // namespace
}  // namespace sigbridge
