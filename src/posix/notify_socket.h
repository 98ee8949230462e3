// One datagram to a service manager's unix socket (systemd's NOTIFY_SOCKET), and the clock it is asked to be
// told in. Any thread; not in signal context. Nothing is kept between two calls.
#pragma once

#include <cstdint>
#include <string_view>

#include "posix_error.h"

namespace sigbridge {

// Never raises SIGPIPE. `name`: a path, or '@' and a name of Linux's abstract ones. While the receiver's
// queue is full it is tried again, for kNotifyPatienceMs in all: then EAGAIN (ENOBUFS on the BSDs). A name
// that no address has room for: ENAMETOOLONG.
PosixError send_notification(std::string_view name, std::string_view message);

inline constexpr int kNotifyPatienceMs = 100;

// CLOCK_MONOTONIC in us. Not process.hrtime(): in Bun and Deno that starts with the process.
int64_t monotonic_us();

}  // namespace sigbridge
