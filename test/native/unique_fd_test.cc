// UniqueFd: one owner, closed once.
#include "unique_fd.h"

#include <fcntl.h>

#include "process_state.h"

namespace sigbridge {
namespace {

using UniqueFdTest = test::CleanTest;

int open_null() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}
bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

TEST_F(UniqueFdTest, StartsEmpty) {
  const UniqueFd empty;
  EXPECT_EQ(empty.get(), -1);
  EXPECT_FALSE(empty);
}

TEST_F(UniqueFdTest, DescriptorZeroIsOne) {
  UniqueFd zero(0);
  EXPECT_TRUE(zero);
  const int kept = ::fcntl(0, F_DUPFD_CLOEXEC, 3);
  zero.reset();
  EXPECT_FALSE(is_open(0));
  ASSERT_EQ(::dup2(kept, 0), 0);
  ::close(kept);
}

TEST_F(UniqueFdTest, ClosesAtTheEndOfItsScope) {
  const int fd = open_null();
  {
    const UniqueFd owner(fd);
    EXPECT_TRUE(owner);
    EXPECT_EQ(owner.get(), fd);
    EXPECT_TRUE(is_open(fd));
  }
  EXPECT_FALSE(is_open(fd));
}

TEST_F(UniqueFdTest, MovingTakesTheDescriptorAlong) {
  const int fd = open_null();
  UniqueFd second;
  {
    UniqueFd first(fd);
    second = std::move(first);
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): what is left behind is the question
  }
  EXPECT_TRUE(is_open(fd));
  const UniqueFd third(std::move(second));
  EXPECT_EQ(third.get(), fd);
  EXPECT_FALSE(second);  // NOLINT(bugprone-use-after-move)
}

TEST_F(UniqueFdTest, AssignmentClosesWhatWasThere) {
  const int old_fd = open_null();
  const int new_fd = open_null();
  UniqueFd owner(old_fd);
  owner = UniqueFd(new_fd);
  EXPECT_FALSE(is_open(old_fd));
  EXPECT_EQ(owner.get(), new_fd);
  EXPECT_TRUE(is_open(new_fd));
}

TEST_F(UniqueFdTest, AssignmentToItselfKeepsIt) {
  const int fd = open_null();
  UniqueFd owner(fd);
  UniqueFd& same = owner;
  owner = std::move(same);
  EXPECT_EQ(owner.get(), fd);
  EXPECT_TRUE(is_open(fd));
}

TEST_F(UniqueFdTest, ResetTwiceClosesOnce) {
  const int fd = open_null();
  UniqueFd owner(fd);
  owner.reset();
  EXPECT_FALSE(is_open(fd));
  // The number is somebody else's now.
  const int again = open_null();
  ASSERT_EQ(again, fd);
  owner.reset();
  EXPECT_TRUE(is_open(again));
  ::close(again);
}

}  // namespace
}  // namespace sigbridge
