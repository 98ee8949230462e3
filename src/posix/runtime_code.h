// What native code is in this process: its libraries, and which of them carry a Go runtime. Asked of the
// dynamic linker; any thread, never in signal context.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sigbridge {

struct LoadedLibrary {
  std::string path;
  bool go = false;
};

// The object that an address lies in. Found once, asked often: dladdr goes through the symbols of a runtime's
// executable, which takes half a millisecond a call.
class MappedObject {
 public:
  MappedObject() = default;
  static MappedObject around(const void* address);
  bool contains(const void* address) const {
    const auto at = reinterpret_cast<uintptr_t>(address);
    return at >= begin_ && at < end_;
  }

 private:
  uintptr_t begin_ = 0;
  uintptr_t end_ = 0;
};

// Every object that is mapped, the executable first.
std::vector<LoadedLibrary> loaded_libraries();

// Keeps `path` mapped for the life of the process. A Go runtime cannot be unloaded (golang/go#11100), and a
// handler in unmapped code is a crash. False: the dynamic linker does not know it under that name.
bool pin_library(const std::string& path);

// A Go runtime starts on a thread of its own, which installs handlers after dlopen has returned. Waits until
// it has, by the call that every exported Go function begins with. False: this library does not export it.
bool wait_for_go_runtime(const std::string& path);

}  // namespace sigbridge
