// Everything between this file and avx512_end.h is compiled for AVX512-BF16, and may be called only if has_bfloat16().
// A file includes this after all its headers: a header in between would be compiled for AVX512-BF16, too.
#if defined(__clang__)
#if __clang_major__ >= 18 && __clang_major__ <= 21  // these have a separate name for vectors of 512 bits
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma,avx2,evex512"))), apply_to = function)
#else
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma,avx2"))), apply_to = function)
#endif
#define UNROLL_ALL _Pragma("clang loop unroll(full)")
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma,avx2")
#define UNROLL_ALL _Pragma("GCC unroll 64")
// GCC's intrinsics start from a vector that is intentionally undefined (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

