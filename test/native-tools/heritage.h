// What a process has from the one that started it, as a line of JSON: the calling thread's mask and the
// dispositions (one letter a signal from 1 on: Default, Ignored, Handler, - for none), and the descriptors
// with what they are. Async-signal-safe: also for the child of a fork of many threads.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

enum { HERITAGE_SIGNALS = 64, HERITAGE_DESCRIPTORS = 256 };

struct heritage_text {
  size_t length;
  char bytes[32 * 1024];
};

static void heritage_add(struct heritage_text* text, const char* bytes) {
  for (; *bytes != '\0' && text->length < sizeof text->bytes; bytes++) text->bytes[text->length++] = *bytes;
}

static void heritage_number(struct heritage_text* text, int number) {
  char digits[12];
  size_t at = sizeof digits - 1;
  digits[at] = '\0';
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  heritage_add(text, digits + at);
}

static void heritage_mask(struct heritage_text* text) {
  sigset_t mask;
  const char* comma = "";
  sigprocmask(SIG_BLOCK, NULL, &mask);
  for (int signo = 1; signo <= HERITAGE_SIGNALS; signo++) {
    if (sigismember(&mask, signo) != 1) continue;
    heritage_add(text, comma);
    heritage_number(text, signo);
    comma = ",";
  }
}

static void heritage_dispositions(struct heritage_text* text) {
  for (int signo = 1; signo <= HERITAGE_SIGNALS; signo++) {
    struct sigaction action;
    if (sigaction(signo, NULL, &action) != 0)
      heritage_add(text, "-");
    else if (action.sa_handler == SIG_DFL)
      heritage_add(text, "D");
    else
      heritage_add(text, action.sa_handler == SIG_IGN ? "I" : "H");
  }
}

static void heritage_descriptors(struct heritage_text* text) {
  const char* comma = "";
  for (int fd = 0; fd < HERITAGE_DESCRIPTORS; fd++) {
    struct heritage_text path = {0};
    char target[256];
    heritage_add(&path, "/proc/self/fd/");
    heritage_number(&path, fd);
    const ssize_t length = readlink(path.bytes, target, sizeof target - 1);
    if (length < 0) continue;
    target[length] = '\0';
    heritage_add(text, comma);
    heritage_add(text, "\"");
    heritage_number(text, fd);
    heritage_add(text, " ");
    heritage_add(text, target);
    heritage_add(text, "\"");
    comma = ",";
  }
}

// To `output`, which is one of the descriptors told of.
static void tell_heritage(int output) {
  static struct heritage_text text;
  text.length = 0;
  heritage_add(&text, "{\"mask\":[");
  heritage_mask(&text);
  heritage_add(&text, "],\"dispositions\":\"");
  heritage_dispositions(&text);
  heritage_add(&text, "\",\"descriptors\":[");
  heritage_descriptors(&text);
  heritage_add(&text, "]}\n");
  for (size_t done = 0; done < text.length;) {
    const ssize_t written = write(output, text.bytes + done, text.length - done);
    if (written <= 0) _exit(95);
    done += (size_t)written;
  }
}
