/* Threads that signals leave alone, for addons and for cgo's C code. Header-only; C11 and C++17 or later;
 * POSIX threads.
 *
 *   #include <sigbridge/masked_thread.h>
 *   cc $(node -p "'-I' + require('sigbridge').include") ...
 *
 * A thread made here has every blockable signal blocked from its first instruction on, for its whole life or
 * until it opens some itself: signals sent to the process go to other threads. The synchronous faults (SEGV,
 * BUS, FPE, ILL, TRAP, SYS, ABRT) stay open, so that a crash stays a diagnosable crash. The creating thread's
 * mask is what it was when the call returns, whether it failed or not: put back, not "unblocked".
 *
 * JavaScript threads must not be made so in Bun: JavaScriptCore suspends them with a signal.
 */
#ifndef SIGBRIDGE_MASKED_THREAD_H
#define SIGBRIDGE_MASKED_THREAD_H

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

#define SIGBRIDGE_DEFAULT_STACK ((size_t)8 * 1024 * 1024)

#ifdef __cplusplus
extern "C" {
#endif

/* All signals but the synchronous faults. */
static inline void sigbridge_blockable(sigset_t* set) {
  static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};
  size_t i;
  sigfillset(set);
  for (i = 0; i < sizeof faults / sizeof faults[0]; i++) sigdelset(set, faults[i]);
}

/* As pthread_create; `stack_size` 0 is 8 MiB. Returns 0 or an error number (EAGAIN, EINVAL, ENOMEM), never
 * sets errno. On error there is no thread. Join or detach it as any other. */
static inline int sigbridge_thread_create(pthread_t* thread, size_t stack_size, void* (*run)(void*),
                                          void* data) {
  pthread_attr_t attributes;
  sigset_t blocked;
  sigset_t before;
  int failure = pthread_attr_init(&attributes);
  if (failure != 0) return failure;
  failure = pthread_attr_setstacksize(&attributes, stack_size != 0 ? stack_size : SIGBRIDGE_DEFAULT_STACK);
  if (failure == 0) {
    sigbridge_blockable(&blocked);
    failure = pthread_sigmask(SIG_BLOCK, &blocked, &before);
    if (failure == 0) {
      failure = pthread_create(thread, &attributes, run, data);
      pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
  }
  pthread_attr_destroy(&attributes);
  return failure;
}

#ifdef __cplusplus
} /* extern "C" */

#if __cplusplus >= 202002L
#include <functional>
#include <memory>
#include <stop_token>
#include <system_error>
#include <type_traits>
#include <utility>

namespace sigbridge {

/* std::jthread with signals blocked and a stack of your choice: asks to stop and joins when destroyed.
 * `function` is called with a std::stop_token if it takes one. Throws std::system_error where exceptions are
 * on, else joinable() is false. An exception that leaves `function` ends the process, as in std::thread. */
class masked_thread {
 public:
  masked_thread() = default;

  template <typename Function>
  explicit masked_thread(Function&& function, size_t stack_size = 0)
      : task_(std::make_unique<Task>(wrap(std::forward<Function>(function)))), stop_(std::stop_source()) {
    task_->token = stop_.get_token();
    const int failure = sigbridge_thread_create(&thread_, stack_size, &masked_thread::run, task_.get());
    joinable_ = failure == 0;
#if defined(__cpp_exceptions)
    if (failure != 0) throw std::system_error(failure, std::generic_category(), "pthread_create");
#endif
  }

  masked_thread(masked_thread&& other) noexcept {
    swap(other);
  }
  masked_thread& operator=(masked_thread&& other) noexcept {
    masked_thread(std::move(other)).swap(*this);
    return *this;
  }
  masked_thread(const masked_thread&) = delete;
  masked_thread& operator=(const masked_thread&) = delete;

  ~masked_thread() {
    if (!joinable_) return;
    stop_.request_stop();
    join();
  }

  bool joinable() const noexcept {
    return joinable_;
  }
  pthread_t native_handle() const noexcept {
    return thread_;
  }
  std::stop_token get_stop_token() const noexcept {
    return stop_.get_token();
  }
  bool request_stop() noexcept {
    return stop_.request_stop();
  }

  void join() {
    if (!joinable_) return;
    pthread_join(thread_, nullptr);
    joinable_ = false;
  }

  void swap(masked_thread& other) noexcept {
    std::swap(task_, other.task_);
    std::swap(stop_, other.stop_);
    std::swap(thread_, other.thread_);
    std::swap(joinable_, other.joinable_);
  }

 private:
  struct Task {
    std::function<void(std::stop_token)> function;
    std::stop_token token;
  };

  template <typename Function>
  static Task wrap(Function&& function) {
    if constexpr (std::is_invocable_v<Function&, std::stop_token>) {
      return {std::forward<Function>(function), {}};
    } else {
      return {[inner = std::forward<Function>(function)](std::stop_token) mutable { inner(); }, {}};
    }
  }

  static void* run(void* data) noexcept {
    auto* task = static_cast<Task*>(data);
    task->function(task->token);
    return nullptr;
  }

  std::unique_ptr<Task> task_;
  std::stop_source stop_{std::nostopstate};
  pthread_t thread_{};
  bool joinable_ = false;
};

}  // namespace sigbridge
#endif /* C++20 */
#endif /* __cplusplus */

#endif /* SIGBRIDGE_MASKED_THREAD_H */
