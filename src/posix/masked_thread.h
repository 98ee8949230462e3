// A thread that is born, lives and dies with every signal blocked. Created and joined by its owner's thread.
#pragma once

#include <pthread.h>
#ifdef __FreeBSD__
#include <pthread_np.h>
#endif

#include <cstddef>

#include "posix_error.h"
#include "syscalls.h"
#include "thread_mask.h"

namespace sigbridge {

class MaskedThread {
 public:
  // `name`: at most 15 characters, as Linux keeps them.
  PosixError start(const char* name, void* (*run)(void*), void* data) {
    pthread_attr_t attributes;
    if (const int failure = ::pthread_attr_init(&attributes)) return {failure, "pthread_attr_init"};
    // Virtual memory only. Room for the batch buffer, for libc's thread-local storage (glibc takes it from
    // the stack) and for sanitizers.
    static_cast<void>(::pthread_attr_setstacksize(&attributes, size_t{512} * 1024));
    PosixError failure;
    {
      // The child thread inherits this mask from its first instruction on; the creator gets back what it had.
      const ScopedBlock block(SignalSet::blockable());
      if (sys::pthread_create(&thread_, &attributes, run, data) != 0)
        failure = PosixError::last("pthread_create");
    }
    ::pthread_attr_destroy(&attributes);
    if (failure) return failure;
    running_ = true;
#if defined(__linux__) || defined(__FreeBSD__)
    ::pthread_setname_np(thread_, name);
#else
    static_cast<void>(name);
#endif
    return PosixError::none();
  }

  void join() {
    if (!running_) return;
    ::pthread_join(thread_, nullptr);
    running_ = false;
  }

  bool running() const {
    return running_;
  }

 private:
  pthread_t thread_{};
  bool running_ = false;
};

}  // namespace sigbridge
