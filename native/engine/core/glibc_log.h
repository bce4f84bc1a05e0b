// glibc's natural logarithm, bit for bit, whatever C library the addon runs on.
#pragma once

#include <cstddef>

namespace two_layer_net {

// Replaces each value with its logarithm: that of glibc 2.28 and later on an x86-64 processor with fused multiply-add.
// Values are normal numbers above 0 and below 1, which is all that normal draws need. Other values are not checked, and
// their results are meaningless.
void glibc_log(size_t size, double* values);

// The same, slower, as on an x86-64 processor without fused multiply-add: the C library emulates it.
void glibc_log_emulated(size_t size, double* values);

}  // namespace two_layer_net
