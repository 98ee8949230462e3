// PosixError and Result: failures as values.
#include "posix_error.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace sigbridge {
namespace {

TEST(PosixErrorTest, NoneIsNoFailure) {
  const PosixError none = PosixError::none();
  EXPECT_FALSE(none);
  EXPECT_EQ(none.number, 0);
  EXPECT_EQ(none.syscall, nullptr);
}

TEST(PosixErrorTest, LastTakesErrnoAndNamesTheCall) {
  errno = EMFILE;
  const PosixError failure = PosixError::last("pipe2");
  errno = 0;
  EXPECT_TRUE(failure);
  EXPECT_EQ(failure.number, EMFILE);
  EXPECT_STREQ(failure.syscall, "pipe2");
}

TEST(ResultTest, HoldsAValue) {
  Result<std::string> result = std::string("here");
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result.error());
  EXPECT_EQ(result.value(), "here");
}

TEST(ResultTest, HoldsAFailure) {
  const Result<std::string> result = PosixError{EAGAIN, "pthread_create"};
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.error().number, EAGAIN);
  EXPECT_STREQ(result.error().syscall, "pthread_create");
}

TEST(ResultTest, CarriesWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  ASSERT_TRUE(result.ok());
  const std::unique_ptr<int> taken = std::move(result.value());
  EXPECT_EQ(*taken, 7);
}

}  // namespace
}  // namespace sigbridge
