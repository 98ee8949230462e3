// The addon's face to JavaScript: spin(goroutines) and sum(n).
#include <node_api.h>

#include "_cgo_export.h"

static int32_t first_argument(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  int32_t value = 0;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_get_value_int32(env, argument, &value);
  return value;
}

static napi_value spin(napi_env env, napi_callback_info info) {
  Spin(first_argument(env, info));
  return NULL;
}

static napi_value sum(napi_env env, napi_callback_info info) {
  napi_value result;
  napi_create_int32(env, Sum(first_argument(env, info)), &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "spin", NAPI_AUTO_LENGTH, spin, NULL, &function);
  napi_set_named_property(env, exports, "spin", function);
  napi_create_function(env, "sum", NAPI_AUTO_LENGTH, sum, NULL, &function);
  napi_set_named_property(env, exports, "sum", function);
  return exports;
}
