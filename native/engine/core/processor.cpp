#include "processor.h"

#if defined(__GNUC__) && defined(__x86_64__)
#include <cpuid.h>

#include <cstdint>
#include <cstring>

namespace two_layer_net {
namespace {

struct Registers {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;  // 0 if the processor does not have this leaf
};

Registers cpuid(unsigned leaf, unsigned part) {
  Registers r;
  if (!__get_cpuid_count(leaf, part, &r.eax, &r.ebx, &r.ecx, &r.edx)) return {};
  return r;
}

bool bit(uint64_t word, int index) { return (word >> index & 1) != 0; }

// The registers that the operating system saves and restores (XCR0).
uint64_t kept_registers() {
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
}

}  // namespace

// Bits as in Intel's Software Developer's Manual, volume 2, CPUID.
ProcessorFeatures processor_features() {
  const Registers vendor = cpuid(0, 0), basic = cpuid(1, 0), extended = cpuid(7, 0), more = cpuid(7, 1);
  const uint64_t kept = bit(basic.ecx, 27) ? kept_registers() : 0;
  const bool ymm = (kept & 0x06) == 0x06, zmm = (kept & 0xE6) == 0xE6;
  ProcessorFeatures features{};
  features.amd = std::memcmp(&vendor.ebx, "Auth", 4) == 0;
  features.ssse3 = bit(basic.ecx, 9);
  features.sse4_2 = bit(basic.ecx, 20);
  features.popcnt = bit(basic.ecx, 23);
  features.avx2_fma = ymm && bit(basic.ecx, 12) && bit(extended.ebx, 5);
  features.avx512 = zmm && bit(extended.ebx, 16) && bit(extended.ebx, 17) && bit(extended.ebx, 28) &&
                    bit(extended.ebx, 30) && bit(extended.ebx, 31);
  features.avx512_bf16 = features.avx512 && bit(more.eax, 5);
  return features;
}

}  // namespace two_layer_net

#else

namespace two_layer_net {

ProcessorFeatures processor_features() { return {}; }

}  // namespace two_layer_net

#endif
