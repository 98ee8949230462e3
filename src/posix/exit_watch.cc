// See exit_watch.h. epoll, because a descriptor may be taken out of it while the thread waits: when remove()
// returns it can be closed.
#include "exit_watch.h"

#include "syscalls.h"

namespace sigbridge {

ExitWatch& ExitWatch::instance() {
  static ExitWatch& watch = *new ExitWatch;
  return watch;
}

#ifdef __linux__
namespace {

constexpr uint64_t kBell = 0;
constexpr int kEventsInOne = 16;

}  // namespace

void* ExitWatch::run(void* watch) {
  static_cast<ExitWatch*>(watch)->loop();
  return nullptr;
}

void ExitWatch::loop() {
  epoll_event events[kEventsInOne];
  for (;;) {
    // Nothing but an interruption can fail here; a debugger's attaching is one.
    const int count = ::epoll_wait(epoll_.get(), events, kEventsInOne, -1);
    for (int i = 0; i < count; ++i) {
      if (events[i].data.u64 == kBell) return;
      tell(events[i].data.u64);
    }
  }
}

void ExitWatch::tell(uint64_t key) {
  const std::lock_guard table(table_);
  const auto found = watched_.find(key);
  if (found == watched_.end()) return;
  const Watched& watched = found->second;
  watched.report(watched.owner, watched.id, process_end(watched.pidfd));
}

PosixError ExitWatch::start_if_needed() {
  if (thread_.running()) return PosixError::none();
  PrivateFd epoll(sys::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return PosixError::last("epoll_create1");
  PrivateFd bell(sys::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!bell) return PosixError::last("eventfd");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kBell;
  if (sys::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, bell.get(), &event) != 0)
    return PosixError::last("epoll_ctl");
  epoll_ = std::move(epoll);
  bell_ = std::move(bell);
  if (PosixError failure = thread_.start("sigbridge-exit", &ExitWatch::run, this)) {
    epoll_.reset();
    bell_.reset();
    return failure;
  }
  return PosixError::none();
}

void ExitWatch::stop_if_idle() {
  // Only JS threads change the table, with the lifecycle lock that is held here.
  if (!watched_.empty() || !thread_.running()) return;
  const uint64_t one = 1;
  static_cast<void>(::write(bell_.get(), &one, sizeof one));
  thread_.join();
  epoll_.reset();
  bell_.reset();
}

PosixError ExitWatch::add(int pidfd, Report report, void* owner, int id) {
  const std::lock_guard lifecycle(lifecycle_);
  if (PosixError failure = start_if_needed()) return failure;
  const uint64_t key = next_key_++;
  {
    const std::lock_guard table(table_);
    watched_.emplace(key, Watched{owner, id, pidfd, report});
  }
  epoll_event event{};
  // Once: a process that has ended stays readable.
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.u64 = key;
  if (sys::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, pidfd, &event) == 0) return PosixError::none();
  const PosixError failure = PosixError::last("epoll_ctl");
  {
    const std::lock_guard table(table_);
    watched_.erase(key);
  }
  stop_if_idle();
  return failure;
}

template <typename Chosen>
void ExitWatch::remove_if(Chosen chosen) {
  const std::lock_guard lifecycle(lifecycle_);
  {
    const std::lock_guard table(table_);
    for (auto it = watched_.begin(); it != watched_.end();) {
      if (!chosen(it->second)) {
        ++it;
        continue;
      }
      static_cast<void>(sys::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, it->second.pidfd, nullptr));
      it = watched_.erase(it);
    }
  }
  stop_if_idle();
}

void ExitWatch::remove(void* owner, int id) {
  remove_if([=](const Watched& watched) { return watched.owner == owner && watched.id == id; });
}

void ExitWatch::remove_all(void* owner) {
  remove_if([=](const Watched& watched) { return watched.owner == owner; });
}
#else
PosixError ExitWatch::add(int, Report, void*, int) {
  return {ENOSYS, "pidfd_open"};
}
void ExitWatch::remove(void*, int) {}
void ExitWatch::remove_all(void*) {}
#endif

}  // namespace sigbridge
