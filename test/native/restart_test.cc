// A system call that a watched signal interrupts goes on by itself: SA_RESTART, unless the subscriber chose
// not to.
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>

#include "handler_rig.h"
#include "inbox.h"
#include "process_state.h"

namespace sigbridge {
namespace {

using test::Inbox;

class RestartTest : public test::CleanTest {
 protected:
  void SetUp() override {
    CleanTest::SetUp();
    if (test::kThreadSanitizer)
      GTEST_SKIP() << "TSan keeps a signal until the call that it interrupts has returned";
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    read_end_.reset(ends[0]);
    write_end_.reset(ends[1]);
  }

  UniqueFd read_end_;
  UniqueFd write_end_;
};

bool is_in_read(pid_t tid) {
  std::ifstream file("/proc/self/task/" + std::to_string(tid) + "/syscall");
  std::string number;
  file >> number;
  return number == std::to_string(SYS_read);
}

TEST_F(RestartTest, ReadOnAPipeGoesOn) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}));

  std::atomic<pid_t> tid{0};
  ssize_t got = -2;
  int error = 0;
  char byte = 0;
  std::thread reader([&] {
    tid.store(test::this_thread());
    got = ::read(read_end_.get(), &byte, 1);
    error = errno;
  });
  EXPECT_TRUE(test::eventually([&] { return tid.load() != 0 && is_in_read(tid.load()); }));
  for (size_t i = 1; i <= 10; ++i) {
    EXPECT_EQ(::pthread_kill(reader.native_handle(), SIGUSR1), 0);
    EXPECT_EQ(inbox.wait_for(i).size(), i);
  }
  EXPECT_EQ(::write(write_end_.get(), "x", 1), 1);
  reader.join();
  EXPECT_EQ(got, 1) << "errno " << error;
  EXPECT_EQ(byte, 'x');
}

TEST_F(RestartTest, WithoutTheFlagItIsInterrupted) {
  Inbox inbox;
  ASSERT_FALSE(inbox.subscribe({SIGUSR1}, Listeners::kNone, {0, SA_RESTART}));

  std::atomic<pid_t> tid{0};
  int error = 0;
  std::thread reader([&] {
    tid.store(test::this_thread());
    char byte = 0;
    error = ::read(read_end_.get(), &byte, 1) < 0 ? errno : 0;
  });
  EXPECT_TRUE(test::eventually([&] { return tid.load() != 0 && is_in_read(tid.load()); }));
  EXPECT_EQ(::pthread_kill(reader.native_handle(), SIGUSR1), 0);
  reader.join();
  EXPECT_EQ(error, EINTR);
}

}  // namespace
}  // namespace sigbridge
