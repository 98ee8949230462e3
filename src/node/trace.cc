// See trace.h. The trace is the process's: any environment may start it, another stop it.
#include "trace.h"

#include "../posix/hub.h"
#include "../posix/trace_text.h"
#include "arguments.h"

namespace sigbridge::node {
namespace {

// traceStart(capacity, dumpSignal, fd, listeners): dumpSignal 0 is none; listeners -1 unknown, 0 none, 1 some
Napi::Value trace_start(const Napi::CallbackInfo& info) {
  const int listeners = int_argument(info, 3);
  Hub::TraceOptions options;
  options.capacity = static_cast<uint32_t>(int_argument(info, 0));
  options.dump_signal = int_argument(info, 1);
  options.fd = int_argument(info, 2);
  options.listeners = listeners < 0   ? Listeners::kUnknown
                      : listeners > 0 ? Listeners::kLive
                                      : Listeners::kNone;
  return outcome(info.Env(), Hub::instance().start_tracing(options));
}

Napi::Value trace_stop(const Napi::CallbackInfo& info) {
  Hub::instance().stop_tracing();
  return info.Env().Undefined();
}

// traceDump(text): text for a person, or JSON
Napi::Value trace_dump(const Napi::CallbackInfo& info) {
  const bool text = info[0].As<Napi::Boolean>().Value();
  const TraceSnapshot trace = read_trace();
  return Napi::String::New(info.Env(), text ? trace_text(trace) : trace_json(trace));
}

}  // namespace

void define_trace_functions(Napi::Env env, Napi::Object exports) {
  const auto define = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  define("traceStart", &trace_start);
  define("traceStop", &trace_stop);
  define("traceDump", &trace_dump);
}

}  // namespace sigbridge::node
