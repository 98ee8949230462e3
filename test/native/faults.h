// The other side of src/posix/syscalls.h: makes chosen system calls fail. Armed by the test's thread,
// consulted by every thread and in signal context.
#pragma once

#include <cerrno>
#include <limits>

namespace sigbridge::test {

class Faults {
 public:
  Faults() = default;
  ~Faults();
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  // Lets `after` calls through, then makes `times` of them fail with `number`.
  void fail(const char* syscall, int number, int after = 0, int times = 1);
  // How many of them have failed.
  int failed(const char* syscall) const;
  // From now on its calls are counted, and go through.
  void count(const char* syscall) { fail(syscall, EIO, std::numeric_limits<int>::max()); }
  int counted(const char* syscall) const;
};

}  // namespace sigbridge::test
