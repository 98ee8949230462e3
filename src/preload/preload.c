/* The preload library of `sigbridge run`: makes an unchanged program with Go code in it survive signals,
 * under an unchanged Node, Bun or Deno. It stands in front of libc's sigaction, signal and pthread_create, on
 * whatever thread calls them; sigaction may be called in signal context, so everything on its way is
 * async-signal-safe.
 *
 * - A handler gains SA_ONSTACK, so that it leaves a goroutine's small stack, and a full sa_mask, so that
 * handlers do not nest on a small alternate stack.
 * - Bun's suspend signal never gains SA_ONSTACK, not from a Go runtime either: JavaScriptCore looks at the
 * interrupted stack pointer and tries again for ever when it is on another stack.
 * - pthread_create blocks every signal until the new thread runs on a stack of its own, of 8 MiB at least;
 * the thread then has the mask it would have had.
 *
 * Active only in a process whose executable offers Node-API: a shell or a tool started by the program is left
 * alone.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/auxv.h>
#endif

#include "../include/sigbridge/masked_thread.h"

#define EXPORT __attribute__((visibility("default")))

typedef int (*sigaction_function)(int, const struct sigaction*, struct sigaction*);
typedef int (*create_function)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

/* Written by the constructor, with values that do not change. */
static const void* runtime_base; /* null: inactive */
static int suspend_signal;       /* 0: a runtime without one */
static bool report;

#ifdef __APPLE__
/* Interposing leaves our own calls alone. */
static sigaction_function next_sigaction(void) {
  return sigaction;
}
static create_function next_create(void) {
  return pthread_create;
}
#else
/* Written by the first caller or by the constructor, whichever comes first, with values that do not change.
 */
static _Atomic(sigaction_function) real_sigaction;
static _Atomic(create_function) real_create;

static sigaction_function next_sigaction(void) {
  sigaction_function next = atomic_load(&real_sigaction);
  if (next == NULL) {
    *(void**)&next = dlsym(RTLD_NEXT, "sigaction");
    atomic_store(&real_sigaction, next);
  }
  return next;
}

static create_function next_create(void) {
  create_function next = atomic_load(&real_create);
  if (next == NULL) {
    *(void**)&next = dlsym(RTLD_NEXT, "pthread_create");
    atomic_store(&real_create, next);
  }
  return next;
}
#endif

static bool is_handler(const struct sigaction* action) {
  return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

static const void* module_of(const void* address) {
  Dl_info info;
  return dladdr(address, &info) != 0 ? info.dli_fbase : NULL;
}

#if defined(__linux__) && defined(__GLIBC__)
/* Bun alone exports versioned symbols. */
static bool is_bun_1_1(void) {
  return dlvsym(RTLD_DEFAULT, "napi_create_function", "BUN_1.1") != NULL;
}
static bool is_bun_1_2(void) {
  return dlvsym(RTLD_DEFAULT, "napi_create_function", "BUN_1.2") != NULL;
}
#elif defined(__linux__)
/* musl knows no versions. Of the runtimes built for it, Node is the one that offers its own start(). */
static bool is_bun_1_1(void) {
  return false;
}
static bool is_bun_1_2(void) {
  return dlsym(RTLD_DEFAULT, "_ZN4node5StartEiPPc") == NULL;
}
#endif

/* JavaScriptCore takes SIGPWR (SIGUSR1 before Bun 1.2), or what it is told. */
static int find_suspend_signal(void) {
#ifdef __linux__
  const char* chosen = getenv("JSC_SIGNAL_FOR_GC");
  const bool bun_1_2 = is_bun_1_2();
  if (!bun_1_2 && !is_bun_1_1()) return 0;
  if (chosen != NULL && strtol(chosen, NULL, 10) > 0) return (int)strtol(chosen, NULL, 10);
  return bun_1_2 ? SIGPWR : SIGUSR1;
#else
  return 0;
#endif
}

__attribute__((constructor)) static void start(void) {
  const void* anchor;
#ifdef __linux__
  /* A program with more rights than its caller is not ours to change. */
  if (getauxval(AT_SECURE) != 0) return;
#else
  if (issetugid() != 0) return;
#endif
  (void)next_sigaction();
  (void)next_create();
  anchor = dlsym(RTLD_DEFAULT, "napi_create_function");
  if (anchor == NULL) return;
  suspend_signal = find_suspend_signal();
  report = getenv("SIGBRIDGE_REPORT") != NULL;
  runtime_base = module_of(anchor);
}

/* write(2) and nothing else: this may be signal context. */
static void say(const char* what, int signo) {
  char line[96];
  size_t length = 0;
  char digits[4];
  size_t count = 0;
  static const char prefix[] = "sigbridge: ";
  if (!report) return;
  memcpy(line, prefix, sizeof prefix - 1);
  length = sizeof prefix - 1;
  memcpy(line + length, what, strlen(what));
  length += strlen(what);
  for (; signo > 0 && count < sizeof digits; signo /= 10) digits[count++] = (char)('0' + signo % 10);
  while (count > 0) line[length++] = digits[--count];
  line[length++] = '\n';
  if (write(STDERR_FILENO, line, length) < 0) return;
}

static bool is_suspend_handler(int signo, const struct sigaction* action) {
  return signo == suspend_signal && (action->sa_flags & SA_SIGINFO) != 0 &&
         module_of((const void*)(uintptr_t)action->sa_handler) == runtime_base;
}

/* True when `repaired` differs from `wanted`. */
static bool repair(int signo, const struct sigaction* wanted, struct sigaction* repaired) {
  sigset_t full;
  int other;
  bool changed = false;
  *repaired = *wanted;
  if (is_suspend_handler(signo, wanted)) {
    if ((wanted->sa_flags & SA_ONSTACK) == 0) return false;
    repaired->sa_flags &= ~SA_ONSTACK;
    say("kept the suspend signal off the alternate stack: ", signo);
    return true;
  }
  if ((wanted->sa_flags & SA_ONSTACK) == 0) {
    repaired->sa_flags |= SA_ONSTACK;
    changed = true;
  }
  sigbridge_blockable(&full);
  for (other = 1; other < NSIG; other++) {
    if (other == suspend_signal || sigismember(&full, other) != 1) continue;
    if (sigismember(&repaired->sa_mask, other) == 1) continue;
    sigaddset(&repaired->sa_mask, other);
    changed = true;
  }
  if (changed) say("repaired the handler of signal ", signo);
  return changed;
}

static int wrapped_sigaction(int signo, const struct sigaction* action, struct sigaction* before) {
  struct sigaction repaired;
  const int saved = errno;
  if (runtime_base == NULL || action == NULL || signo < 1 || signo >= NSIG || !is_handler(action) ||
      !repair(signo, action, &repaired)) {
    errno = saved;
    return next_sigaction()(signo, action, before);
  }
  errno = saved;
  return next_sigaction()(signo, &repaired, before);
}

/* libc's own signal() does not go through the sigaction that we stand in front of. */
static void (*wrapped_signal(int signo, void (*handler)(int)))(int) {
  struct sigaction action;
  struct sigaction before;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, signo);
  return wrapped_sigaction(signo, &action, &before) == 0 ? before.sa_handler : SIG_ERR;
}

struct birth {
  void* (*run)(void*);
  void* data;
  sigset_t mask;
};

static void* begin(void* data) {
  struct birth* birth = data;
  void* (*run)(void*) = birth->run;
  void* inner = birth->data;
  const sigset_t mask = birth->mask;
  free(birth);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  return run(inner);
}

/* A stack that the caller placed itself is his; a size that is enough stays. */
static bool wants_more_stack(const pthread_attr_t* attributes, size_t* size) {
  *size = 0;
#ifdef __linux__
  void* address = NULL;
  if (pthread_attr_getstack(attributes, &address, size) == 0 && address != NULL && *size != 0 &&
      (uintptr_t)address < UINTPTR_MAX - *size) {
    return false;
  }
#endif
  return pthread_attr_getstacksize(attributes, size) == 0 && *size < SIGBRIDGE_DEFAULT_STACK;
}

static int wrapped_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                          void* data) {
  pthread_attr_t larger;
  size_t size = 0;
  sigset_t blocked;
  bool resized = false;
  bool own = false;
  int failure;
  struct birth* birth;
  if (runtime_base == NULL) return next_create()(thread, attributes, run, data);
  birth = malloc(sizeof *birth);
  if (birth == NULL) return EAGAIN;
  birth->run = run;
  birth->data = data;

  if (attributes == NULL && pthread_attr_init(&larger) == 0) {
    own = true;
    attributes = &larger;
  }
  if (attributes != NULL && wants_more_stack(attributes, &size)) {
    /* POSIX takes attributes as const and has no way to copy them: enlarged for the call, then as they were.
     */
    resized = pthread_attr_setstacksize((pthread_attr_t*)attributes, SIGBRIDGE_DEFAULT_STACK) == 0;
  }

  sigbridge_blockable(&blocked);
  if (suspend_signal != 0) sigdelset(&blocked, suspend_signal);
  pthread_sigmask(SIG_BLOCK, &blocked, &birth->mask);
  {
    /* The new thread frees `birth`: the mask is needed here too. */
    const sigset_t before = birth->mask;
    failure = next_create()(thread, attributes, begin, birth);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  if (failure != 0) free(birth);
  if (resized && !own) pthread_attr_setstacksize((pthread_attr_t*)attributes, size);
  if (own) pthread_attr_destroy(&larger);
  return failure;
}

#ifdef __APPLE__
#define INTERPOSE(wrapped, original)                                         \
  __attribute__((used, section("__DATA,__interpose"))) static const struct { \
    const void* replacement;                                                 \
    const void* replacee;                                                    \
  } interpose_##original = {(const void*)(uintptr_t)&wrapped, (const void*)(uintptr_t)&original}
INTERPOSE(wrapped_sigaction, sigaction);
INTERPOSE(wrapped_signal, signal);
INTERPOSE(wrapped_create, pthread_create);
#else
EXPORT int sigaction(int signo, const struct sigaction* action, struct sigaction* before) {
  return wrapped_sigaction(signo, action, before);
}

EXPORT void (*signal(int signo, void (*handler)(int)))(int) {
  return wrapped_signal(signo, handler);
}

EXPORT int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                          void* data) {
  return wrapped_create(thread, attributes, run, data);
}
#endif
