// The seam: every system call whose failure we answer goes through here, so that the native tests can make
// the Nth one fail. In a normal build each function is the call itself. Callable wherever the call is.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#ifndef SYS_pidfd_open
// Older headers; the numbers are the same on every architecture we build for.
#define SYS_pidfd_send_signal 424
#define SYS_pidfd_open 434
#endif
#endif

#include <cerrno>
#include <csignal>
#include <ctime>

namespace sigbridge {

#ifdef SIGBRIDGE_FAULT_INJECTION
namespace fault {
// Defined by the test program: the errno with which this call has to fail now, 0 to let it through.
int next(const char* syscall);
}  // namespace fault
#define SIGBRIDGE_INJECT(name)                             \
  if (const int number = ::sigbridge::fault::next(name)) { \
    errno = number;                                        \
    return -1;                                             \
  }
#else
#define SIGBRIDGE_INJECT(name)
#endif

namespace sys {

#if !defined(__APPLE__)
inline int pipe2(int ends[2], int flags) {
  SIGBRIDGE_INJECT("pipe2")
  return ::pipe2(ends, flags);
}
#endif

inline int pipe(int ends[2]) {
  SIGBRIDGE_INJECT("pipe")
  return ::pipe(ends);
}

inline ssize_t write(int fd, const void* bytes, size_t size) {
  SIGBRIDGE_INJECT("write")
  return ::write(fd, bytes, size);
}

inline ssize_t read(int fd, void* bytes, size_t size) {
  SIGBRIDGE_INJECT("read")
  return ::read(fd, bytes, size);
}

#if !defined(__APPLE__)
inline int ppoll(pollfd* fds, nfds_t count, const timespec* timeout, const sigset_t* mask) {
  SIGBRIDGE_INJECT("ppoll")
  return ::ppoll(fds, count, timeout, mask);
}
#else
// Not in one step: a signal that comes before poll() has rung the bell that it waits for.
inline int ppoll(pollfd* fds, nfds_t count, const timespec* timeout, const sigset_t* mask) {
  SIGBRIDGE_INJECT("ppoll")
  sigset_t before;
  ::pthread_sigmask(SIG_SETMASK, mask, &before);
  const int ready =
      ::poll(fds, count, static_cast<int>(timeout->tv_sec * 1000 + timeout->tv_nsec / 1'000'000));
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return ready;
}
#endif

#ifdef __linux__
// Non-blocking, close-on-exec.
inline int signalfd(int fd, const sigset_t* mask) {
  SIGBRIDGE_INJECT("signalfd")
  // Raw: libc adds nothing, and TSan takes a change of the set for a new descriptor.
  constexpr size_t kSetSize = 8;
  return static_cast<int>(::syscall(SYS_signalfd4, fd, mask, kSetSize, SFD_NONBLOCK | SFD_CLOEXEC));
}
#endif

inline int sigaction(int signo, const struct sigaction* action, struct sigaction* before) {
  SIGBRIDGE_INJECT("sigaction")
  return ::sigaction(signo, action, before);
}

#if !defined(__APPLE__)
inline int timer_create(clockid_t clock, sigevent* event, timer_t* timer) {
  SIGBRIDGE_INJECT("timer_create")
  return ::timer_create(clock, event, timer);
}
#endif

inline int socket(int domain, int type) {
  SIGBRIDGE_INJECT("socket")
  return ::socket(domain, type, 0);
}

inline ssize_t sendto(int fd, const void* bytes, size_t size, int flags, const sockaddr* address,
                      socklen_t address_size) {
  SIGBRIDGE_INJECT("sendto")
  return ::sendto(fd, bytes, size, flags, address, address_size);
}

// Unlike the others it returns the error number; here it reports through errno as they do.
inline int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                          void* data) {
  SIGBRIDGE_INJECT("pthread_create")
  const int failure = ::pthread_create(thread, attributes, run, data);
  if (failure == 0) return 0;
  errno = failure;
  return -1;
}

#ifdef __linux__
// Descriptors of pidfd_open are close-on-exec by themselves.
inline int pidfd_open(pid_t pid) {
  SIGBRIDGE_INJECT("pidfd_open")
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

inline int pidfd_send_signal(int pidfd, int signo, siginfo_t* info) {
  SIGBRIDGE_INJECT("pidfd_send_signal")
  return static_cast<int>(::syscall(SYS_pidfd_send_signal, pidfd, signo, info, 0));
}

inline int epoll_create1(int flags) {
  SIGBRIDGE_INJECT("epoll_create1")
  return ::epoll_create1(flags);
}

inline int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  SIGBRIDGE_INJECT("epoll_ctl")
  return ::epoll_ctl(epoll, operation, fd, event);
}

inline int epoll_wait(int epoll, epoll_event* events, int most, int timeout) {
  SIGBRIDGE_INJECT("epoll_wait")
  return ::epoll_wait(epoll, events, most, timeout);
}

inline int eventfd(unsigned count, int flags) {
  SIGBRIDGE_INJECT("eventfd")
  return ::eventfd(count, flags);
}
#endif

}  // namespace sys
}  // namespace sigbridge
