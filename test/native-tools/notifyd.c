// A service manager's end of the notify protocol: runs a command with NOTIFY_SOCKET set, as it runs a
// service, and prints each datagram that comes as a line of JSON on the standard output they share. Ends when
// the command has.
//   notifyd PATH|@NAME [WATCHDOG_USEC] -- COMMAND...
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void fail(const char* what) {
  fprintf(stderr, "notifyd: %s: %s\n", what, strerror(errno));
  exit(96);
}

static void print_one(const char* text, ssize_t size) {
  char line[8192];
  size_t at = (size_t)snprintf(line, sizeof line, "{\"event\":\"datagram\",\"fields\":[\"");
  for (ssize_t i = 0; i < size && at < sizeof line - 8; i++) {
    if (text[i] == '\n') {
      memcpy(line + at, "\",\"", 3);
      at += 3;
      continue;
    }
    if (text[i] == '"' || text[i] == '\\') line[at++] = '\\';
    line[at++] = text[i];
  }
  memcpy(line + at, "\"]}\n", 4);
  // In one piece: the command writes to the same pipe.
  if (write(1, line, at + 4) < 0) fail("write");
}

int main(int argc, char** argv) {
  int command = 1;
  while (command < argc && strcmp(argv[command], "--") != 0) command++;
  if (command < 2 || command + 1 >= argc) return 95;
  const char* name = argv[1];

  struct sockaddr_un address;
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  if (strlen(name) >= sizeof address.sun_path) return 95;
  strcpy(address.sun_path, name);
  if (name[0] == '@') address.sun_path[0] = '\0';
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + (name[0] != '@'));
  int receiver = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (receiver < 0 || bind(receiver, (struct sockaddr*)&address, size) != 0) fail(name);

  int alive[2];
  if (pipe(alive) != 0) fail("pipe");
  pid_t service = getpid();
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child > 0) {
    // The command keeps this process, its number and its parent; its end closes the pipe.
    close(receiver);
    close(alive[0]);
    setenv("NOTIFY_SOCKET", name, 1);
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)service);
    if (command > 2) {
      setenv("WATCHDOG_USEC", argv[2], 1);
      setenv("WATCHDOG_PID", pid, 1);
    }
    execv(argv[command + 1], argv + command + 1);
    fail(argv[command + 1]);
  }
  close(alive[1]);
  struct pollfd fds[2] = {{receiver, POLLIN, 0}, {alive[0], 0, 0}};
  for (;;) {
    if (poll(fds, 2, -1) < 0) continue;
    if (fds[0].revents != 0) {
      char text[4096];
      ssize_t got = recv(receiver, text, sizeof text, 0);
      if (got >= 0) print_one(text, got);
    } else if (fds[1].revents != 0) {
      break;
    }
  }
  if (name[0] != '@') unlink(name);
  return 0;
}
