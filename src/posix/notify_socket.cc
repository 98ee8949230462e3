// See notify_socket.h.
#include "notify_socket.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <ctime>

#include "syscalls.h"
#include "unique_fd.h"

namespace sigbridge {
namespace {

#ifdef MSG_NOSIGNAL
constexpr int kFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
#else
// macOS: a datagram that nobody takes is an error there, never a SIGPIPE.
constexpr int kFlags = MSG_DONTWAIT;
#endif

Result<UniqueFd> open_socket() {
#ifdef SOCK_CLOEXEC
  UniqueFd fd(sys::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC));
  if (!fd) return PosixError::last("socket");
#else
  // A child that is forked between the two calls inherits an unconnected socket, no more.
  UniqueFd fd(sys::socket(AF_UNIX, SOCK_DGRAM));
  if (!fd || ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC) != 0) return PosixError::last("socket");
#endif
  return fd;
}

// The size of the address; 0 when the name does not fit.
socklen_t fill_in(sockaddr_un* address, std::string_view name) {
  const bool abstract = name.front() == '@';
  // A path needs its NUL; the length alone ends an abstract name, which may hold anything.
  if (name.size() + (abstract ? 0 : 1) > sizeof(address->sun_path)) return 0;
  address->sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), address->sun_path);
  if (abstract) address->sun_path[0] = '\0';
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + (abstract ? 0 : 1));
}

bool may_pass(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS || error == EINTR;
}

}  // namespace

PosixError send_notification(std::string_view name, std::string_view message) {
  sockaddr_un address{};
  const socklen_t size = fill_in(&address, name);
  if (size == 0) return {ENAMETOOLONG, "sendto"};
  Result<UniqueFd> socket = open_socket();
  if (!socket.ok()) return socket.error();
  const int64_t deadline = monotonic_us() + int64_t{kNotifyPatienceMs} * 1000;
  for (;;) {
    if (sys::sendto(socket.value().get(), message.data(), message.size(), kFlags,
                    reinterpret_cast<const sockaddr*>(&address), size) >= 0) {
      return PosixError::none();
    }
    const PosixError failure = PosixError::last("sendto");
    if (!may_pass(failure.number) || monotonic_us() >= deadline) return failure;
    // Nothing tells when an unconnected socket's receiver has room again.
    const timespec millisecond{0, 1'000'000};
    static_cast<void>(::nanosleep(&millisecond, nullptr));
  }
}

int64_t monotonic_us() {
  timespec now{};
  static_cast<void>(::clock_gettime(CLOCK_MONOTONIC, &now));
  return static_cast<int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
}

}  // namespace sigbridge
