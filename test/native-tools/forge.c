// Sends a signal that lies about itself, as any process of the same user may: `forge PID SIGNO CODE VALUE`,
// with the receiver named as its sender. VALUE is 64 bits in hexadecimal.
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  siginfo_t info;
  memset(&info, 0, sizeof info);
  info.si_signo = atoi(argv[2]);
  info.si_code = atoi(argv[3]);
  info.si_pid = atoi(argv[1]);
  info.si_value.sival_ptr = (void*)(uintptr_t)strtoull(argv[4], NULL, 16);
  return syscall(SYS_rt_sigqueueinfo, info.si_pid, info.si_signo, &info) == 0 ? 0 : 1;
}
