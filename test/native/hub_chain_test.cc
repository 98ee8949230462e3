// A real-time signal whose handler was there before us: it is called once for each delivery, whichever way
// they come in.
#include "handler_rig.h"
#include "hub.h"
#include "inbox.h"
#include "process_state.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::eventually;
using test::Inbox;
using test::queue_here;
using test::Standing;
using test::Taker;
namespace foreign = test::foreign;

struct Way {
  const char* name;
  Taker::Kind taker;
  Backend backend;
};

class HubChainTest : public test::CleanTest, public ::testing::WithParamInterface<Way> {
 protected:
  HubChainTest() { Hub::instance().configure({.backend = GetParam().backend}); }
  ~HubChainTest() override { Hub::instance().configure({}); }

  const int realtime_ = realtime_min() + 5;
  const Taker taker_{GetParam().taker};
};

INSTANTIATE_TEST_SUITE_P(, HubChainTest,
                         ::testing::Values(Way{"KernelQueue", Taker::Kind::kWaitThread, Backend::kAuto},
                                           Way{"WaitThread", Taker::Kind::kWaitThread, Backend::kSelfPipe},
                                           Way{"MainThread", Taker::Kind::kMainThread, Backend::kAuto}),
                         [](const auto& way) { return way.param.name; });

TEST_P(HubChainTest, AnotherLibrarysHandlerIsToldOfEach) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  constexpr int kCount = 500;
  const Standing before(realtime_, action_of(&foreign::with_info));
  foreign::reset();
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({realtime_}));
  {
    // Here they wait for the handler to take many in one run.
    const ScopedBlock block(SignalSet::of(realtime_));
    for (int value = 0; value < kCount; ++value) queue_here(realtime_, value);
  }
  EXPECT_EQ(inbox.wait_for(kCount).size(), size_t{kCount});
  EXPECT_TRUE(eventually([] { return foreign::calls.load() >= kCount; }));
  EXPECT_EQ(foreign::calls.load(), kCount);
  EXPECT_EQ(foreign::signo.load(), realtime_);
}

}  // namespace
}  // namespace sigbridge
