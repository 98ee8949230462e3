// A Node-API addon that starts children as native code does, behind the runtime's back.
#define _GNU_SOURCE
#include <errno.h>
#include <node_api.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "heritage.h"

extern char** environ;

// The child of fork() that goes on as it is: tells, then sends itself `signo`.
static pid_t fork_only(int output, int signo) {
  const pid_t child = fork();
  if (child != 0) return child;
  tell_heritage(output);
  if (signo != 0) kill(getpid(), signo);
  _exit(0);
}

static pid_t fork_exec(int output, char* const* arguments) {
  const pid_t child = fork();
  if (child != 0) return child;
  dup2(output, 1);
  execv(arguments[0], arguments);
  _exit(127);
}

static pid_t vfork_exec(int output, char* const* arguments) {
  const pid_t child = vfork();
  if (child != 0) return child;
  dup2(output, 1);
  execv(arguments[0], arguments);
  _exit(127);
}

static pid_t spawn(int output, char* const* arguments) {
  posix_spawn_file_actions_t actions;
  pid_t child = -1;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  if (posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ) != 0) child = -1;
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

// start(way, program, signo): what the child printed, then `code N` or `signal N` on a line of its own
static napi_value start(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3], result;
  char way[32], program[1024];
  int signo = 0;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  napi_get_value_string_utf8(env, arguments[0], way, sizeof way, NULL);
  napi_get_value_string_utf8(env, arguments[1], program, sizeof program, NULL);
  napi_get_value_int32(env, arguments[2], &signo);

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return NULL;
  char* const command[] = {program, NULL};
  pid_t child = -1;
  if (strcmp(way, "fork") == 0) child = fork_only(ends[1], signo);
  if (strcmp(way, "fork-exec") == 0) child = fork_exec(ends[1], command);
  if (strcmp(way, "vfork-exec") == 0) child = vfork_exec(ends[1], command);
  if (strcmp(way, "posix_spawn") == 0) child = spawn(ends[1], command);
  close(ends[1]);

  struct heritage_text told = {0};
  while (told.length < sizeof told.bytes - 64) {
    const ssize_t got = read(ends[0], told.bytes + told.length, sizeof told.bytes - 64 - told.length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    told.length += (size_t)got;
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  heritage_add(&told, WIFSIGNALED(status) ? "signal " : "code ");
  heritage_number(&told, WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  napi_create_string_utf8(env, told.bytes, told.length, &result);
  return result;
}

static napi_value init(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "start", NAPI_AUTO_LENGTH, start, NULL, &function);
  napi_set_named_property(env, exports, "start", function);
  return exports;
}

NAPI_MODULE(forker, init)
