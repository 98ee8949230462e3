// A visit of one thread's mask, as its signal meets the handler: who is late for it does nothing. Linux only,
// as visits are.
#include <gtest/gtest.h>

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>

#include "handler_rig.h"
#include "inbox.h"
#include "mask_table.h"
#include "process_state.h"
#include "signal_handler.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

class MaskVisitTest : public test::CleanTest {
 protected:
  MaskVisitTest() {
    visit_.number.store(kNumber);
    visit_.task.store(VisitTask::kBlockForProgram);
    visit_.signals.store(MaskTable::bit(SIGUSR2));
    visit_.answers.store(MaskVisit::none_of(kNumber));
    rig_.dispositions.borrow(SIGURG);
  }
  ~MaskVisitTest() override { rig_.dispositions.give_back_borrowed(SIGURG); }

  static void come(const void* ticket) {
    siginfo_t info{};
    info.si_signo = SIGURG;
    info.si_code = MaskVisit::kCode;
    info.si_pid = ::getpid();
    info.si_uid = ::getuid();
    info.si_value.sival_ptr = const_cast<void*>(ticket);
    EXPECT_EQ(::syscall(SYS_rt_tgsigqueueinfo, info.si_pid, test::this_thread(), SIGURG, &info), 0);
  }
  const void* ticket_of(uint32_t number) const { return &visit_.tickets[number % MaskVisit::kTickets]; }

  static constexpr uint32_t kNumber = 1'000;
  MaskVisit& visit_ = mask_table().visit;
  test::HandlerRig rig_;
};

TEST_F(MaskVisitTest, IsAnswered) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const ScopedBlock restored{SignalSet()};
  come(ticket_of(kNumber));
  EXPECT_TRUE(current_mask().contains(SIGUSR2));
  EXPECT_EQ(visit_.answers.load(), MaskVisit::none_of(kNumber) + 1);
}

TEST_F(MaskVisitTest, OneOfBeforeIsLateAndDoesNothing) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const ScopedBlock restored{SignalSet()};
  come(ticket_of(kNumber - 1));
  EXPECT_FALSE(current_mask().contains(SIGUSR2));
  EXPECT_EQ(visit_.answers.load(), MaskVisit::none_of(kNumber));
  EXPECT_TRUE(rig_.take().empty());
}

// Anybody may send the code; where it points to is another's memory, perhaps another copy's table.
TEST_F(MaskVisitTest, AnothersIsNone) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  const ScopedBlock restored{SignalSet()};
  come(visit_.tickets.data() + MaskVisit::kTickets);
  come(visit_.tickets.data() - 1);
  come(nullptr);
  EXPECT_FALSE(current_mask().contains(SIGUSR2));
  EXPECT_EQ(visit_.answers.load(), MaskVisit::none_of(kNumber));
}

}  // namespace
}  // namespace sigbridge
#endif
