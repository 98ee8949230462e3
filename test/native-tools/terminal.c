// A terminal and the shell in it, for one program: runs it in the foreground of a pseudo-terminal, as a job
// of its own, and tells what becomes of it and of the terminal, a line of JSON each. Commands come on the
// standard input, one a line:
//   type CODE     a key
//   kill SIGNO    to the job
//   fg            the terminal is the job's again, and it goes on, as the shell's fg does it
//   mode          whether the terminal is raw
// The session has to be this process's own (setsid).
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int master, terminal;
static pid_t job;
static struct termios shells;

static void fail(const char* what) {
  fprintf(stderr, "terminal: %s: %s\n", what, strerror(errno));
  exit(96);
}

static const char* raw(void) {
  struct termios now;
  if (tcgetattr(terminal, &now) != 0) fail("tcgetattr");
  return (now.c_lflag & (ICANON | ECHO)) == 0 ? "true" : "false";
}

// What the job has written until now: a state is told after it.
static void forward(void) {
  char bytes[4096], line[sizeof bytes * 6 + 64];
  struct pollfd ready = {master, POLLIN, 0};
  while (poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN) != 0) {
    ssize_t got = read(master, bytes, sizeof bytes);
    if (got <= 0) return;
    size_t at = (size_t)sprintf(line, "{\"event\":\"output\",\"text\":\"");
    for (ssize_t i = 0; i < got; i++) {
      unsigned char byte = (unsigned char)bytes[i];
      int plain = byte >= ' ' && byte < 127 && byte != '"' && byte != '\\';
      at += (size_t)sprintf(line + at, plain ? "%c" : "\\u%04x", byte);
    }
    printf("%s\"}\n", line);
  }
}

static void foreground(pid_t group) {
  if (tcsetpgrp(terminal, group) != 0) fail("tcsetpgrp");
}

// False: the job has ended.
static int look_at_job(void) {
  int status;
  while (waitpid(job, &status, WNOHANG | WUNTRACED | WCONTINUED) > 0) {
    forward();
    if (WIFCONTINUED(status)) {
      printf("{\"event\":\"continued\"}\n");
      continue;
    }
    const char* mode = raw();
    foreground(getpgrp());
    if (WIFSTOPPED(status)) {
      printf("{\"event\":\"stopped\",\"signal\":%d,\"raw\":%s}\n", WSTOPSIG(status), mode);
      // A shell wants its own terminal, whatever the job has left.
      tcsetattr(terminal, TCSANOW, &shells);
    } else {
      printf("{\"event\":\"ended\",\"code\":%d,\"signal\":%d,\"raw\":%s}\n",
             WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0, mode);
      return 0;
    }
  }
  return 1;
}

static void obey(const char* command) {
  int number = 0;
  if (sscanf(command, "type %d", &number) == 1) {
    char key = (char)number;
    if (write(master, &key, 1) != 1) fail("write");
  } else if (sscanf(command, "kill %d", &number) == 1) {
    kill(-job, number);
  } else if (strncmp(command, "fg", 2) == 0) {
    foreground(job);
    kill(-job, SIGCONT);
  } else if (strncmp(command, "mode", 4) == 0) {
    forward();
    printf("{\"event\":\"mode\",\"raw\":%s}\n", raw());
  }
}

int main(int argc, char** argv) {
  if (argc < 2) return 95;
  setvbuf(stdout, NULL, _IOLBF, 0);
  master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) fail("posix_openpt");
  terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0 || ioctl(terminal, TIOCSCTTY, 0) != 0) fail("TIOCSCTTY");
  if (tcgetattr(terminal, &shells) != 0) fail("tcgetattr");
  // As every shell does, or it would be stopped when it takes the terminal back.
  signal(SIGTTOU, SIG_IGN);
  job = fork();
  if (job < 0) fail("fork");
  if (job == 0) {
    setpgid(0, 0);
    foreground(getpid());
    signal(SIGTTOU, SIG_DFL);
    for (int fd = 0; fd < 3; fd++) dup2(terminal, fd);
    execv(argv[1], argv + 1);
    fail(argv[1]);
  }
  setpgid(job, job);
  char line[64];
  size_t length = 0;
  struct pollfd fds[2] = {{0, POLLIN, 0}, {master, POLLIN, 0}};
  while (look_at_job()) {
    // What becomes of a child wakes no poll.
    poll(fds, 2, 10);
    if (fds[1].revents != 0) forward();
    char byte;
    if (fds[0].revents == 0 || length + 1 >= sizeof line) continue;
    if (read(0, &byte, 1) != 1) {
      fds[0].fd = -1;
    } else if (byte == '\n') {
      line[length] = '\0';
      length = 0;
      obey(line);
    } else {
      line[length++] = byte;
    }
  }
  return 0;
}
