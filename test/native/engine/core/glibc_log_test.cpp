#include "../../../../native/engine/core/glibc_log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "../support/sample.h"

namespace two_layer_net {
namespace {

// From 2^-104 to just below 1, the arguments of test/random/generator/glibc-log.test.ts.
std::vector<double> arguments() {
  std::vector<double> values;
  for (int k = 1; k < 105; k++) {
    for (int j = 0; j < 1000; j++) values.push_back((1 + j / 1000.0) * std::ldexp(1.0, -k));
  }
  for (int k = 5; k < 54; k++) {
    for (int j = 0; j < 1000; j++) values.push_back(1 - (1 + j / 1000.0) * std::ldexp(1.0, -k));
  }
  return values;
}

// hash_of the logarithms that Python's math.log has on x86-64 Linux (glibc 2.36, fused multiply-add).
constexpr uint64_t kLogs = 0x7308656fd16db126;

TEST(GlibcLog, AgreesWithTheCLibraryAt153000Arguments) {
  std::vector<double> values = arguments();
  glibc_log(values.size(), values.data());
  EXPECT_EQ(hash_of(values), kLogs);
}

TEST(GlibcLog, AgreesWithoutTheInstruction) {
  std::vector<double> values = arguments();
  glibc_log_emulated(values.size(), values.data());
  EXPECT_EQ(hash_of(values), kLogs);
}

}  // namespace
}  // namespace two_layer_net
