// Runs a program and says how it ended, as its parent sees it: {"event":"ended","code":N,"signal":N}. Jest's
// own Node does not know the numbers of real-time signals.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  // SIGQUIT's default leaves a core file.
  const struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  const pid_t child = fork();
  if (child == 0) {
    execvp(argv[1], argv + 1);
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return 2;
  printf("{\"event\":\"ended\",\"code\":%d,\"signal\":%d}\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
         WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  return 0;
}
