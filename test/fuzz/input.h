// What every fuzz target shares: the input as numbers and bytes, and a check that ends the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#define MUST(condition)                                                                   \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)

// Taken from the front; zeros when there is no more.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  bool empty() const { return size_ == 0; }

  template <typename Number>
  Number number() {
    Number value{};
    const size_t count = size_ < sizeof value ? size_ : sizeof value;
    std::memcpy(&value, data_, count);
    skip(count);
    return value;
  }
  bool coin() { return (number<uint8_t>() & 1) != 0; }
  // From `least` to `most`.
  template <typename Number>
  Number between(Number least, Number most) {
    const auto span = static_cast<uint64_t>(most) - static_cast<uint64_t>(least) + 1;
    const auto value = span <= 0x100 ? uint64_t{number<uint8_t>()} : number<uint64_t>();
    return static_cast<Number>(static_cast<uint64_t>(least) + (span == 0 ? value : value % span));
  }
  std::string text(size_t most) {
    const size_t wanted = between<size_t>(0, most);
    return text_of(wanted < size_ ? wanted : size_);
  }
  std::string rest() { return text_of(size_); }

 private:
  std::string text_of(size_t count) {
    std::string taken(reinterpret_cast<const char*>(data_), count);
    skip(count);
    return taken;
  }
  void skip(size_t count) {
    data_ += count;
    size_ -= count;
  }

  const uint8_t* data_;
  size_t size_;
};
