// Datagrams to a unix socket: paths and abstract names, a full queue, a receiver that is not there.
#include "notify_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <thread>

#include "faults.h"
#include "process_state.h"
#include "unique_fd.h"

namespace sigbridge {
namespace {

using test::Faults;

class NotifySocketTest : public test::CleanTest {
 protected:
  ~NotifySocketTest() override { static_cast<void>(::unlink(path_.c_str())); }

  // The receiver's end, bound to `name`; of the test's own making, NUL and all.
  static UniqueFd bind_to(const std::string& name) {
    UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0) << std::strerror(errno);
    return fd;
  }

  // What waits there, "" when nothing does.
  static std::string take(const UniqueFd& fd) {
    char bytes[256];
    const ssize_t size = ::recv(fd.get(), bytes, sizeof bytes, 0);
    return size < 0 ? "" : std::string(bytes, static_cast<size_t>(size));
  }

  const std::string name_ = "sigbridge-notify-test." + std::to_string(::getpid());
  const std::string path_ = "/tmp/" + name_;
};

TEST_F(NotifySocketTest, AMessageReachesAPath) {
  const UniqueFd receiver = bind_to(path_);
  ASSERT_FALSE(send_notification(path_, "READY=1"));
  ASSERT_FALSE(send_notification(path_, "STATUS=\xc3\xa4\nX=1"));
  EXPECT_EQ(take(receiver), "READY=1");
  EXPECT_EQ(take(receiver), "STATUS=\xc3\xa4\nX=1");
}

#ifdef __linux__
TEST_F(NotifySocketTest, AMessageReachesAnAbstractName) {
  const UniqueFd receiver = bind_to('\0' + name_);
  ASSERT_FALSE(send_notification('@' + name_, "READY=1"));
  EXPECT_EQ(take(receiver), "READY=1");
}

TEST_F(NotifySocketTest, ANameMayFillTheAddress) {
  const std::string name(sizeof(sockaddr_un::sun_path) - 1, 'n');
  const UniqueFd receiver = bind_to('\0' + name);
  ASSERT_FALSE(send_notification('@' + name, "READY=1"));
  EXPECT_EQ(take(receiver), "READY=1");
}
#endif

TEST_F(NotifySocketTest, ANameThatDoesNotFitIsRefused) {
  const size_t room = sizeof(sockaddr_un::sun_path);
  for (const std::string& name : {'/' + std::string(room - 1, 'n'), '@' + std::string(room, 'n')}) {
    const PosixError failure = send_notification(name, "READY=1");
    EXPECT_EQ(failure.number, ENAMETOOLONG);
    EXPECT_STREQ(failure.syscall, "sendto");
  }
}

TEST_F(NotifySocketTest, NobodyThereIsAnError) {
  EXPECT_EQ(send_notification(path_, "READY=1").number, ENOENT);
  static_cast<void>(bind_to(path_));
  EXPECT_EQ(send_notification(path_, "READY=1").number, ECONNREFUSED);
}

TEST_F(NotifySocketTest, AFullQueueIsWaitedForAndThenAnError) {
  const UniqueFd receiver = bind_to(path_);
  PosixError failure = PosixError::none();
  int sent = 0;
  int64_t began = 0;
  while (!failure && sent < 100'000) {
    began = monotonic_us();
    failure = send_notification(path_, std::to_string(sent));
    sent += failure ? 0 : 1;
  }
  EXPECT_EQ(failure.number, EAGAIN);
  EXPECT_STREQ(failure.syscall, "sendto");
  EXPECT_GE(monotonic_us() - began, kNotifyPatienceMs * 1000);
  EXPECT_EQ(take(receiver), "0");
  ASSERT_FALSE(send_notification(path_, "more"));
  for (int i = 1; i < sent; ++i) ASSERT_EQ(take(receiver), std::to_string(i));
  EXPECT_EQ(take(receiver), "more");
}

TEST_F(NotifySocketTest, RoomThatComesInTimeIsUsed) {
  const UniqueFd receiver = bind_to(path_);
  Faults faults;
  faults.fail("sendto", EAGAIN, 0, 5);
  ASSERT_FALSE(send_notification(path_, "READY=1"));
  EXPECT_EQ(faults.failed("sendto"), 5);
  faults.fail("sendto", ENOBUFS, 0, 5);
  ASSERT_FALSE(send_notification(path_, "READY=1"));
  faults.fail("sendto", EINTR, 0, 1);
  ASSERT_FALSE(send_notification(path_, "READY=1"));
}

TEST_F(NotifySocketTest, FailuresNameTheirCall) {
  Faults faults;
  faults.fail("socket", EMFILE);
  const PosixError failure = send_notification(path_, "READY=1");
  EXPECT_EQ(failure.number, EMFILE);
  EXPECT_STREQ(failure.syscall, "socket");
}

}  // namespace
}  // namespace sigbridge
