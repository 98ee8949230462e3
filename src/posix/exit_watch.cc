// See exit_watch.h. epoll, because a descriptor may be taken out of it while the thread waits: when remove()
// returns it can be closed.
#include "exit_watch.h"

#include <utility>

#include "recovery.h"
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
// Other code may close descriptors that are ours: looked at so often. In ms.
constexpr int kLook = 1000;
constexpr int kLookWhenBroken = 25;

}  // namespace

void* ExitWatch::run(void* watch) {
  static_cast<ExitWatch*>(watch)->loop();
  return nullptr;
}

void ExitWatch::loop() {
  epoll_event events[kEventsInOne];
  while (!stopping_.load()) {
    // Asked first: epoll_wait might take what is a stranger's.
    const bool whole = mend();
    const int count = whole ? sys::epoll_wait(epoll_.get(), events, kEventsInOne, kLook) : -1;
    if (count < 0 && !(whole && errno == EINTR)) {
      if (whole) Recovery::instance().retried(PosixError::last("epoll_wait"));
      const timespec pause{0, kLookWhenBroken * 1'000'000L};
      ::nanosleep(&pause, nullptr);
    }
    for (int i = 0; i < count; ++i) {
      if (events[i].data.u64 != kBell) tell(events[i].data.u64);
    }
  }
}

// An epoll of ours is one that has our bell in it.
PosixError ExitWatch::check() const {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kBell;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, bell_.get(), &event) != 0)
    return PosixError::last("epoll_ctl");
  return PosixError::none();
}

// Where both look as ours did and yet are not together, one is a stranger's, and none is closed.
void ExitWatch::let_go(PosixError failure) {
  if (failure && !epoll_.check() && !bell_.check()) {
    epoll_.abandon();
    bell_.abandon();
  }
  epoll_ = KnownFd();
  bell_ = KnownFd();
}

// Made anew with all that are watched, where it is not ours any more. False: it cannot be had now.
bool ExitWatch::mend() {
  const std::lock_guard table(table_);
  PosixError failure;
  if (epoll_) {
    failure = check();
    if (!failure) return true;
    let_go(failure);
  }
  Recovery& recovery = Recovery::instance();
  if (PosixError refused = open()) {
    recovery.lacks(Part::kExitWatch, refused);
    return false;
  }
  for (const auto& [key, watched] : watched_) static_cast<void>(static_cast<bool>(watch(watched.pidfd, key)));
  if (failure) {
    recovery.restarted(Part::kExitWatch, failure);
  } else {
    recovery.has_again(Part::kExitWatch);
  }
  return true;
}

void ExitWatch::tell(uint64_t key) {
  const std::lock_guard table(table_);
  const auto found = watched_.find(key);
  if (found == watched_.end()) return;
  const Watched& watched = found->second;
  watched.report(watched.owner, watched.id, process_end(watched.pidfd));
}

PosixError ExitWatch::open() {
  UniqueFd epoll(sys::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return PosixError::last("epoll_create1");
  UniqueFd bell(sys::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!bell) return PosixError::last("eventfd");
  KnownFd known(std::move(bell));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kBell;
  if (sys::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, known.get(), &event) != 0)
    return PosixError::last("epoll_ctl");
  // It knows the bell by its number.
  epoll_ = KnownFd(std::move(epoll));
  bell_ = std::move(known);
  return PosixError::none();
}

PosixError ExitWatch::watch(int pidfd, uint64_t key) const {
  epoll_event event{};
  // Once: a process that has ended stays readable.
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.u64 = key;
  if (sys::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, pidfd, &event) != 0) return PosixError::last("epoll_ctl");
  return PosixError::none();
}

PosixError ExitWatch::start_if_needed() {
  if (thread_.running()) return PosixError::none();
  {
    const std::lock_guard table(table_);
    if (PosixError failure = open()) return failure;
  }
  stopping_.store(false);
  if (PosixError failure = thread_.start("sigbridge-exit", &ExitWatch::run, this)) {
    const std::lock_guard table(table_);
    epoll_ = KnownFd();
    bell_ = KnownFd();
    return failure;
  }
  return PosixError::none();
}

void ExitWatch::stop_if_idle() {
  // Only JS threads change the table, with the lifecycle lock that is held here.
  if (!watched_.empty() || !thread_.running()) return;
  stopping_.store(true);
  {
    const std::lock_guard table(table_);
    const uint64_t one = 1;
    // Without the bell it ends at its next look.
    if (!check()) static_cast<void>(::write(bell_.get(), &one, sizeof one));
  }
  thread_.join();
  const std::lock_guard table(table_);
  let_go(check());
  Recovery::instance().forget(Part::kExitWatch);
}

PosixError ExitWatch::add(int pidfd, Report report, void* owner, int id) {
  const std::lock_guard lifecycle(lifecycle_);
  if (PosixError failure = start_if_needed()) return failure;
  const uint64_t key = next_key_++;
  PosixError failure;
  {
    const std::lock_guard table(table_);
    watched_.emplace(key, Watched{owner, id, pidfd, report});
    // What is not there now comes with it when it is made anew.
    if (!epoll_ || check()) return PosixError::none();
    failure = watch(pidfd, key);
    if (!failure) return failure;
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
      if (!check()) static_cast<void>(sys::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, it->second.pidfd, nullptr));
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
