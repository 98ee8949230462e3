// See runtime_code.h.
#include "runtime_code.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstddef>
#include <span>

#if defined(__APPLE__)
#include <mach-o/dyld.h>
#include <mach-o/getsect.h>
#else
#include <link.h>

#include "go_note.h"
#endif

namespace sigbridge {
namespace {

#if !defined(__APPLE__)
bool has_go_note(const dl_phdr_info& object) {
  for (ElfW(Half) i = 0; i < object.dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object.dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const auto* notes = reinterpret_cast<const std::byte*>(object.dlpi_addr + segment.p_vaddr);
    if (holds_go_note(std::span(notes, segment.p_memsz))) return true;
  }
  return false;
}

int collect(dl_phdr_info* object, size_t, void* data) {
  auto& libraries = *static_cast<std::vector<LoadedLibrary>*>(data);
  libraries.push_back({object->dlpi_name != nullptr ? object->dlpi_name : "", has_go_note(*object)});
  return 0;
}
#endif

}  // namespace

#if defined(__APPLE__)
MappedObject MappedObject::around(const void* address) {
  MappedObject object;
  Dl_info info{};
  if (::dladdr(address, &info) == 0) return object;
  unsigned long size = 0;
  const auto* header = static_cast<const mach_header_64*>(info.dli_fbase);
  const uint8_t* text = ::getsegmentdata(header, "__TEXT", &size);
  object.begin_ = reinterpret_cast<uintptr_t>(text);
  object.end_ = object.begin_ + size;
  return object;
}

std::vector<LoadedLibrary> loaded_libraries() {
  std::vector<LoadedLibrary> libraries;
  for (uint32_t i = 0; i < _dyld_image_count(); ++i) {
    const auto* header = reinterpret_cast<const mach_header_64*>(_dyld_get_image_header(i));
    unsigned long size = 0;
    const bool go =
        header != nullptr && ::getsectiondata(header, "__DATA", "__go_buildinfo", &size) != nullptr;
    libraries.push_back({_dyld_get_image_name(i), go});
  }
  return libraries;
}
#else
MappedObject MappedObject::around(const void* address) {
  struct Search {
    uintptr_t address;
    uintptr_t begin;
    uintptr_t end;
  } search{reinterpret_cast<uintptr_t>(address), 0, 0};
  const auto look = [](dl_phdr_info* object, size_t, void* data) {
    auto& wanted = *static_cast<Search*>(data);
    uintptr_t begin = UINTPTR_MAX;
    uintptr_t end = 0;
    for (ElfW(Half) i = 0; i < object->dlpi_phnum; ++i) {
      const ElfW(Phdr)& segment = object->dlpi_phdr[i];
      if (segment.p_type != PT_LOAD) continue;
      begin = std::min<uintptr_t>(begin, object->dlpi_addr + segment.p_vaddr);
      end = std::max<uintptr_t>(end, object->dlpi_addr + segment.p_vaddr + segment.p_memsz);
    }
    if (wanted.address < begin || wanted.address >= end) return 0;
    wanted.begin = begin;
    wanted.end = end;
    return 1;
  };
  ::dl_iterate_phdr(look, &search);
  MappedObject object;
  object.begin_ = search.begin;
  object.end_ = search.end;
  return object;
}

std::vector<LoadedLibrary> loaded_libraries() {
  std::vector<LoadedLibrary> libraries;
  ::dl_iterate_phdr(&collect, &libraries);
  return libraries;
}
#endif

bool pin_library(const std::string& path) {
  // The handle is kept on purpose; NODELETE makes it final even if somebody closes more often than they
  // opened.
  return ::dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE) != nullptr;
}

bool wait_for_go_runtime(const std::string& path) {
  void* handle = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle == nullptr) return false;
  void* wait = ::dlsym(handle, "_cgo_wait_runtime_init_done");
  // One reference less; pin_library holds another.
  ::dlclose(handle);
  if (wait == nullptr) return false;
  static_cast<void>(reinterpret_cast<uintptr_t (*)()>(wait)());
  return true;
}

}  // namespace sigbridge
