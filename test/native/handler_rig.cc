// See handler_rig.h.
#include "handler_rig.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "process_state.h"
#include "signal_handler.h"
#include "thread_mask.h"

namespace sigbridge::test {

HandlerRig::HandlerRig() {
  Result<SelfPipe> made = SelfPipe::create();
  if (!made.ok() || record_ring().allocate(RecordRing::kDefaultCapacity)) {
    ADD_FAILURE() << "no pipe or no ring";
    return;
  }
  pipe = std::move(made.value());
  foreign::reset();
  handler_state().bell_rung.store(false);
  handler_state().owner.store(::getpid());
  handler_state().bell_fd.store(pipe.write_fd());
}

HandlerRig::~HandlerRig() {
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    close(signo);
    handler_state().overflow[static_cast<size_t>(signo)].store(0);
  }
  handler_state().bell_fd.store(-1);
  handler_state().owner.store(0);
  take();
}

void HandlerRig::watch(int signo, Listeners listeners) {
  handler_state().watched.add(signo);
  const PosixError failure = dispositions.install(signo, listeners);
  EXPECT_FALSE(failure) << failure.syscall << ": " << failure.number;
}

void HandlerRig::close(int signo) {
  if (!handler_state().watched.contains(signo)) return;
  dispositions.put_back(signo);
  handler_state().watched.remove(signo);
}

std::vector<SignalRecord> HandlerRig::take(size_t at_least) {
  std::vector<SignalRecord> records;
  static_cast<void>(eventually([&] {
    for (SignalRecord record{}; record_ring().pop(record);) records.push_back(record);
    return records.size() >= at_least;
  }));
  return records;
}

int HandlerRig::rings() const {
  int bytes = -1;
  ::ioctl(pipe.read_fd(), FIONREAD, &bytes);
  return bytes;
}

struct sigaction action_of(void (*handler)(int), unsigned flags, std::initializer_list<int> mask) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(flags);
  sigemptyset(&action.sa_mask);
  for (int signo : mask) sigaddset(&action.sa_mask, signo);
  return action;
}

struct sigaction action_of(void (*handler)(int, siginfo_t*, void*), unsigned flags,
                           std::initializer_list<int> mask) {
  struct sigaction action = action_of(SIG_DFL, flags | unsigned{SA_SIGINFO}, mask);
  action.sa_sigaction = handler;
  return action;
}

struct sigaction replace(int signo, const struct sigaction& action) {
  struct sigaction before {};
  EXPECT_EQ(::sigaction(signo, &action, &before), 0);
  return before;
}

struct sigaction standing(int signo) {
  struct sigaction action {};
  EXPECT_EQ(::sigaction(signo, nullptr, &action), 0);
  return action;
}

bool same(const struct sigaction& one, const struct sigaction& other) {
  constexpr int kRestorer = 0x04000000;
  if (one.sa_handler != other.sa_handler) return false;
  if ((one.sa_flags & ~kRestorer) != (other.sa_flags & ~kRestorer)) return false;
  // TSan fills the mask of what is no handler with every signal; it means nothing there.
  const bool is_function = one.sa_handler != SIG_DFL && one.sa_handler != SIG_IGN;
  if (kThreadSanitizer && !is_function) return true;
  return bits_of(SignalSet(one.sa_mask)) == bits_of(SignalSet(other.sa_mask));
}

void raise_here(int signo) {
  EXPECT_EQ(::pthread_kill(::pthread_self(), signo), 0);
  // The kernel delivers it before the call returns; valgrind takes its time now and then.
  const bool taken = eventually([signo] {
    SignalSet pending;
    ::sigpending(pending.out());
    return !pending.contains(signo) || current_mask().contains(signo);
  });
  EXPECT_TRUE(taken);
}

void queue_here(int signo, int value) {
  union sigval payload {};
  payload.sival_int = value;
  // The queue is shared by all processes of the user: it may be full without our doing.
  EXPECT_TRUE(eventually([&] { return ::sigqueue(::getpid(), signo, payload) == 0 || errno != EAGAIN; }));
}

namespace foreign {

constinit std::atomic<int> calls{0};
constinit std::atomic<int> signo{0};
constinit std::atomic<int> value{0};
constinit std::atomic<bool> had_context{false};
constinit struct sigaction previous {};

void reset() {
  calls.store(0);
  signo.store(0);
  value.store(0);
  had_context.store(false);
  previous = {};
}

void plain(int number) {
  signo.store(number);
  calls.fetch_add(1);
}

void with_info(int number, siginfo_t* info, void* context) {
  value.store(info->si_value.sival_int);
  had_context.store(context != nullptr);
  plain(number);
}

void passing_on(int number, siginfo_t* info, void* context) {
  plain(number);
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(number, info, context);
  } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(number);
  }
}

}  // namespace foreign
}  // namespace sigbridge::test
