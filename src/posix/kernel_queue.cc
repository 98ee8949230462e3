// See kernel_queue.h.
#include "kernel_queue.h"

#include <algorithm>
#include <array>

#include "syscalls.h"

#ifdef __linux__
#include <sys/signalfd.h>
#endif

namespace sigbridge {
#ifdef __linux__
namespace {

// A system call for that many: beyond, the call itself no longer counts.
constexpr size_t kAtOnce = 64;

SignalRecord to_record(const signalfd_siginfo& told, int64_t timestamp) {
  siginfo_t info{};
  info.si_signo = static_cast<int>(told.ssi_signo);
  info.si_code = told.ssi_code;
  if (told.ssi_code == SI_TIMER) {
    info.si_timerid = static_cast<int>(told.ssi_tid);
    info.si_overrun = static_cast<int>(told.ssi_overrun);
  } else {
    info.si_pid = static_cast<pid_t>(told.ssi_pid);
    info.si_uid = told.ssi_uid;
  }
  info.si_value.sival_ptr = reinterpret_cast<void*>(static_cast<uintptr_t>(told.ssi_ptr));
  return make_record(info.si_signo, &info, timestamp);
}

}  // namespace

Result<KernelQueue> KernelQueue::open() {
  KernelQueue queue;
  const SignalSet none;
  queue.fd_ = KnownFd(UniqueFd(sys::signalfd(-1, &none.native())));
  if (!queue.is_open()) return PosixError::last("signalfd");
  return queue;
}

PosixError KernelQueue::watch(const SignalSet& signals) {
  watched_ = signals;
  if (PosixError failure = fd_.check()) return failure;
  return check();
}

// The kernel refuses what is no signalfd; to fstat one looks as an eventfd does.
PosixError KernelQueue::check() const {
  if (sys::signalfd(fd_.get(), &watched_.native()) < 0) return PosixError::last("signalfd");
  return PosixError::none();
}

size_t KernelQueue::read(std::span<SignalRecord> records) {
  std::array<signalfd_siginfo, kAtOnce> told;
  size_t count = 0;
  // What is another's is not ours to read.
  broken_ = is_open() && check();
  if (!is_open() || broken_) return 0;
  while (count < records.size()) {
    const size_t wanted = std::min(records.size() - count, kAtOnce);
    const ssize_t bytes = sys::read(fd_.get(), told.data(), wanted * sizeof(signalfd_siginfo));
    // Nothing there, or interrupted: it is asked again soon.
    if (bytes <= 0) break;
    const size_t got = static_cast<size_t>(bytes) / sizeof(signalfd_siginfo);
    const int64_t now = monotonic_now();
    for (size_t i = 0; i < got; ++i) records[count++] = to_record(told[i], now);
    if (got < wanted) break;
  }
  return count;
}
#else
Result<KernelQueue> KernelQueue::open() {
  return PosixError{ENOSYS, "signalfd"};
}

PosixError KernelQueue::watch(const SignalSet&) {
  return {ENOSYS, "signalfd"};
}

PosixError KernelQueue::check() const {
  return {ENOSYS, "signalfd"};
}

size_t KernelQueue::read(std::span<SignalRecord>) {
  return 0;
}
#endif

}  // namespace sigbridge
