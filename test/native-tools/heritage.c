// A program that tells what it has inherited: see heritage.h.
#define _GNU_SOURCE
#include "heritage.h"

int main(void) {
  tell_heritage(1);
  return 0;
}
