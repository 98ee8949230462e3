// Other code in the process, which closes descriptors that are not its own, and opens files under their
// numbers. Linux. Test threads. Raw system calls: TSan is not to take it for a race of ours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "unique_fd.h"

namespace sigbridge::test {

// Open ones whose link in /proc/self/fd begins so: "pipe:", "anon_inode:[signalfd]".
std::vector<int> descriptors(std::string_view link);
// Both ends of a pipe one of whose ends is `fd`: {reading, writing}.
std::pair<int, int> ends_of(int fd);

void close_number(int fd);
// All of descriptors(link). How many.
int close_foreign(std::string_view link);
// A copy of `file`, under that number.
void put_at(int file, int number);

// A file of a stranger's, with something in it, under a number that was another's.
class Stranger {
 public:
  explicit Stranger(int number);
  ~Stranger();
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  // Nobody has read or written there, and the number is still its own. `bytes` may have been written.
  bool is_untouched(size_t bytes = 0) const;

 private:
  int number_;
  UniqueFd file_;
};

}  // namespace sigbridge::test
