// KnownFd: a descriptor that others may close, and whose number may be another's.
#include "known_fd.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <fstream>
#include <string>

#include "process_state.h"
#include "stranger.h"

#ifdef __linux__
namespace sigbridge {
namespace {

using test::Stranger;

using KnownFdTest = test::CleanTest;

KnownFd known_null() {
  return KnownFd(UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC)));
}

TEST_F(KnownFdTest, IsHighAndClosedOnExec) {
  const KnownFd fd = known_null();
  EXPECT_FALSE(fd.check());
  EXPECT_NE(::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC, 0);
  if (!test::under_valgrind()) {
    EXPECT_GE(fd.get(), 48);
  }
  // Where select() can still wait for it.
  EXPECT_LT(fd.get(), 1024);
}

// How many descriptors the kernel's table has room for.
int table_size() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "FDSize:" && status >> word) return std::stoi(word);
  }
  return -1;
}

// A child of fork() has a table of its own, no larger than it needs.
TEST_F(KnownFdTest, TheTableOfDescriptorsNeedsNotGrow) {
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind keeps the high numbers to itself";
  const int status = test::run_in_child([] {
    const int before = table_size();
    const KnownFd fd = known_null();
    EXPECT_EQ(table_size(), before);
    EXPECT_LT(fd.get(), before);
  });
  EXPECT_EQ(status, 0) << "wait status " << status;
}

TEST_F(KnownFdTest, AChildClosesOursAndNoStrangers) {
  const KnownFd ours = known_null();
  const KnownFd lost(UniqueFd(::eventfd(0, EFD_CLOEXEC)));
  const Stranger stranger(lost.get());
  const int status = test::run_in_child([&] {
    EXPECT_LT(::fcntl(ours.get(), F_GETFD), 0);
    EXPECT_TRUE(stranger.is_untouched());
  });
  EXPECT_EQ(status, 0) << "wait status " << status;
}

TEST_F(KnownFdTest, StaysLowWhereThereIsNoRoom) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  UniqueFd low(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const int number = low.get();
  const rlimit few{static_cast<rlim_t>(number) + 1, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const KnownFd fd(std::move(low));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(fd.get(), number);
  EXPECT_FALSE(fd.check());
}

TEST_F(KnownFdTest, ClosedByAnother) {
  const KnownFd fd = known_null();
  test::close_number(fd.get());
  EXPECT_EQ(fd.check().number, EBADF);
  EXPECT_STREQ(fd.check().syscall, "fstat");
}

TEST_F(KnownFdTest, AStrangersFileIsRecognisedAndNeverClosed) {
  KnownFd fd = known_null();
  const Stranger stranger(fd.get());
  EXPECT_EQ(fd.check().number, ESTALE);
  fd = known_null();
  EXPECT_TRUE(stranger.is_untouched());
  EXPECT_FALSE(fd.check());
}

TEST_F(KnownFdTest, MovesAndClosesOnce) {
  KnownFd first = known_null();
  const int number = first.get();
  KnownFd second(std::move(first));
  EXPECT_EQ(second.get(), number);
  EXPECT_FALSE(second.check());
  first = std::move(second);
  EXPECT_FALSE(first.check());
  first = KnownFd();
  EXPECT_LT(::fcntl(number, F_GETFD), 0);
  const KnownFd empty;
  EXPECT_FALSE(empty);
  EXPECT_EQ(empty.check().number, EBADF);
}

}  // namespace
}  // namespace sigbridge
#endif
