#include "processor.h"

#include <algorithm>
#include <thread>

#if defined(__GNUC__) && defined(__x86_64__)
#define TWO_LAYER_NET_CPUID
#include <cpuid.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#else
#include <cstdlib>
#include <fstream>
#include <string>
#endif

namespace two_layer_net {
namespace {

#ifdef TWO_LAYER_NET_CPUID

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

// Bits as in Intel's Software Developer's Manual, volume 2, CPUID.
ProcessorFeatures read_features() {
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

// Deterministic cache parameters: leaf 4 (Intel) and leaf 0x8000001D (AMD64 Architecture Programmer's Manual, volume 3)
// have the same form.
size_t reported_second_level_cache() {
  for (const unsigned leaf : {0x4u, 0x8000001Du}) {
    for (unsigned part = 0; part < 8; part++) {
      const Registers r = cpuid(leaf, part);
      const unsigned type = r.eax & 0x1F, level = r.eax >> 5 & 0x7;
      if (type == 0) break;
      const bool instructions = type == 2;
      if (level != 2 || instructions) continue;
      return static_cast<size_t>((r.ebx >> 22) + 1) * ((r.ebx >> 12 & 0x3FF) + 1) * ((r.ebx & 0xFFF) + 1) *
             (static_cast<size_t>(r.ecx) + 1);
    }
  }
  return 0;
}

#else

ProcessorFeatures read_features() { return {}; }

// Linux, such as "1024K"; 0 elsewhere.
size_t reported_second_level_cache() {
  std::ifstream file("/sys/devices/system/cpu/cpu0/cache/index2/size");
  std::string size;
  if (!(file >> size)) return 0;
  char* unit = nullptr;
  const size_t number = std::strtoull(size.c_str(), &unit, 10);
  return *unit == 'K' ? number * 1024 : *unit == 'M' ? number * 1024 * 1024 : number;
}

#endif

size_t forced_second_level_cache = 0;  // 0: not forced

}  // namespace

// A virtual machine takes tens of microseconds for each CPUID.
ProcessorFeatures processor_features() {
  static const ProcessorFeatures features = read_features();
  return features;
}

int processors() {
  static const int count = std::max(static_cast<int>(std::thread::hardware_concurrency()), 1);
  return count;
}

size_t second_level_cache() {
  static const size_t reported = reported_second_level_cache();
  if (forced_second_level_cache != 0) return forced_second_level_cache;
  return reported == 0 ? 512 * 1024 : std::clamp(reported, kLeastSecondLevelCache, kMostSecondLevelCache);
}

void force_second_level_cache(size_t bytes) { forced_second_level_cache = bytes; }

}  // namespace two_layer_net
