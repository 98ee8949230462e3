// Failures of system calls as values: which call, which errno. Any thread; nothing here allocates or throws.
#pragma once

#include <cerrno>
#include <utility>

namespace sigbridge {

// `syscall` is a string literal: it crosses to JavaScript as the error's `syscall`.
struct [[nodiscard]] PosixError {
  int number = 0;
  const char* syscall = nullptr;

  explicit operator bool() const { return number != 0; }

  static PosixError none() { return {}; }
  // For calls that report through errno.
  static PosixError last(const char* syscall) { return {errno, syscall}; }
};

// A value or the failure that kept it from being made. std::expected is C++23.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor): reads as `return value;`
  Result(PosixError error)
      : error_(error) {}  // NOLINT(google-explicit-constructor): reads as `return error;`

  bool ok() const { return !error_; }
  PosixError error() const { return error_; }
  T& value() { return value_; }

 private:
  T value_{};
  PosixError error_{};
};

}  // namespace sigbridge
