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

static napi_value init(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "errnoAcross", NAPI_AUTO_LENGTH, errno_across, NULL, &function);
  napi_set_named_property(env, exports, "errnoAcross", function);
  napi_create_function(env, "readByte", NAPI_AUTO_LENGTH, read_byte, NULL, &function);
  napi_set_named_property(env, exports, "readByte", function);
  return exports;
}

NAPI_MODULE(probe, init)
