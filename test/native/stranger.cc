// See stranger.h.
#include "stranger.h"

#ifdef __linux__
#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

namespace sigbridge::test {
namespace {

constexpr std::string_view kText = "a line of somebody's log\n";

std::string link_of(int fd) {
  char target[256] = {};
  static_cast<void>(::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), target, sizeof target - 1));
  return target;
}

}  // namespace

std::vector<int> descriptors(std::string_view link) {
  std::vector<int> found;
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return found;
  while (const dirent* entry = ::readdir(folder)) {
    const int fd = std::atoi(entry->d_name);
    if (entry->d_name[0] != '.' && link_of(fd).starts_with(link)) found.push_back(fd);
  }
  ::closedir(folder);
  return found;
}

std::pair<int, int> ends_of(int fd) {
  std::pair<int, int> ends{-1, -1};
  for (int end : descriptors(link_of(fd))) {
    const bool reads = (::fcntl(end, F_GETFL) & O_ACCMODE) == O_RDONLY;
    (reads ? ends.first : ends.second) = end;
  }
  return ends;
}

void close_number(int fd) {
  EXPECT_EQ(::syscall(SYS_close, fd), 0) << fd;
}

int close_foreign(std::string_view link) {
  const std::vector<int> found = descriptors(link);
  for (int fd : found) close_number(fd);
  return static_cast<int>(found.size());
}

void put_at(int file, int number) {
  EXPECT_EQ(::syscall(SYS_dup3, file, number, O_CLOEXEC), number);
}

Stranger::Stranger(int number) : number_(number), file_(::memfd_create("stranger", MFD_CLOEXEC)) {
  EXPECT_EQ(::write(file_.get(), kText.data(), kText.size()), static_cast<ssize_t>(kText.size()));
  EXPECT_EQ(::lseek(file_.get(), 0, SEEK_SET), 0);
  put_at(file_.get(), number);
}

Stranger::~Stranger() {
  close_number(number_);
}

bool Stranger::is_untouched(size_t bytes) const {
  struct stat ours {
  }, there{};
  if (::fstat(file_.get(), &ours) != 0 || ::fstat(number_, &there) != 0) return false;
  // One offset for both: reading moves it, and so does writing.
  return ours.st_ino == there.st_ino && ours.st_dev == there.st_dev &&
         ours.st_size == static_cast<off_t>(kText.size()) &&
         ::lseek(file_.get(), 0, SEEK_CUR) <= static_cast<off_t>(bytes);
}

}  // namespace sigbridge::test
#endif
