// Runs a program and says how it ended, as its parent sees it:
// {"event":"ended","code":N,"signal":N,"core":bool}, and before that, each time it stopped:
// {"event":"stopped","signal":N}; then it is sent SIGCONT. Jest's own Node does not know the numbers of
// real-time signals.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  // SIGQUIT's default leaves a core file.
  const struct rlimit none = {0, 0};
  if (getenv("WITNESS_CORE") == NULL) setrlimit(RLIMIT_CORE, &none);
  const pid_t child = fork();
  if (child == 0) {
    // A group of its own, with its parent in another one: in an orphaned one the kernel throws SIGTSTP away.
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(argv[1], argv + 1);
    _exit(127);
  }
  for (;;) {
    int status = 0;
    if (child < 0 || waitpid(child, &status, WUNTRACED) != child) return 2;
    if (!WIFSTOPPED(status)) {
      printf("{\"event\":\"ended\",\"code\":%d,\"signal\":%d,\"core\":%s}\n",
             WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
             WIFSIGNALED(status) && WCOREDUMP(status) ? "true" : "false");
      return 0;
    }
    printf("{\"event\":\"stopped\",\"signal\":%d}\n", WSTOPSIG(status));
    fflush(stdout);
    kill(child, SIGCONT);
  }
}
