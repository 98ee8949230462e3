// A program that looks like a runtime with Node-API to the preload library, and says what became of a handler
// it installed: {"secure":0|1,"onStack":0|1}. The test links it with that library and makes it setuid.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

__attribute__((visibility("default"))) void napi_create_function(void) {}

static void handler(int signo) {
  (void)signo;
}

int main(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGUSR1, NULL, &action);
  printf("{\"secure\":%d,\"onStack\":%d}\n", getauxval(AT_SECURE) != 0, (action.sa_flags & SA_ONSTACK) != 0);
  return 0;
}
