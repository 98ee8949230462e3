// A load generator for HTTP servers on the loopback: keep-alive connections, one request in flight on each.
//
//   http_load CONNECTIONS WARM_MS SLICE_MS SLICES PORT:TID...
//
// The ports take turns, a slice of SLICE_MS each, SLICES rounds, each round beginning with the next of them:
// what disturbs the machine disturbs all of them alike. Prints one line of JSON: for each port the requests
// per second of each slice.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

enum { MAX_PORTS = 4, MAX_CONNECTIONS = 256, MAX_SLICES = 1000, RESPONSE_MAX = 8192 };

static const char REQUEST[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n";

struct connection {
  int fd;
  size_t have;
};

struct server {
  int epoll;
  // All responses of a server are the same length: learnt from the first one.
  size_t response;
  struct connection connections[MAX_CONNECTIONS];
  int slices;
  double per_second[MAX_SLICES];
};

static struct server servers[MAX_PORTS];
static int connection_count, server_count;

static void die(const char* what) {
  fprintf(stderr, "http_load: %s: %s\n", what, strerror(errno));
  exit(1);
}

// This process on the first CPU, the servers' event loops (TID) on the others: left to the scheduler, one
// pair out of several ends up on one CPU for good and is three times slower. With one CPU there is nothing to
// choose.
static void place(pid_t tid, int is_server) {
  static cpu_set_t all;
  static int known;
  if (!known && sched_getaffinity(0, sizeof all, &all) != 0) die("sched_getaffinity");
  known = 1;
  if (CPU_COUNT(&all) < 2) return;
  int first = 0;
  while (!CPU_ISSET(first, &all)) ++first;
  cpu_set_t set = all;
  CPU_CLR(first, &set);
  if (!is_server) {
    CPU_ZERO(&set);
    CPU_SET(first, &set);
  }
  if (sched_setaffinity(tid, sizeof set, &set) != 0) die("sched_setaffinity");
}

static void request(struct connection* one) {
  if (write(one->fd, REQUEST, sizeof REQUEST - 1) != (ssize_t)sizeof REQUEST - 1) die("write");
  one->have = 0;
}

static int open_connection(int port) {
  const struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (const struct sockaddr*)&to, sizeof to) != 0) die("connect");
  if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) die("setsockopt");
  return fd;
}

static void learn_length(struct server* server) {
  struct connection* one = &server->connections[0];
  char text[RESPONSE_MAX + 1];
  size_t have = 0;
  request(one);
  for (;;) {
    const ssize_t size = read(one->fd, text + have, RESPONSE_MAX - have);
    if (size <= 0) die("read of the first response");
    text[have += (size_t)size] = '\0';
    const char* end = strstr(text, "\r\n\r\n");
    const char* length = strcasestr(text, "\r\ncontent-length:");
    if (end == NULL) continue;
    if (length == NULL || length > end) {
      fprintf(stderr, "http_load: the response has no Content-Length\n");
      exit(1);
    }
    server->response = (size_t)(end - text) + 4 + (size_t)atol(length + strlen("\r\ncontent-length:"));
    if (have >= server->response) return;
  }
}

static void prepare(struct server* server, int port) {
  server->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (server->epoll < 0) die("epoll_create1");
  for (int i = 0; i < connection_count; ++i) {
    struct connection* one = &server->connections[i];
    one->fd = open_connection(port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
    if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, one->fd, &event) != 0) die("epoll_ctl");
  }
  learn_length(server);
}

// Responses that are still on their way when the time is up are taken and counted, with the time they took:
// otherwise the next server's slice would begin with this one at work.
static void load(struct server* server, long ms) {
  static char sink[RESPONSE_MAX];
  const int64_t began = clock_now(), until = began + (int64_t)ms * 1000000;
  int in_flight = connection_count;
  long requests = 0;
  for (int i = 0; i < connection_count; ++i) request(&server->connections[i]);
  while (in_flight > 0) {
    struct epoll_event events[64];
    const int ready = epoll_wait(server->epoll, events, 64, 10000);
    if (ready <= 0) die("epoll_wait");
    const int go_on = clock_now() < until;
    for (int i = 0; i < ready; ++i) {
      struct connection* one = events[i].data.ptr;
      const ssize_t size = read(one->fd, sink, sizeof sink);
      if (size <= 0) die("read of a response");
      one->have += (size_t)size;
      if (one->have < server->response) continue;
      if (one->have > server->response) {
        fprintf(stderr, "http_load: a response is longer than the first one\n");
        exit(1);
      }
      ++requests;
      if (go_on) {
        request(one);
      } else {
        --in_flight;
      }
    }
  }
  server->per_second[server->slices++] = (double)requests * 1e9 / (double)(clock_now() - began);
}

int main(int argc, char** argv) {
  server_count = argc - 5;
  if (server_count < 1 || server_count > MAX_PORTS) return 2;
  connection_count = atoi(argv[1]);
  if (connection_count < 1 || connection_count > MAX_CONNECTIONS) return 2;
  const long warm_ms = atol(argv[2]), slice_ms = atol(argv[3]);
  const int slices = atoi(argv[4]);
  if (slices < 1 || slices >= MAX_SLICES) return 2;
  for (int i = 0; i < server_count; ++i) {
    int port, tid;
    if (sscanf(argv[5 + i], "%d:%d", &port, &tid) != 2) return 2;
    place(tid, 1);
    prepare(&servers[i], port);
  }
  place(0, 0);
  for (int i = 0; i < server_count; ++i) {
    load(&servers[i], warm_ms);
    servers[i].slices = 0;
  }
  for (int slice = 0; slice < slices; ++slice) {
    for (int i = 0; i < server_count; ++i) {
      load(&servers[(slice + i) % server_count], slice_ms);
    }
  }
  printf("[");
  for (int i = 0; i < server_count; ++i) {
    printf(i == 0 ? "[" : ",[");
    for (int slice = 0; slice < slices; ++slice) {
      printf(slice == 0 ? "%.1f" : ",%.1f", servers[i].per_second[slice]);
    }
    printf("]");
  }
  printf("]\n");
  return 0;
}
