#include "../../../../native/engine/core/processor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace two_layer_net {
namespace {

// The first processor's flags as Linux reports them.
std::set<std::string> flags() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("flags", 0) != 0) continue;
    std::istringstream words(line.substr(line.find(':') + 1));
    return {std::istream_iterator<std::string>(words), {}};
  }
  return {};
}

TEST(Processor, HasTheFeaturesThatTheOperatingSystemReports) {
#ifndef __x86_64__
  GTEST_SKIP() << "not an x86-64 processor";
#endif
  const std::set<std::string> known = flags();
  if (known.empty()) GTEST_SKIP() << "no flags in /proc/cpuinfo";
  const auto has = [&known](const auto&... names) { return (known.count(names) && ...); };
  const ProcessorFeatures features = processor_features();
  EXPECT_EQ(features.ssse3, has("ssse3"));
  EXPECT_EQ(features.sse4_2, has("sse4_2"));
  EXPECT_EQ(features.popcnt, has("popcnt"));
  EXPECT_EQ(features.avx2_fma, has("avx2", "fma"));
  EXPECT_EQ(features.avx512, has("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"));
  EXPECT_EQ(features.avx512_bf16, features.avx512 && has("avx512_bf16"));
}

TEST(Processor, HasTheSecondLevelCacheThatTheOperatingSystemReports) {
  std::ifstream file("/sys/devices/system/cpu/cpu0/cache/index2/size");
  size_t kilobytes = 0;
  if (!(file >> kilobytes)) GTEST_SKIP() << "no size in /sys";
  EXPECT_EQ(second_level_cache(), std::clamp(kilobytes * 1024, kLeastSecondLevelCache, kMostSecondLevelCache));
}

}  // namespace
}  // namespace two_layer_net
