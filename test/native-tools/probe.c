// A Node-API addon that does what JavaScript cannot: errno across a signal, and a read(2) nobody repeats.
#define _GNU_SOURCE
#include <errno.h>
#include <node_api.h>
#include <signal.h>
#include <unistd.h>

// errnoAcross(signo): raises it on this thread with errno at 77; what errno is afterwards
static napi_value errno_across(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument, result;
  int signo = 0;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_get_value_int32(env, argument, &signo);
  errno = 77;
  raise(signo);
  napi_create_int32(env, errno, &result);
  return result;
}

// readByte(): one read(2) of standard input; the byte, or minus errno
static napi_value read_byte(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  unsigned char byte = 0;
  const ssize_t got = read(0, &byte, 1);
  napi_create_int32(env, got == 1 ? byte : got == 0 ? 0 : -errno, &result);
  return result;
}

static void say(int signo) {
  (void)signo;
  const int saved = errno;
  if (write(1, "foreign\n", 8) != 8) _exit(96);
  errno = saved;
}

// replaceHandler(signo): by one of its own, with SA_RESTART, whatever stands
static napi_value replace_handler(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  int signo = 0;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_get_value_int32(env, argument, &signo);
  struct sigaction action = {0};
  action.sa_handler = say;
  action.sa_flags = SA_RESTART;
  sigaction(signo, &action, NULL);
  return NULL;
}

static napi_value init(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "errnoAcross", NAPI_AUTO_LENGTH, errno_across, NULL, &function);
  napi_set_named_property(env, exports, "errnoAcross", function);
  napi_create_function(env, "readByte", NAPI_AUTO_LENGTH, read_byte, NULL, &function);
  napi_set_named_property(env, exports, "readByte", function);
  napi_create_function(env, "replaceHandler", NAPI_AUTO_LENGTH, replace_handler, NULL, &function);
  napi_set_named_property(env, exports, "replaceHandler", function);
  return exports;
}

NAPI_MODULE(probe, init)
