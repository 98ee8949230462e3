// The C++ library's own handler of std::terminate prints the exception's type, and brings its demangler for
// that: a sixth of the binary with libstdc++, a third with libc++. Nothing here throws. Linked statically,
// the first definition found stands.
#include <cstdlib>
#include <exception>
#include <new>

#if defined(__GLIBCXX__)
namespace __gnu_cxx {

// NOLINTNEXTLINE: the name it has there.
void __verbose_terminate_handler() {
  std::abort();
}

}  // namespace __gnu_cxx
#elif defined(_LIBCPP_VERSION)
extern "C" {

// NOLINTNEXTLINE: the names they have there. The whole of what libc++abi's file of handlers defines for
// others.
[[gnu::visibility("hidden")]] std::terminate_handler __cxa_terminate_handler = std::abort;
// NOLINTNEXTLINE
[[gnu::visibility("hidden")]] void (*__cxa_unexpected_handler)() = std::abort;
// NOLINTNEXTLINE
[[gnu::visibility("hidden")]] std::new_handler __cxa_new_handler = nullptr;

}  // extern "C"
#endif
