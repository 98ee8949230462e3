// SelfPipe: a doorbell for poll, select and epoll that never blocks whoever rings.
#include "self_pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>

#include "faults.h"
#include "process_state.h"

namespace sigbridge {
namespace {

class SelfPipeTest : public test::CleanTest {
 protected:
  SelfPipeTest() {
    Result<SelfPipe> made = SelfPipe::create();
    if (made.ok()) pipe_ = std::move(made.value());
  }

  int bytes() const {
    int count = -1;
    ::ioctl(pipe_.read_fd(), FIONREAD, &count);
    return count;
  }
  void fill() {
    const char block[4096] = {};
    while (::write(pipe_.write_fd(), block, sizeof block) > 0) {
    }
    while (::write(pipe_.write_fd(), block, 1) > 0) {
    }
  }

  SelfPipe pipe_;
};

TEST_F(SelfPipeTest, BothEndsAreNonBlockingAndCloseOnExec) {
  for (int fd : {pipe_.read_fd(), pipe_.write_fd()}) {
    EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_NE(::fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  }
}

TEST_F(SelfPipeTest, SilenceTellsWhetherItRang) {
  EXPECT_FALSE(pipe_.silence());
  EXPECT_TRUE(SelfPipe::ring(pipe_.write_fd()));
  EXPECT_TRUE(pipe_.silence());
  EXPECT_FALSE(pipe_.silence());
}

TEST_F(SelfPipeTest, SilenceTakesAllRings) {
  for (int i = 0; i < 2000; ++i) EXPECT_TRUE(SelfPipe::ring(pipe_.write_fd()));
  EXPECT_EQ(bytes(), 2000);
  EXPECT_TRUE(pipe_.silence());
  EXPECT_EQ(bytes(), 0);
}

TEST_F(SelfPipeTest, WakesPoll) {
  pollfd bell{pipe_.read_fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&bell, 1, 0), 0);
  SelfPipe::ring(pipe_.write_fd());
  EXPECT_EQ(::poll(&bell, 1, 10'000), 1);
  EXPECT_EQ(bell.revents, POLLIN);
  pipe_.silence();
  EXPECT_EQ(::poll(&bell, 1, 0), 0);
}

TEST_F(SelfPipeTest, WakesSelect) {
  const auto ready = [this](timeval patience) {
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(pipe_.read_fd(), &readable);
    return ::select(pipe_.read_fd() + 1, &readable, nullptr, nullptr, &patience);
  };
  EXPECT_EQ(ready({0, 0}), 0);
  SelfPipe::ring(pipe_.write_fd());
  EXPECT_EQ(ready({10, 0}), 1);
}

TEST_F(SelfPipeTest, WakesEpollOncePerEdge) {
  const UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event wanted{};
  wanted.events = EPOLLIN | EPOLLET;
  ASSERT_EQ(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, pipe_.read_fd(), &wanted), 0);
  epoll_event got{};
  EXPECT_EQ(::epoll_wait(epoll.get(), &got, 1, 0), 0);
  SelfPipe::ring(pipe_.write_fd());
  EXPECT_EQ(::epoll_wait(epoll.get(), &got, 1, 10'000), 1);
  EXPECT_EQ(::epoll_wait(epoll.get(), &got, 1, 0), 0);
  SelfPipe::ring(pipe_.write_fd());
  EXPECT_EQ(::epoll_wait(epoll.get(), &got, 1, 10'000), 1);
}

TEST_F(SelfPipeTest, AFullPipeIsSuccess) {
  fill();
  const int full = bytes();
  EXPECT_TRUE(SelfPipe::ring(pipe_.write_fd()));
  EXPECT_EQ(bytes(), full);
  EXPECT_TRUE(pipe_.silence());
  EXPECT_EQ(bytes(), 0);
}

TEST_F(SelfPipeTest, RingGoesOnAfterEintr) {
  test::Faults faults;
  faults.fail("write", EINTR, 0, 3);
  EXPECT_TRUE(SelfPipe::ring(pipe_.write_fd()));
  EXPECT_EQ(faults.failed("write"), 3);
  EXPECT_EQ(bytes(), 1);
}

TEST_F(SelfPipeTest, RingTellsOtherFailures) {
  test::Faults faults;
  faults.fail("write", EIO);
  EXPECT_FALSE(SelfPipe::ring(pipe_.write_fd()));
  EXPECT_FALSE(SelfPipe::ring(-1));
}

TEST_F(SelfPipeTest, SilenceGoesOnAfterEintr) {
  test::Faults faults;
  SelfPipe::ring(pipe_.write_fd());
  faults.fail("read", EINTR, 0, 3);
  EXPECT_TRUE(pipe_.silence());
  EXPECT_EQ(faults.failed("read"), 3);
  EXPECT_EQ(bytes(), 0);
}

#ifdef F_SETPIPE_SZ
TEST_F(SelfPipeTest, CapacityIsSettableInWholePages) {
  const int page = static_cast<int>(::sysconf(_SC_PAGESIZE));
  Result<SelfPipe> small = SelfPipe::create(1);
  ASSERT_TRUE(small.ok());
  EXPECT_EQ(::fcntl(small.value().write_fd(), F_GETPIPE_SZ), page);
  Result<SelfPipe> bigger = SelfPipe::create(page + 1);
  ASSERT_TRUE(bigger.ok());
  EXPECT_EQ(::fcntl(bigger.value().write_fd(), F_GETPIPE_SZ), 2 * page);
}

TEST_F(SelfPipeTest, ACapacityTheKernelRefusesIsAnError) {
  Result<SelfPipe> huge = SelfPipe::create(2'147'483'647);
  ASSERT_FALSE(huge.ok());
  EXPECT_NE(huge.error().number, 0);
  EXPECT_STREQ(huge.error().syscall, "fcntl");
}
#endif

TEST_F(SelfPipeTest, OutOfDescriptors) {
  // The next free number is the first one too many.
  const int next = ::fcntl(0, F_DUPFD_CLOEXEC, 0);
  ::close(next);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none_left{static_cast<rlim_t>(next), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
  const Result<SelfPipe> refused = SelfPipe::create();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().number, EMFILE);
  EXPECT_STREQ(refused.error().syscall, "pipe2");
}

}  // namespace
}  // namespace sigbridge
