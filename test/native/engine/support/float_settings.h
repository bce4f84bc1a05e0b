// Sets a thread's floating-point environment as other code in the process may have done.
#pragma once

#include <cstdint>
#include <vector>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace two_layer_net {

// A value of the thread's control register, with its exception flags where they share one.
struct FloatSetting {
  const char* name;
  uint64_t control;
};

#if defined(__x86_64__)

constexpr uint64_t kDefaultFloatControl = 0x1F80;

inline std::vector<FloatSetting> float_settings() {
  return {{"flush to zero, denormals are zero", 0x9FC0}, {"round down", 0x3F80}, {"round up", 0x5F80},
          {"round toward zero", 0x7F80}, {"round up, flush to zero, with flags raised", 0xDFFF}};
}

inline uint64_t float_control() { return _mm_getcsr(); }
inline void set_float_control(uint64_t control) { _mm_setcsr(static_cast<unsigned>(control)); }

#elif defined(__aarch64__)

constexpr uint64_t kDefaultFloatControl = 0;

inline std::vector<FloatSetting> float_settings() {
  return {{"flush to zero", 1 << 24}, {"round up", 1 << 22}, {"round down", 2 << 22}, {"round toward zero", 3 << 22},
          {"round up, flush to zero", 5 << 22}};
}

inline uint64_t float_control() {
  uint64_t control;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  return control;
}
inline void set_float_control(uint64_t control) { asm volatile("msr fpcr, %0" : : "r"(control) : "memory"); }

#else

constexpr uint64_t kDefaultFloatControl = 0;
inline std::vector<FloatSetting> float_settings() { return {}; }
inline uint64_t float_control() { return 0; }
inline void set_float_control(uint64_t) {}

#endif

// Sets it while an object of this class exists.
class ForcedFloatSetting {
 public:
  explicit ForcedFloatSetting(const FloatSetting& setting) { set_float_control(setting.control); }
  ~ForcedFloatSetting() { set_float_control(kDefaultFloatControl); }
  ForcedFloatSetting(const ForcedFloatSetting&) = delete;
  ForcedFloatSetting& operator=(const ForcedFloatSetting&) = delete;
};

}  // namespace two_layer_net
