// See faults.h. fault::next is async-signal-safe: atomics and strcmp.
#include "faults.h"

#include <atomic>
#include <cstdlib>
#include <cstring>

#include "syscalls.h"

namespace sigbridge {
namespace {

struct Fault {
  const char* syscall;
  std::atomic<int> number{0};  // 0: nothing armed
  std::atomic<int> calls{0};   // since it was armed
  std::atomic<int> after{0};
  std::atomic<int> times{0};
  std::atomic<int> failed{0};
};

constinit Fault g_faults[] = {{"pipe2"},     {"pipe"},          {"write"},          {"read"},
                              {"ppoll"},     {"sigaction"},     {"pthread_create"}, {"pidfd_open"},
                              {"epoll_ctl"}, {"epoll_create1"}, {"eventfd"},        {"pidfd_send_signal"},
                              {"signalfd"},  {"epoll_wait"},    {"timer_create"},   {"socket"},
                              {"sendto"}};

Fault& fault_of(const char* syscall) {
  for (Fault& fault : g_faults) {
    if (std::strcmp(fault.syscall, syscall) == 0) return fault;
  }
  // A call that the seam has and this table has not.
  std::abort();
}

}  // namespace

int fault::next(const char* syscall) {
  Fault& fault = fault_of(syscall);
  const int number = fault.number.load();
  if (number == 0) return 0;
  const int call = fault.calls.fetch_add(1) - fault.after.load();
  if (call < 0 || call >= fault.times.load()) return 0;
  fault.failed.fetch_add(1);
  return number;
}

namespace test {

Faults::~Faults() {
  for (Fault& fault : g_faults) fault.number.store(0);
}

void Faults::fail(const char* syscall, int number, int after, int times) {
  Fault& fault = fault_of(syscall);
  fault.number.store(0);
  fault.calls.store(0);
  fault.failed.store(0);
  fault.after.store(after);
  fault.times.store(times);
  fault.number.store(number);
}

int Faults::failed(const char* syscall) const {
  return fault_of(syscall).failed.load();
}

int Faults::counted(const char* syscall) const {
  return fault_of(syscall).calls.load();
}

}  // namespace test
}  // namespace sigbridge
