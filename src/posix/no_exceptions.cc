// Nothing here throws, and what the C++ library would throw (no memory, a length beyond all bounds) nobody
// would catch: it ends the process either way. Said here, at once: else that library's part of the binary,
// linked statically, brings the unwinder and all that an exception needs, a seventh of the whole. The first
// definition found stands. Any thread, never in signal context; not in the native tests, which share their
// C++ library with GoogleTest.
#include <cstdlib>
#include <new>

namespace {

void* allocate(std::size_t size) {
  return std::malloc(size != 0 ? size : 1);
}

void* allocate_or_end(std::size_t size) {
  void* memory = allocate(size);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate_or_end(size);
}
void* operator new[](std::size_t size) {
  return allocate_or_end(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

// NOLINTBEGIN: the names they have there.
namespace std {

void terminate() noexcept {
  abort();
}
#if defined(__GLIBCXX__)

void __throw_bad_alloc() {
  abort();
}
void __throw_bad_array_new_length() {
  abort();
}
void __throw_length_error(const char*) {
  abort();
}
void __throw_logic_error(const char*) {
  abort();
}
void __throw_out_of_range_fmt(const char*, ...) {
  abort();
}
void __throw_system_error(int) {
  abort();
}

#endif

}  // namespace std

// What the library's objects still refer to, and never come to; so their arguments do not matter. <exception>
// would say otherwise: it is not included.
extern "C" {

[[gnu::visibility("hidden")]] void sigbridge_never() noexcept {
  std::abort();
}
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void __cxa_allocate_exception() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void __cxa_begin_catch() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void __cxa_current_primary_exception() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void
__cxa_decrement_exception_refcount() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void __cxa_end_catch() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void __cxa_free_exception() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void
__cxa_increment_exception_refcount() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void __cxa_init_primary_exception() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void __cxa_pure_virtual() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void __cxa_rethrow() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void __cxa_rethrow_primary_exception() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void __cxa_throw() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void __cxa_uncaught_exceptions() noexcept;
[[gnu::alias("sigbridge_never"), gnu::visibility("hidden")]] void _Unwind_Resume() noexcept;

// Asked by an unwinder that passes by, of another library's: _URC_CONTINUE_UNWIND, nothing to be done here.
[[gnu::visibility("hidden")]] int __gxx_personality_v0() {
  return 8;
}

}  // extern "C"
// NOLINTEND
