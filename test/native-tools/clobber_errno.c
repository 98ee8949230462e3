// A preloaded library whose write(2) leaves rubbish in errno, successful or not, as POSIX allows: a handler
// that does not keep errno is found out.
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t write(int fd, const void* bytes, size_t size) {
  const ssize_t written = syscall(SYS_write, fd, bytes, size);
  if (written >= 0) errno = 99;
  return written;
}
