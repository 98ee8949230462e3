// A Node-API addon with a signal handler of its own, as a library beside ours would have: it notes what each
// call was like.
#define _GNU_SOURCE
#include <errno.h>
#include <node_api.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

enum { MOST = 64 };

struct call {
  int depth;
  int value;      // sival_int; -1 for a handler without SA_SIGINFO
  int own_open;   // its own signal was not blocked
  int mask_held;  // SIGHUP, which is in its sa_mask, was blocked
};

static struct call calls[MOST];
static atomic_int count;
static atomic_int depth;
static atomic_int raises;  // to be made from inside, to the same thread

static void note(int signo, int value) {
  const int saved = errno;
  const int at = atomic_fetch_add(&count, 1);
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  const struct call made = {atomic_fetch_add(&depth, 1) + 1, value, sigismember(&mask, signo) == 0,
                            sigismember(&mask, SIGHUP) == 1};
  if (at < MOST) calls[at] = made;
  if (atomic_load(&raises) > 0 && atomic_fetch_sub(&raises, 1) > 0) pthread_kill(pthread_self(), signo);
  atomic_fetch_sub(&depth, 1);
  errno = saved;
}

static void plain(int signo) {
  note(signo, -1);
}

static void with_info(int signo, siginfo_t* info, void* context) {
  (void)context;
  note(signo, info->si_value.sival_int);
}

static int number(napi_env env, napi_value value) {
  int result = 0;
  napi_get_value_int32(env, value, &result);
  return result;
}

// install(signo, flags, raises): over whatever stands; the notes begin anew
static napi_value install(napi_env env, napi_callback_info info) {
  size_t given = 3;
  napi_value arguments[3];
  napi_get_cb_info(env, info, &given, arguments, NULL, NULL);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_flags = number(env, arguments[1]);
  if ((action.sa_flags & SA_SIGINFO) != 0)
    action.sa_sigaction = with_info;
  else
    action.sa_handler = plain;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGHUP);
  atomic_store(&count, 0);
  atomic_store(&raises, number(env, arguments[2]));
  sigaction(number(env, arguments[0]), &action, NULL);
  return NULL;
}

static void set(napi_env env, napi_value object, const char* name, int value) {
  napi_value number;
  napi_create_int32(env, value, &number);
  napi_set_named_property(env, object, name, number);
}

// seen(): the calls since install()
static napi_value seen(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value list, one;
  napi_create_array(env, &list);
  const int made = atomic_load(&count);
  for (int i = 0; i < made && i < MOST; i++) {
    napi_create_object(env, &one);
    set(env, one, "depth", calls[i].depth);
    set(env, one, "value", calls[i].value);
    set(env, one, "ownOpen", calls[i].own_open);
    set(env, one, "maskHeld", calls[i].mask_held);
    napi_set_element(env, list, (uint32_t)i, one);
  }
  return list;
}

static napi_value init(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "install", NAPI_AUTO_LENGTH, install, NULL, &function);
  napi_set_named_property(env, exports, "install", function);
  napi_create_function(env, "seen", NAPI_AUTO_LENGTH, seen, NULL, &function);
  napi_set_named_property(env, exports, "seen", function);
  return exports;
}

NAPI_MODULE(neighbour, init)
