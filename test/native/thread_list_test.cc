// threads_of_process: who is there, by what name, with what mask.
#include "thread_list.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "inbox.h"
#include "process_state.h"
#include "thread_mask.h"

namespace sigbridge {
namespace {

using ThreadListTest = test::CleanTest;

std::optional<ThreadInfo> info_of(pid_t tid) {
  for (const ThreadInfo& thread : threads_of_process()) {
    if (thread.tid == tid) return thread;
  }
  return std::nullopt;
}

#ifdef __linux__
TEST_F(ThreadListTest, ThisThread) {
  const ScopedBlock block(SignalSet::of(SIGUSR1).add(realtime_max() - 1));
  const std::optional<ThreadInfo> self = info_of(::getpid());
  ASSERT_TRUE(self.has_value());
  char name[16] = {};
  ::pthread_getname_np(::pthread_self(), name, sizeof name);
  EXPECT_EQ(self->name, name);
  // valgrind's threads show all signals blocked.
  EXPECT_TRUE(self->blocked == test::bits_of(current_mask()) || test::under_valgrind());
}

TEST_F(ThreadListTest, OthersComeAndGo) {
  std::atomic<pid_t> tid{0};
  std::atomic<bool> done{false};
  std::thread other([&] {
    ::pthread_setname_np(::pthread_self(), "a name: \tso");
    tid.store(test::this_thread());
    while (!done.load()) ::sched_yield();
  });
  EXPECT_TRUE(test::eventually([&] { return tid.load() != 0; }));
  const std::optional<ThreadInfo> found = info_of(tid.load());
  EXPECT_TRUE(found.has_value());
  EXPECT_EQ(found.value_or(ThreadInfo{}).name, "a name: \tso");
  done.store(true);
  other.join();
  EXPECT_TRUE(test::eventually([&] { return !info_of(tid.load()).has_value(); }));
}

TEST_F(ThreadListTest, AThreadIsNotSeenWithTheMaskItIsBornWith) {
  SIGBRIDGE_SKIP_WITHOUT_MASKS();
  for (int round = 0; round < 200 && !HasFailure(); ++round) {
    std::atomic<pid_t> tid{0};
    std::atomic<bool> done{false};
    std::thread born([&] {
      tid.store(test::this_thread());
      while (!done.load()) ::sched_yield();
    });
    const std::vector<ThreadInfo> threads = threads_of_process();
    done.store(true);
    born.join();
    for (const ThreadInfo& thread : threads) {
      // The last round's may still be there: one that ends blocks everything too.
      if (thread.tid != tid.load()) continue;
      EXPECT_EQ(thread.blocked & test::bits_of(SignalSet::of(SIGUSR1)), 0U) << "round " << round;
    }
  }
}
#endif

}  // namespace
}  // namespace sigbridge
