// A preloaded library that lets no thread of sigbridge start while the file named in FAIL_THREAD exists:
// those whose start routine lies in the addon fail with EAGAIN, as they do when the limit of threads is
// reached.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int (*create_function)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*), void* data) {
  Dl_info where;
  memset(&where, 0, sizeof where);
  void* address;
  memcpy(&address, &start, sizeof address);
  const char* flag = getenv("FAIL_THREAD");
  if (flag != NULL && access(flag, F_OK) == 0 && dladdr(address, &where) != 0 && where.dli_fname != NULL &&
      strstr(where.dli_fname, "sigbridge.node") != NULL) {
    return EAGAIN;
  }
  void* real = dlsym(RTLD_NEXT, "pthread_create");
  create_function create;
  memcpy(&create, &real, sizeof create);
  return create(thread, attributes, start, data);
}
