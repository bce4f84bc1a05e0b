#include "float_environment.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

namespace two_layer_net {

// Not inline, and memory may have changed after the call, so the compiler moves no arithmetic on what was read from
// memory across these functions.

#if defined(__x86_64__) || defined(_M_X64)

// MXCSR holds both the setting and the flags. The old x87 unit has its own, but no code here uses it.
DefaultFloatEnvironment::DefaultFloatEnvironment() : control_(_mm_getcsr()), flags_(0) {
  constexpr unsigned kDefault = 0x1F80;  // all exceptions masked, everything else 0
  _mm_setcsr(kDefault);
}

DefaultFloatEnvironment::~DefaultFloatEnvironment() { _mm_setcsr(static_cast<unsigned>(control_)); }

#elif defined(__aarch64__)

DefaultFloatEnvironment::DefaultFloatEnvironment() {
  asm volatile("mrs %0, fpcr" : "=r"(control_));
  asm volatile("mrs %0, fpsr" : "=r"(flags_));
  asm volatile("msr fpcr, %0" : : "r"(uint64_t{0}) : "memory");
}

DefaultFloatEnvironment::~DefaultFloatEnvironment() {
  asm volatile("msr fpcr, %0" : : "r"(control_) : "memory");
  asm volatile("msr fpsr, %0" : : "r"(flags_) : "memory");
}

#else

DefaultFloatEnvironment::DefaultFloatEnvironment() : control_(0), flags_(0) {}
DefaultFloatEnvironment::~DefaultFloatEnvironment() = default;

#endif

}  // namespace two_layer_net
